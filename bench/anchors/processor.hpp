// The processor alone: what one core hashes, copies and multiplies in a second. What bounds folds,
// reads and scores. Each call takes about the time given; any thread.
#pragma once

#include <optional>

namespace ars::bench {

// SHA-256 over blocks of 64 KiB that stay in the cache, in MB/s.
double hashed_megabytes_per_second(double seconds);
// Copies between buffers larger than the caches, bytes read plus bytes written, in MB/s.
double copied_megabytes_per_second(double seconds);
// Products of float64 matrices of 256 by 256 on one thread through LibTorch, as scores are
// computed, in 1e9 operations a second; empty: built without LibTorch.
std::optional<double> multiplied_gigaflops(double seconds);

}  // namespace ars::bench
