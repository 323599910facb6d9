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

// Differences, damage included, are in the report. Errc::unsupported: an event type or a kind of
// agent that this build lacks; Errc::corrupt: a log without a beginning.
Result<FoldReport> fold(const store::EventLog& log, const ReplaySetup& setup);

}  // namespace ars::runtime
