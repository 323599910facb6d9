// Who receives which event under one composition: an immutable table from event type to hosts, in
// composition order. Shared between the partition worker and replay; built, never edited.
#pragma once

#include "events/base/result.hpp"
#include "events/composition.hpp"

#include <map>
#include <memory>
#include <vector>

namespace ars::runtime {

class RouteTable {
 public:
  // Errc::invalid: an agent named twice, an unknown event type, or more agents than the limit.
  static Result<std::shared_ptr<const RouteTable>> build(const events::Composition& composition);

  // Indices into composition().agents, ascending; empty when nobody reads the type.
  const std::vector<std::size_t>& readers(std::uint32_t type_id) const;
  const events::Composition& composition() const { return composition_; }

 private:
  events::Composition composition_;
  std::map<std::uint32_t, std::vector<std::size_t>> readers_;
};

// Agents of `next` that `now` lacks, and the other way round, by name.
struct CompositionDifference {
  std::vector<events::AgentEntry> added;
  std::vector<events::AgentEntry> removed;
};
CompositionDifference difference(const events::Composition& now, const events::Composition& next);

}  // namespace ars::runtime
