// The disk alone: how often it makes an append durable. What bounds every synced commit.
// Blocking; any thread.
#pragma once

#include "events/base/result.hpp"

#include <filesystem>

namespace ars::bench {

// Appends 4 KiB and fdatasync, again and again. Errc::unavailable.
Result<double> disk_syncs_per_second(const std::filesystem::path& directory, double seconds);

}  // namespace ars::bench
