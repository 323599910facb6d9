// The trainer process: `ars trainer DIR`. Knows events, model, model/torch and runtime/effects
// alone; what it reads and writes is model/training/job. Limits and sandbox are set by the parent;
// a killed trainer leaves no result file, which is written last. Main thread of its own process.
#pragma once

#include "cli/exit_code.hpp"
#include "events/base/result.hpp"

#include <filesystem>
#include <functional>
#include <string_view>

namespace ars::cli {

// Reads DIR/job.json and DIR/rows.bin, runs every arm, writes DIR/arm-<i>.weights and
// DIR/result.json; each report goes to `emit` as one line. A run that diverged is a result, not an
// error. Errc::not_found: a file is missing; Errc::corrupt: rows of another hash or damaged;
// Errc::invalid: no such job; Errc::unsupported: built without LibTorch; Errc::unavailable: a file
// cannot be written.
Result<void> run_training_job(const std::filesystem::path& directory,
                              const std::function<void(std::string_view line)>& emit);

// The same with lines on stdout, flushed one by one, and messages on stderr.
ExitCode trainer_main(const std::filesystem::path& directory);

}  // namespace ars::cli
