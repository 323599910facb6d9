#include "events/base/prng.hpp"

#include "events/base/check.hpp"

namespace ars {

std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> c,
                                           std::array<std::uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57u} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(p0)};
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  return c;
}

std::uint64_t Philox::next_u64() {
  const auto index = index_++;
  const auto block = philox4x32_10(
      {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
       static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)},
      {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)});
  return block[0] | (std::uint64_t{block[1]} << 32);
}

double Philox::uniform() { return static_cast<double>(next_u64() >> 11) * 0x1.0p-53; }

std::uint64_t Philox::below(std::uint64_t bound) {
  ARS_CHECK(bound > 0, "below() needs a positive bound");
  const std::uint64_t limit = ~std::uint64_t{0} - (~std::uint64_t{0} % bound + 1) % bound;
  for (;;) {
    const auto draw = next_u64();
    if (draw <= limit) return draw % bound;
  }
}

double Philox::normal() {
  const double u = 1.0 - uniform();
  const double v = uniform();
  return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586476925 * v);
}

double Philox::exponential() { return -std::log(1.0 - uniform()); }

std::size_t Philox::pick(std::span<const double> weights) {
  double sum = 0;
  for (const double w : weights)
    sum += w;
  ARS_CHECK(sum > 0, "pick() needs a positive sum of weights");
  double point = uniform() * sum;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    point -= weights[i];
    if (point < 0) return i;
  }
  std::size_t last = weights.size() - 1;
  while (last > 0 && weights[last] <= 0)
    --last;
  return last;
}

std::uint64_t mix_key(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  const auto block =
      philox4x32_10({static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(b >> 32),
                     static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(c >> 32)},
                    {static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(a >> 32)});
  return block[0] | (std::uint64_t{block[1]} << 32);
}

}  // namespace ars
