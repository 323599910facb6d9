#include "bench/anchors/processor.hpp"

#include "bench/stopwatch.hpp"
#include "events/base/hash.hpp"
#include "events/base/narrow.hpp"
#include "runtime/effects/matrix_kernels.hpp"

#ifdef ARS_HAS_MODEL_TORCH
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#endif

#include <algorithm>
#include <cstring>
#include <vector>

namespace ars::bench {
namespace {

constexpr std::size_t hash_block_bytes = 64u << 10;
constexpr std::size_t copy_block_bytes = 64u << 20;

// Calls of `work` a second, by the fastest of them: what others do to the machine meanwhile must
// not lower a bound.
template <class Work>
double rate_of(double seconds, const Work& work) {
  work();
  double fastest = 0;
  const Stopwatch watch;
  do {
    const Stopwatch call;
    work();
    fastest = std::max(fastest, 1 / call.seconds());
  } while (watch.seconds() < seconds);
  return fastest;
}

}  // namespace

double hashed_megabytes_per_second(double seconds) {
  std::vector<std::uint8_t> block(hash_block_bytes);
  // The next block depends on the last digest, so that no call can be left out.
  const auto rate = rate_of(seconds, [&] {
    const auto digest = sha256(ByteSpan(block));
    std::memcpy(block.data(), digest.data(), digest.size());
  });
  return rate * to_double(hash_block_bytes) * 1e-6;
}

double copied_megabytes_per_second(double seconds) {
  std::vector<std::uint8_t> from(copy_block_bytes, 1);
  std::vector<std::uint8_t> to(copy_block_bytes, 2);
  const auto rate = rate_of(seconds, [&] {
    std::memcpy(to.data(), from.data(), from.size());
    from[0] = to[from.size() - 1];
  });
  return rate * 2 * to_double(copy_block_bytes) * 1e-6;
}

#ifdef ARS_HAS_MODEL_TORCH
std::optional<double> multiplied_gigaflops(double seconds) {
  constexpr std::int64_t side = 256;
  const c10::InferenceMode guard;
  at::set_num_threads(1);
  runtime::multiply_on_one_thread();
  const auto a = at::full({side, side}, 0.5, at::kDouble);
  const auto b = at::full({side, side}, 0.25, at::kDouble);
  auto product = at::empty({side, side}, at::kDouble);
  const auto rate = rate_of(seconds, [&] { at::mm_out(product, a, b); });
  return rate * 2 * to_double(side * side * side) * 1e-9;
}
#else
std::optional<double> multiplied_gigaflops(double) { return std::nullopt; }
#endif

}  // namespace ars::bench
