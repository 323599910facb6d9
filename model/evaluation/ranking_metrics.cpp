#include "model/evaluation/ranking_metrics.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace ars::model {
namespace {

bool positive(float label) { return label > 0.5f; }

void check_sizes(std::size_t a, std::size_t b) {
  ARS_CHECK(a == b, "{} scores for {} labels", a, b);
}

// AUC of the rows that `rows` names, which is reordered.
std::optional<double> auc_of(std::span<const float> scores, std::span<const float> labels,
                             std::span<std::size_t> rows) {
  std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    return scores[a] != scores[b] ? scores[a] < scores[b] : a < b;
  });
  double positives = 0;
  double rank_sum = 0;
  for (std::size_t from = 0; from < rows.size();) {
    std::size_t to = from;
    double tied_positives = 0;
    for (; to < rows.size() && scores[rows[to]] == scores[rows[from]]; ++to) {
      if (positive(labels[rows[to]])) ++tied_positives;
    }
    // Ranks from + 1 … to share their mean.
    rank_sum += tied_positives * 0.5 * to_double(from + 1 + to);
    positives += tied_positives;
    from = to;
  }
  const double negatives = to_double(rows.size()) - positives;
  if (positives == 0 || negatives == 0) return std::nullopt;
  return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
}

double discount(std::size_t rank) { return 1.0 / std::log2(to_double(rank) + 1.0); }

std::vector<std::size_t> positions(std::size_t size) {
  std::vector<std::size_t> out(size);
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

}  // namespace

std::optional<double> auc(std::span<const float> scores, std::span<const float> labels) {
  check_sizes(scores.size(), labels.size());
  auto rows = positions(scores.size());
  return auc_of(scores, labels, rows);
}

std::vector<GroupAuc> group_aucs(std::span<const float> scores, std::span<const float> labels,
                                 std::span<const std::uint64_t> groups) {
  check_sizes(scores.size(), labels.size());
  check_sizes(scores.size(), groups.size());
  auto rows = positions(scores.size());
  std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    return groups[a] != groups[b] ? groups[a] < groups[b] : a < b;
  });
  std::vector<GroupAuc> out;
  const std::span<std::size_t> all(rows);
  for (std::size_t from = 0; from < rows.size();) {
    std::size_t to = from + 1;
    while (to < rows.size() && groups[rows[to]] == groups[rows[from]])
      ++to;
    const auto group = groups[rows[from]];
    if (const auto value = auc_of(scores, labels, all.subspan(from, to - from))) {
      out.push_back({group, *value, to - from});
    }
    from = to;
  }
  return out;
}

std::optional<double> gauc(std::span<const float> scores, std::span<const float> labels,
                           std::span<const std::uint64_t> groups) {
  double sum = 0;
  double rows = 0;
  for (const auto& group : group_aucs(scores, labels, groups)) {
    sum += to_double(group.rows) * group.auc;
    rows += to_double(group.rows);
  }
  if (rows == 0) return std::nullopt;
  return sum / rows;
}

std::optional<LogLoss> logloss(std::span<const float> probabilities,
                               std::span<const float> labels) {
  check_sizes(probabilities.size(), labels.size());
  if (labels.empty()) return std::nullopt;
  constexpr double epsilon = 0x1.0p-52;
  LogLoss out;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double p = probabilities[i];
    ARS_CHECK(p >= 0.0 && p <= 1.0, "row {} has the probability {}", i, p);
    if (p < epsilon || p > 1.0 - epsilon) ++out.clipped;
    const double clipped = std::clamp(p, epsilon, 1.0 - epsilon);
    out.value -= positive(labels[i]) ? std::log(clipped) : std::log1p(-clipped);
  }
  out.value /= to_double(labels.size());
  return out;
}

std::optional<double> normalised_entropy(std::span<const float> probabilities,
                                         std::span<const float> labels) {
  const auto loss = logloss(probabilities, labels);
  const double rate =
      to_double(std::count_if(labels.begin(), labels.end(), positive)) / to_double(labels.size());
  if (!loss || rate == 0 || rate == 1) return std::nullopt;
  return loss->value / -(rate * std::log(rate) + (1 - rate) * std::log1p(-rate));
}

