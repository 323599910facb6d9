// Rebuilds every state from the log by evolve alone, with projections and views, and compares them
// with what is stored. Proves that the log is the only truth. Reads the log, writes nothing; one
// caller, which waits for the end.
#pragma once

#include "runtime/replay/log_walk.hpp"

namespace ars::runtime {

struct FoldReport {
  bool equal = false;
  std::uint64_t events = 0;  // records read, of evt and ctl
  std::uint64_t batches = 0;
  std::uint64_t agents = 0;
  // SHA-256 of all (agent_id, state_hash) in key order and each projection's content hash.
  Bytes32 state_hash{};
  std::string difference;  // the first one in words; empty when equal
};

// Rebuilds the states of all agents from the snapshots of one cut and the log after it, and
// compares them with what is stored: the short way, which trusts the log before the cut. Views and
// projections have no cuts, so `state_hash` is that of the agents alone. Errors as fold().
Result<FoldReport> fold_from(const store::EventLog& log, const ReplaySetup& setup,
                             std::uint16_t partition, const Cut& cut);

// Differences, damage included, are in the report. Errc::unsupported: an event type or a kind of
// agent that this build lacks; Errc::corrupt: a log without a beginning.
Result<FoldReport> fold(const store::EventLog& log, const ReplaySetup& setup);

}  // namespace ars::runtime
