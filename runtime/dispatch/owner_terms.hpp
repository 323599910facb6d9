// Which records of a shared log count. Several nodes may have written one namespace, one after the
// other: each claimed it on ctl, and a node that was only asleep may have gone on writing. The rule
// is a function of what lies in the log, in its order, so that every reader comes to the same
// records (docs/adr/0001). Values; one owner, one thread.
#pragma once

#include "events/event.hpp"

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ars::runtime {

// The time of one owner.
struct OwnerTerm {
  Epoch epoch;
  std::string node;
  Bytes32 head_key{};
  Offset continues_at;  // in evt, counting records that count
};

// How a node is called in claims and messages: by the key that signs its heads.
std::string node_name(const Bytes32& head_key);

enum class Counting : std::uint8_t { counts, superseded };

// Takes ctl from its beginning. A record counts when it is of this cluster, and of the owner of
// that moment or a claim that raises the epoch. A repeat never counts.
class OwnerTerms {
 public:
  // Errc::corrupt: no event, or the first record is not ClusterCreated.
  Result<Counting> take(ByteSpan stored);

  const std::optional<events::ClusterCreated>& cluster() const { return cluster_; }
  const AgentId& system() const { return system_; }  // who writes ctl
  // Oldest first; empty before the first claim.
  const std::vector<OwnerTerm>& terms() const { return terms_; }
  const OwnerTerm* newest() const { return terms_.empty() ? nullptr : &terms_.back(); }
  std::uint64_t log_time_ns() const { return log_time_ns_; }  // of the newest that counts

 private:
  std::optional<events::ClusterCreated> cluster_;
  AgentId system_;
  std::vector<OwnerTerm> terms_;
  std::set<EventId> seen_;
  std::uint64_t log_time_ns_ = 0;
};

// Takes evt from its beginning, once all of ctl is known. A record counts when it was written in
// its owner's term: from where the owner went on to where the next one did. A repeat, which lies at
// most one append behind the first, never counts.
class TermRecords {
 public:
  explicit TermRecords(std::vector<OwnerTerm> terms) : terms_(std::move(terms)) {}
  // Errc::corrupt: no envelope.
  Result<Counting> take(ByteSpan stored);
  // How many counted so far: the offset of the next one that does.
  Offset next() const { return next_; }

 private:
  std::vector<OwnerTerm> terms_;
  Offset next_;
  std::set<EventId> recent_;
  std::deque<EventId> order_;  // of recent_
};

}  // namespace ars::runtime
