// What is said at the end of a run: the summary of its log, and the HTML page with the replay
// verdict. Reads the closed log. Any thread.
#pragma once

#include "cli/run/summary.hpp"

#include <filesystem>
#include <string>

namespace ars::cli {

// Summarises DIR and DIR/frozen; writes the page when a path is given, after folding the log anew.
// Errc::corrupt, Errc::unavailable: the page cannot be written.
Result<RunSummary> conclude(const std::filesystem::path& directory, const std::string& page);

}  // namespace ars::cli
