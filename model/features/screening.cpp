#include "model/features/screening.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/features/drift.hpp"
#include "model/features/feature_catalog.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ars::model {
namespace {

constexpr std::string_view prefix = "residual_gain:";
constexpr std::size_t deciles = 10;
constexpr double prior_rows = 20;  // draws a group's mean towards 0
constexpr std::size_t rows_min = 200;

using Groups = std::vector<std::uint64_t>;  // one a row

// What explains residuals by its mean over one half, tested on the other.
double gain_of(const Groups& groups, const std::vector<double>& residuals) {
  double gain = 0;
  for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
    std::map<std::uint64_t, std::pair<double, double>> sums;  // residual, rows
    for (std::size_t i = half; i < groups.size(); i += 2) {
      auto& sum = sums[groups[i]];
      sum.first += residuals[i];
      sum.second += 1;
    }
    for (std::size_t i = 1 - half; i < groups.size(); i += 2) {
      const auto found = sums.find(groups[i]);
      if (found == sums.end()) continue;
      const double mean = found->second.first / (found->second.second + prior_rows);
      gain += mean * (2 * residuals[i] - mean);  // r^2 - (r - mean)^2
    }
  }
  return gain / to_double(groups.size());
}

Groups values_of(std::span<const Example> rows, const FeatureColumn& column) {
  Groups out;
  out.reserve(rows.size());
  if (column.kind == FeatureKind::categorical) {
    for (const auto& row : rows)
      out.push_back(row.ids[column.column]);
    return out;
  }
  std::vector<double> values;
  values.reserve(rows.size());
  for (const auto& row : rows)
    values.push_back(to_double(row.dense[column.column]));
  const auto edges = quantile_edges(values, deciles);
  for (const double value : values) {
    out.push_back(
        narrow<std::uint64_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin()));
  }
  return out;
}

}  // namespace

std::vector<ScreenedFeature> screen_features(std::span<const Example> rows,
                                             std::span<const float> scores) {
  ARS_CHECK(rows.size() == scores.size(), "{} rows, {} scores", rows.size(), scores.size());
  std::vector<ScreenedFeature> out;
  if (rows.size() < rows_min) return out;
  for (const auto& row : rows) {
    if (row.ids.size() != id_column_count() || row.dense.size() != dense_column_count()) return out;
  }
  std::vector<double> residuals;
  for (std::size_t i = 0; i < rows.size(); ++i)
    residuals.push_back(to_double(rows[i].label) - to_double(scores[i]));
  const auto categories = values_of(rows, *feature_column("category_first"));
  for (const auto& feature : feature_catalog()) {
    auto groups = values_of(rows, *feature_column(feature.name));
    const double alone = gain_of(groups, residuals);
    for (std::size_t i = 0; i < groups.size(); ++i)
      groups[i] = groups[i] << 16 | categories[i];
    out.push_back({std::string(feature.name), std::max(alone, gain_of(groups, residuals))});
  }
  return out;
}

std::string screening_metric(std::string_view feature) {
  return std::string(prefix) + std::string(feature);
}

std::string_view screened_feature(std::string_view metric) {
  return metric.starts_with(prefix) ? metric.substr(prefix.size()) : std::string_view();
}

}  // namespace ars::model
