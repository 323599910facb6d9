#include "runtime/entropy.hpp"

#include "events/base/narrow.hpp"

#include <fstream>

namespace ars::runtime {

Result<void> SystemEntropy::fill(std::span<std::uint8_t> out) {
  std::ifstream source("/dev/urandom", std::ios::binary);
  source.read(reinterpret_cast<char*>(out.data()), narrow<std::streamsize>(out.size()));
  if (!source) return fail(Errc::unavailable, "/dev/urandom cannot be read");
  return success();
}

Result<void> SeededEntropy::fill(std::span<std::uint8_t> out) {
  for (auto& byte : out) {
    if (left_ == 0) {
      word_ = draws_.next_u64();
      left_ = 8;
    }
    byte = narrow<std::uint8_t>(word_ & 0xff);
    word_ >>= 8;
    --left_;
  }
  return success();
}

}  // namespace ars::runtime
