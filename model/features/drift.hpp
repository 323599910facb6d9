// Drift of a feature between a reference window and a test window (recommender reference 4.8).
// Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ars::model {

// Population stability index over bins: sum (a - e) ln(a / e), shares floored at `floor`.
// REQUIRES: equal sizes, both with a positive sum.
double psi(std::span<const std::uint64_t> reference, std::span<const std::uint64_t> test,
           double floor = 1e-4);

// Inner edges of `bins` quantile bins of the reference, equal edges merged; at most bins - 1.
std::vector<double> quantile_edges(std::vector<double> reference, std::size_t bins);
// Counts per bin: bin i holds values in (edge[i-1], edge[i]].
std::vector<std::uint64_t> bin_counts(std::span<const double> values,
                                      std::span<const double> edges);

enum class DriftVerdict : std::uint8_t { not_enough_data, stable, watch, act };

struct DriftReport {
  double psi = 0;
  DriftVerdict verdict = DriftVerdict::not_enough_data;
};
// 0.1 watch, 0.25 act, by convention; fewer than `least` values on a side: not enough data.
DriftReport measure_drift(std::vector<double> reference, std::span<const double> test,
                          std::size_t bins = 10, std::size_t least = 100);

}  // namespace ars::model
