#include "model/features/leakage.hpp"

#include "events/base/narrow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace ars::model {
namespace {

constexpr std::size_t rows_min = 30;  // of either label

// Words that name an outcome of the decision itself, or something later than it.
constexpr std::array outcome_words{"label", "click",  "clicked",      "viewed", "rating",
                                   "value", "reward", "satisfaction", "dwell",  "outcome"};
constexpr std::array later_words{"next", "future", "later", "after", "delayed", "final"};

// The words of a snake_case name.
std::vector<std::string_view> words_of(std::string_view name) {
  std::vector<std::string_view> out;
  while (!name.empty()) {
    const auto end = std::min(name.find('_'), name.size());
    if (end > 0) out.push_back(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return out;
}

std::string what_it_reads(std::string_view name) {
  for (const auto word : words_of(name)) {
    for (const auto* later : later_words) {
      if (word == later) return fmt::format("something later than the decision ('{}')", word);
    }
  }
  for (const auto word : words_of(name)) {
    for (const auto* outcome : outcome_words) {
      if (word == outcome) return fmt::format("an outcome ('{}')", word);
    }
  }
  return "inputs that the catalogue does not state";
}

// Area under the ROC curve with mid-ranks for ties, folded to [0.5, 1].
double folded_auc(std::vector<std::pair<double, bool>> scored) {
  std::sort(scored.begin(), scored.end());
  double positives = 0;
  double rank_sum = 0;
  for (std::size_t i = 0; i < scored.size();) {
    auto end = i;
    double here = 0;
    for (; end < scored.size() && scored[end].first == scored[i].first; ++end) {
      here += scored[end].second ? 1 : 0;
    }
    rank_sum += here * (to_double(i) + to_double(end) + 1) / 2;
    positives += here;
    i = end;
  }
  const double negatives = to_double(scored.size()) - positives;
  if (positives == 0 || negatives == 0) return 0.5;
  const double auc = (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
  return std::max(auc, 1 - auc);
}

// A categorical feature orders rows by the label rate of its value. The rates come from the even
// rows and order the odd ones: a row must not help to predict itself.
std::vector<std::pair<double, bool>> by_rate(std::span<const Example> rows, std::size_t column) {
  struct Rate {
    double positives = 0;
    double rows = 0;
  };
  std::map<std::uint32_t, Rate> rates;
  Rate all;
  for (std::size_t i = 0; i < rows.size(); i += 2) {
    const double label = rows[i].label > 0.5f ? 1 : 0;
    auto& rate = rates[rows[i].ids[column]];
    rate.positives += label;
    rate.rows += 1;
    all.positives += label;
    all.rows += 1;
  }
  std::vector<std::pair<double, bool>> out;
  for (std::size_t i = 1; i < rows.size(); i += 2) {
    const auto found = rates.find(rows[i].ids[column]);
    const auto rate = found == rates.end() ? Rate{} : found->second;
    out.emplace_back((rate.positives + all.positives / all.rows) / (rate.rows + 1),
                     rows[i].label > 0.5f);
  }
  return out;
}

}  // namespace

Result<void> check_leakage(const FeatureNames& plan) {
  for (const auto& name : plan) {
    // Everything in the catalogue is computed from the request and the views it was answered with.
    if (feature_column(name).has_value()) continue;
    return fail(Errc::invalid, fmt::format("feature '{}' reads {}", name, what_it_reads(name)));
  }
  return success();
}

std::vector<LeakSuspect> suspect_leaks(const FeatureNames& plan, std::span<const Example> rows,
                                       double limit) {
  std::size_t positives = 0;
  for (const auto& row : rows)
    positives += row.label > 0.5f ? 1u : 0u;
  std::vector<LeakSuspect> out;
  if (positives < rows_min || rows.size() - positives < rows_min) return out;
  for (const auto& name : plan) {
    const auto column = feature_column(name);
    if (!column.has_value()) continue;
    std::vector<std::pair<double, bool>> scored;
    if (column->kind == FeatureKind::categorical) {
      scored = by_rate(rows, column->column);
    } else {
      for (const auto& row : rows) {
        scored.emplace_back(to_double(row.dense[column->column]), row.label > 0.5f);
      }
    }
    const double auc = folded_auc(std::move(scored));
    if (auc > limit) out.push_back({name, auc});
  }
  return out;
}

}  // namespace ars::model
