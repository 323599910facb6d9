#include "bench/percentiles.hpp"

#include "events/base/narrow.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ars::bench {

// Values below 2^8 have a cell each; above, a doubling is cut into 2^8 equal cells.
std::size_t Percentiles::cell_of(std::uint64_t value) {
  const auto width = narrow<unsigned>(std::bit_width(value));
  if (width <= step_bits) return value;
  const auto shift = width - step_bits - 1;
  const auto step = (value >> shift) & ((std::uint64_t{1} << step_bits) - 1);
  return (std::size_t{shift + 1} << step_bits) + step;
}

std::uint64_t Percentiles::top_of(std::size_t cell) {
  const auto doubling = cell >> step_bits;
  if (doubling == 0) return cell;
  const auto step = cell & ((std::size_t{1} << step_bits) - 1);
  const auto shift = doubling - 1;
  const auto bottom = ((std::uint64_t{1} << step_bits) + step) << shift;
  return bottom + ((std::uint64_t{1} << shift) - 1);
}

void Percentiles::record(std::uint64_t value_ns) {
  counts_[cell_of(value_ns)] += 1;
  count_ += 1;
  largest_ = std::max(largest_, value_ns);
}

std::uint64_t Percentiles::at(double share) const {
  ARS_CHECK(share >= 0 && share <= 1, "share {}", share);
  if (count_ == 0) return 0;
  const auto wanted =
      std::max<std::uint64_t>(1, truncate<std::uint64_t>(std::ceil(share * to_double(count_))));
  std::uint64_t seen = 0;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    seen += counts_[cell];
    if (seen >= wanted) return std::min(top_of(cell), largest_);
  }
  return largest_;
}

}  // namespace ars::bench
