// What a log directory stores beside its records - states, projections, views, marks - against what
// a fold gives. Each comparison names its first difference in words. One thread at a time.
#pragma once

#include "runtime/replay/log_walk.hpp"

namespace ars::runtime {

// What was read of one stream.
struct StreamEnd {
  std::uint64_t records = 0;
  std::uint64_t batches = 0;  // formed ones
  events::BatchFormed newest;
  std::uint64_t system_sequence = 0;
  void note(const BatchView& batch);
};

using StateHashes = std::vector<std::pair<AgentId, Bytes32>>;

// Of all agents, in id order.
StateHashes hashes_of(const AgentSet& agents);
// SHA-256 of all (agent_id, state_hash) in key order and each projection's content hash.
Bytes32 state_hash_of(StateHashes hashes, const std::vector<store::ProjectionPtr>& projections);

// Empty when equal.
std::string compare_states(const store::EventLog& log, const AgentSet& agents,
                           const StateHashes& folded);
std::string compare_mark(const store::EventLog& log, const HostIdentity& identity,
                         const StreamEnd& end);
std::string compare_projections(const store::EventLog& log,
                                const std::vector<store::ProjectionPtr>& folded);

// Errc::corrupt: a SnapshotTaken of this batch names another hash than its agent has.
Result<void> check_snapshots(const BatchView& batch, const AgentSet& agents);
// Publishes the version that the log published. Errc::corrupt: another hash came out, or the stored
// delta is another one.
Result<void> check_view(const store::EventLog& log, ViewKeeper& keeper,
                        const events::ViewPublished& published, const store::Pointer& at);

}  // namespace ars::runtime
