// Runs every recorded decision again - same state, same input, same views - and compares what comes
// out with what was recorded, field by field. Answers of models are computed again where the caller
// can. Reads the log, writes nothing; one caller, which waits for the end.
#pragma once

#include "runtime/replay/log_walk.hpp"
#include "runtime/replay/verdict.hpp"

namespace ars::runtime {

// Where a decision first differed.
struct Divergence {
  store::Pointer at;
  std::string agent;
  std::string field;  // ars.slate.served items[3].score
  std::string recorded;
  std::string recomputed;
};
std::string to_string(const Divergence& divergence);

struct ReexecReport {
  std::uint64_t events = 0;
  std::uint64_t decisions = 0;  // steps that decided something, and answers computed again
  std::uint64_t exact = 0;
  std::uint64_t equivalent = 0;
  std::uint64_t diverged = 0;
  std::uint64_t taken_as_recorded = 0;  // answers that nobody could compute again, timeouts
  std::optional<Divergence> first_divergence;
};

// Answers in the order of the questions. Empty: answers are taken as recorded.
using Rescorer = std::function<std::vector<events::Payload>(const std::vector<Question>&)>;

// Errc::corrupt: the log does not hold, or states cannot follow it; Errc::unsupported: an event
// type or a kind of agent that this build lacks.
Result<ReexecReport> reexec(const store::EventLog& log, const ReplaySetup& setup,
                            const Rescorer& rescorer = {});

}  // namespace ars::runtime
