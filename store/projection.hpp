// A read model folded from the log, with its checkpoint in the same batch. Pure code: no I/O of its
// own. One owner (the store writer), one thread; readers ask the log's family "p.<name>".
#pragma once

#include "events/event.hpp"
#include "store/event_log.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ars::store {

// Rows of one projection in memory: the truth between commits is what it wrote. Keys are ordered.
class Projection {
 public:
  virtual ~Projection() = default;
  virtual std::string_view name() const = 0;  // "reward_ledger": family "p.reward_ledger"
  // Takes one sequenced event; unknown types are ignored. Never fails: an event it cannot take is
  // our bug.
  virtual void apply(const events::Event& event, const Pointer& at) = 0;
  // Rows changed since the last call, encoded; keys within the family.
  virtual std::vector<Write> drain() = 0;
  // Loads a row as it was written by drain(). Errc::corrupt.
  virtual Result<void> load(std::string_view key, ByteSpan value) = 0;
  // SHA-256 over all rows in key order, from values, not from stored bytes.
  virtual Bytes32 content_hash() const = 0;
};

using ProjectionPtr = std::unique_ptr<Projection>;

// One of each line of projections/catalog.hpp, empty; and their names, in the same order.
std::vector<ProjectionPtr> make_projections();
std::vector<std::string_view> projection_names();

}  // namespace ars::store