std::optional<double> brier(std::span<const float> probabilities, std::span<const float> labels) {
  check_sizes(probabilities.size(), labels.size());
  if (labels.empty()) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double error = double{probabilities[i]} - (positive(labels[i]) ? 1.0 : 0.0);
    sum += error * error;
  }
  return sum / to_double(labels.size());
}

std::array<CalibrationBin, 10> calibration_bins(std::span<const float> probabilities,
                                                std::span<const float> labels) {
  check_sizes(probabilities.size(), labels.size());
  std::array<CalibrationBin, 10> bins{};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double p = probabilities[i];
    ARS_CHECK(p >= 0.0 && p <= 1.0, "row {} has the probability {}", i, p);
    auto& bin = bins[std::min<std::size_t>(9, truncate<std::size_t>(10.0 * p))];
    ++bin.rows;
    bin.mean_probability += p;
    bin.mean_label += positive(labels[i]) ? 1.0 : 0.0;
  }
  for (auto& bin : bins) {
    if (bin.rows == 0) continue;
    bin.mean_probability /= to_double(bin.rows);
    bin.mean_label /= to_double(bin.rows);
  }
  return bins;
}

std::optional<double> ece(std::span<const float> probabilities, std::span<const float> labels) {
  if (labels.empty()) return std::nullopt;
  double sum = 0;
  for (const auto& bin : calibration_bins(probabilities, labels)) {
    sum += to_double(bin.rows) * std::abs(bin.mean_probability - bin.mean_label);
  }
  return sum / to_double(labels.size());
}

std::optional<double> ndcg_at(std::size_t k, std::span<const float> listed,
                              std::span<const float> relevant) {
  std::vector<float> ideal(relevant.begin(), relevant.end());
  std::sort(ideal.begin(), ideal.end(), std::greater<>());
  const auto dcg = [k](std::span<const float> gains) {
    double sum = 0;
    for (std::size_t i = 0; i < std::min(k, gains.size()); ++i) {
      sum += double{gains[i]} * discount(i + 1);
    }
    return sum;
  };
  const double best = dcg(ideal);
  if (best <= 0) return std::nullopt;
  return dcg(listed) / best;
}

std::optional<double> recall_at(std::size_t k, std::span<const float> listed,
                                std::size_t relevant_count) {
  if (relevant_count == 0) return std::nullopt;
  const auto top = listed.first(std::min(k, listed.size()));
  const auto hits = std::count_if(top.begin(), top.end(), [](float gain) { return gain > 0; });
  return to_double(hits) / to_double(relevant_count);
}

double hit_at(std::size_t k, std::span<const float> listed) {
  const auto top = listed.first(std::min(k, listed.size()));
  return std::any_of(top.begin(), top.end(), [](float gain) { return gain > 0; }) ? 1.0 : 0.0;
}

std::size_t rank_of(std::span<const ItemIndex> list, ItemIndex item) {
  const auto at = std::find(list.begin(), list.end(), item);
  return at == list.end() ? 0 : narrow<std::size_t>(at - list.begin()) + 1;
}

double ndcg_of_rank(std::size_t rank, std::size_t k) {
  return rank == 0 || rank > k ? 0.0 : discount(rank);
}

double hit_of_rank(std::size_t rank, std::size_t k) { return rank == 0 || rank > k ? 0.0 : 1.0; }

std::vector<std::size_t> order_by_score(std::span<const float> scores,
                                        std::span<const std::string> item_ids) {
  check_sizes(scores.size(), item_ids.size());
  auto order = positions(scores.size());
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (scores[a] != scores[b]) return scores[a] > scores[b];
    return item_ids[a] != item_ids[b] ? item_ids[a] > item_ids[b] : a < b;
  });
  return order;
}

}  // namespace ars::model
