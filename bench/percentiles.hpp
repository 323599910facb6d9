// Latencies as a log-linear histogram (HDR): 256 steps in every doubling, so that a percentile is
// within 0.4 % of the true one whatever its size, in constant memory. One owner, one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ars::bench {

class Percentiles {
 public:
  // Of any size; nothing is clipped.
  void record(std::uint64_t value_ns);
  std::uint64_t count() const { return count_; }
  std::uint64_t largest() const { return largest_; }
  // The least recorded value, rounded up to its step, that `share` of all values do not exceed; 0
  // when there is none. REQUIRES: share in [0, 1].
  std::uint64_t at(double share) const;

 private:
  static constexpr unsigned step_bits = 8;  // steps in a doubling: 2^8
  static constexpr std::size_t cells = (64 - step_bits + 1) << step_bits;
  static std::size_t cell_of(std::uint64_t value);
  static std::uint64_t top_of(std::size_t cell);

  std::array<std::uint64_t, cells> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t largest_ = 0;
};

}  // namespace ars::bench
