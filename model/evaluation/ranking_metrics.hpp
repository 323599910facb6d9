// Metrics of scores, probabilities and ranked lists, by the definitions of docs/glossary.md. What
// is undefined (one class only, no rows) is empty, never 0.5. Labels are 0 or 1. Pure functions
// over spans of equal size, sums in row order; any thread.
#pragma once

#include "events/base/id.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ars::model {

// (Σ midranks of positives − P(P+1)/2) / (P·N); ties count half. Empty with one class only.
std::optional<double> auc(std::span<const float> scores, std::span<const float> labels);

// One group with both classes.
struct GroupAuc {
  std::uint64_t group = 0;
  double auc = 0;
  std::uint64_t rows = 0;
  friend bool operator==(const GroupAuc&, const GroupAuc&) = default;
};
// By group, ascending; groups with one class are left out.
std::vector<GroupAuc> group_aucs(std::span<const float> scores, std::span<const float> labels,
                                 std::span<const std::uint64_t> groups);
// Σ rows·AUC / Σ rows over users with both classes. Empty without one.
std::optional<double> gauc(std::span<const float> scores, std::span<const float> labels,
                           std::span<const std::uint64_t> groups);

struct LogLoss {
  double value = 0;
  std::uint64_t clipped = 0;  // rows whose probability was 0 or 1 and moved by 2^-52
};
// −mean[y ln p + (1−y) ln(1−p)]. REQUIRES: probabilities within [0, 1]. Empty without rows.
std::optional<LogLoss> logloss(std::span<const float> probabilities, std::span<const float> labels);
// logloss over the entropy of the base rate of the same rows. Empty with one class only.
std::optional<double> normalised_entropy(std::span<const float> probabilities,
                                         std::span<const float> labels);
// mean (p − y)².
std::optional<double> brier(std::span<const float> probabilities, std::span<const float> labels);

struct CalibrationBin {
  std::uint64_t rows = 0;
  double mean_probability = 0;
  double mean_label = 0;
};
// Ten equal-width bins [0, .1), …, [.9, 1].
std::array<CalibrationBin, 10> calibration_bins(std::span<const float> probabilities,
                                                std::span<const float> labels);
// Σ (n_b / n) |mean p_b − mean y_b| over those bins.
std::optional<double> ece(std::span<const float> probabilities, std::span<const float> labels);

// Ranked lists. `listed[i]` is the gain of the item at rank i + 1, 0 where it is not relevant;
// `relevant` holds the gains of all relevant items of the user, in any order. A list shorter than k
// is filled with items that are not relevant. DCG@k / IDCG@k with linear gain; IDCG from all
// relevant items. Empty without a relevant item.
std::optional<double> ndcg_at(std::size_t k, std::span<const float> listed,
                              std::span<const float> relevant);
// Hits in the first k over all relevant. Empty without a relevant item.
std::optional<double> recall_at(std::size_t k, std::span<const float> listed,
                                std::size_t relevant_count);
// 1 with a hit in the first k, else 0.
double hit_at(std::size_t k, std::span<const float> listed);

// The usual case of progressive validation: one relevant item. Its rank from 1; 0: not in the list.
std::size_t rank_of(std::span<const ItemIndex> list, ItemIndex item);
double ndcg_of_rank(std::size_t rank, std::size_t k);
double hit_of_rank(std::size_t rank, std::size_t k);

// Positions by score descending, ties by item id descending, bytewise ("9" before "10").
std::vector<std::size_t> order_by_score(std::span<const float> scores,
                                        std::span<const std::string> item_ids);

}  // namespace ars::model
