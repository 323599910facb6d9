// Where new ids, keys and nonces come from: the kernel, or one seed in lockstep and tests.
// Owned by whoever composes the node; one caller at a time.
#pragma once

#include "events/base/prng.hpp"
#include "events/base/result.hpp"

#include <cstdint>
#include <span>

namespace ars::runtime {

class Entropy {
 public:
  virtual ~Entropy() = default;
  // Fills the whole span. Errc::unavailable: the kernel gives nothing.
  virtual Result<void> fill(std::span<std::uint8_t> out) = 0;
};

// /dev/urandom.
class SystemEntropy final : public Entropy {
 public:
  Result<void> fill(std::span<std::uint8_t> out) override;
};

// The same bytes for the same seed, whatever the sizes of the single calls.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : draws_(seed, 0x656e74726f7079) {}
  Result<void> fill(std::span<std::uint8_t> out) override;

 private:
  Philox draws_;
  std::uint64_t word_ = 0;
  unsigned left_ = 0;  // bytes of word_ not given yet
};

}  // namespace ars::runtime
