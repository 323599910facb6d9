// Counter-based random numbers: philox4x32-10 (Salmon et al., SC'11). The same key and counter give
// the same number on every machine, in any order; there is no hidden state to keep or to lose.
// Values, any thread.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace ars {

// One block of four 32-bit words. Test vectors: docs/log_format.md.
std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                           std::array<std::uint32_t, 2> key);

// A stream of draws named by (key, stream). Draw i is philox(key, counter = (i, stream)): words 0-1
// hold the draw index, words 2-3 the stream, low word first (event-log reference, section 6).
class Philox {
 public:
  constexpr Philox(std::uint64_t key, std::uint64_t stream) : key_(key), stream_(stream) {}

  std::uint64_t next_u64();
  // Uniform in [0, 1) with 53 bits.
  double uniform();
  // Uniform integer in [0, bound). REQUIRES: bound > 0. Unbiased (rejection).
  std::uint64_t below(std::uint64_t bound);
  // Standard normal by Box-Muller, two draws a call.
  double normal();
  double exponential();
  // Index drawn in proportion to the weights. REQUIRES: a positive sum.
  std::size_t pick(std::span<const double> weights);
  std::uint64_t draws() const { return index_; }

  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::uint64_t key_;
  std::uint64_t stream_;
  std::uint64_t index_ = 0;
};

// Mixes words into one 64-bit key, so that streams can be named by several numbers.
std::uint64_t mix_key(std::uint64_t a, std::uint64_t b, std::uint64_t c = 0);

}  // namespace ars
