// Cuts through a partition: every so many batches the state of each agent that changed since the
// last cut is stored beside the log and its hash becomes a fact, so that a replay can begin there
// instead of at zero. By count of batches, never by time; the last few cuts are kept.
// Owned by the partition, its thread alone.
#pragma once

#include "runtime/event_sourced/agent_host.hpp"
#include "store/event_log.hpp"

#include <deque>
#include <map>
#include <set>
#include <vector>

namespace ars::runtime {

// Looks up how agents of a kind are made. Null for an unknown kind.
using KindRegistry = std::map<std::string, AgentKind>;

// One cut: the states after this batch; the next record of evt lies at `until`.
struct Cut {
  BatchNumber batch;
  Offset until;
  CompositionVersion composition;
};
// The cuts that are kept, oldest first. Errc::corrupt.
Result<std::vector<Cut>> stored_cuts(const store::EventLog& log, std::uint16_t partition);
// All agents as they were at a cut, in id order. Errc::corrupt: a snapshot cannot be read.
Result<std::vector<AgentRow>> rows_at(const store::EventLog& log, const Cut& cut);

class Snapshots {
 public:
  // The registry outlives it. `every_batches` 0: no cuts.
  Snapshots(HostIdentity identity, const KindRegistry& kinds, std::uint64_t every_batches)
      : identity_(identity), kinds_(kinds), every_batches_(every_batches) {}

  // What was there before; then changed() tells of each stored row. Errc::corrupt.
  Result<void> load(const store::EventLog& log);
  // A row as stored: it waits for the next cut unless the last one has it.
  void changed(const AgentId& agent, BatchNumber batch);
  bool due(BatchNumber batch) const {
    return every_batches_ != 0 && batch.value() % every_batches_ == 0;
  }
  // The rows that this cut stores, in id order, with their hashes: of agents that changed since the
  // last one, `fresh` being those of this batch, the others as the log has them.
  std::vector<AgentRow> rows(const store::EventLog& log, const std::vector<AgentRow>& fresh,
                             const std::vector<events::AgentEntry>& agents);
  // Rows with their hashes, opened as agents of this entry.
  std::vector<AgentRow> hashed(std::vector<AgentRow> rows, const events::AgentEntry& entry) const;
  // What makes a cut durable, and what it makes superfluous.
  std::vector<store::Write> writes(const store::EventLog& log, const std::vector<AgentRow>& rows,
                                   const Cut& cut);
  // Agents that leave the composition are stored when they go.
  std::vector<store::Write> retire(const std::vector<AgentRow>& rows, BatchNumber batch);

 private:
  HostIdentity identity_;
  const KindRegistry& kinds_;
  std::uint64_t every_batches_;
  std::deque<BatchNumber> cuts_;  // kept, oldest first
  std::set<AgentId> waiting_;     // changed since the last cut
};

}  // namespace ars::runtime
