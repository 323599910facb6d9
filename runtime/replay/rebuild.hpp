// Writes into a log what a live partition would have stored beside its records - states,
// projections, versions of views, marks - by folding it from the beginning. For a directory that
// got its records from elsewhere. One caller, which owns the log and waits for the end.
#pragma once

#include "runtime/replay/log_walk.hpp"

namespace ars::runtime {

struct RebuildReport {
  std::uint64_t events = 0;
  std::uint64_t agents = 0;
};

// What was stored before is dropped first, so a rebuild that was interrupted is simply done again;
// `last` goes into the commit that ends it. Errc::corrupt: the records cannot be folded, or a view
// comes out other than the log says; Errc::unsupported: an event type or a kind of agent that this
// build lacks.
Result<RebuildReport> rebuild(store::EventLog& log, const ReplaySetup& setup,
                              std::vector<store::Write> last);

}  // namespace ars::runtime
