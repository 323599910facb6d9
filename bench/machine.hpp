// What the figures were taken on: without it none can be compared. Read from /proc, and disk
// and processor measured. Values; any thread.
#pragma once

#include "events/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace ars::bench {

struct Machine {
  std::string cpu;
  std::uint32_t cores = 0;
  std::uint64_t memory_mib = 0;
  std::string kernel;
  double disk_syncs_per_second = 0;  // of 4 KiB appended, one after the other
  double hashed_mb_per_second = 0;   // SHA-256, one core
  double copied_mb_per_second = 0;   // read and written, larger than the caches
  std::optional<double> gigaflops;   // float64 products, one thread; empty: without LibTorch
  double load = 0;                   // of the last minute, before anything was measured
};

// Measures each of disk and processor for about so long. Errc::unavailable: nothing can be written
// into the directory.
Result<Machine> describe_machine(const std::filesystem::path& scratch, double seconds);

}  // namespace ars::bench
