// What `ars bench` prints of a report, and how it ends. Values; any thread.
#pragma once

#include "bench/harness.hpp"
#include "cli/exit_code.hpp"

#include <string>

namespace ars::cli {

std::string bench_text(const bench::Report& report);
// One object: machine, rows.
std::string bench_json(const bench::Report& report);
// What went wrong with a subject; else threshold_missed where a figure was taken and missed.
Result<ExitCode> bench_end(const bench::Report& report);

}  // namespace ars::cli
