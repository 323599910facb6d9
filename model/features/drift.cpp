#include "model/features/drift.hpp"

#include "events/base/narrow.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {
namespace {

constexpr double watch_at = 0.1;
constexpr double act_at = 0.25;

double sum_of(std::span<const std::uint64_t> counts) {
  double sum = 0;
  for (const auto each : counts)
    sum += to_double(each);
  return sum;
}

}  // namespace

double psi(std::span<const std::uint64_t> reference, std::span<const std::uint64_t> test,
           double floor) {
  ARS_CHECK(reference.size() == test.size(), "{} and {} bins", reference.size(), test.size());
  const double reference_sum = sum_of(reference);
  const double test_sum = sum_of(test);
  ARS_CHECK(reference_sum > 0 && test_sum > 0, "a window without values has no distribution");
  double out = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double expected = std::max(floor, to_double(reference[i]) / reference_sum);
    const double actual = std::max(floor, to_double(test[i]) / test_sum);
    out += (actual - expected) * std::log(actual / expected);
  }
  return out;
}

std::vector<double> quantile_edges(std::vector<double> reference, std::size_t bins) {
  std::sort(reference.begin(), reference.end());
  std::vector<double> out;
  for (std::size_t i = 1; i < bins && !reference.empty(); ++i) {
    const double edge = reference[(i * reference.size() - 1) / bins];
    // An edge at the largest value would leave the last bin empty for ever.
    if (edge < reference.back() && (out.empty() || edge > out.back())) out.push_back(edge);
  }
  return out;
}

std::vector<std::uint64_t> bin_counts(std::span<const double> values,
                                      std::span<const double> edges) {
  std::vector<std::uint64_t> out(edges.size() + 1);
  for (const double value : values) {
    const auto at = std::lower_bound(edges.begin(), edges.end(), value);
    ++out[narrow<std::size_t>(at - edges.begin())];
  }
  return out;
}

DriftReport measure_drift(std::vector<double> reference, std::span<const double> test,
                          std::size_t bins, std::size_t least) {
  if (reference.empty() || test.empty() || reference.size() < least || test.size() < least) {
    return {};
  }
  const auto edges = quantile_edges(reference, bins);
  DriftReport out;
  out.psi = psi(bin_counts(reference, edges), bin_counts(test, edges));
  out.verdict = out.psi >= act_at     ? DriftVerdict::act
                : out.psi >= watch_at ? DriftVerdict::watch
                                      : DriftVerdict::stable;
  return out;
}

}  // namespace ars::model
