// A seeded world with a known rule, for tests of programs and trainers: items and users fall into
// groups; a click depends on both groups together, on one dense value, and on the newest item.
#pragma once

#include "events/base/prng.hpp"
#include "model/ir/columns.hpp"
#include "model/ir/zoo.hpp"
#include "model/ranking/matrix.hpp"
#include "model/training/trainer.hpp"

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ars::test {

inline constexpr std::uint32_t items = 60;
inline constexpr std::uint32_t users = 40;
inline constexpr std::uint32_t groups = 4;

inline model::Columns synthetic_columns() {
  using model::ColumnKind;
  model::Columns columns;
  columns.ids = {{"item", ColumnKind::categorical, 16384},
                 {"user", ColumnKind::categorical, 4096},
                 {"item_group", ColumnKind::categorical, 64},
                 {"hour", ColumnKind::categorical, 32}};
  columns.dense = {{"price", ColumnKind::dense, 0}, {"noise", ColumnKind::dense, 0}};
  columns.sequence_vocabulary = 16384;
  columns.sequence_length = 12;
  return columns;
}

inline model::zoo::FeatureNames synthetic_features() {
  return {{"item", "user", "item_group", "hour"}, {"price", "noise"}};
}

inline std::vector<model::Example> synthetic_rows(std::size_t count, std::uint64_t seed) {
  Philox rng(seed, 1);
  std::vector<model::Example> rows;
  for (std::size_t i = 0; i < count; ++i) {
    model::Example row;
    const auto user = static_cast<std::uint32_t>(rng.below(users));
    const auto item = static_cast<std::uint32_t>(rng.below(items));
    const auto price = static_cast<float>(rng.normal());
    row.user = user;
    row.occurred_at_ns = static_cast<std::int64_t>(i);
    for (std::uint64_t k = rng.below(9); k > 0; --k) {
      row.sequence.push_back(1 + static_cast<std::uint32_t>(rng.below(items)));
    }
    row.ids = {item + 1, user + 1, item % groups + 1, static_cast<std::uint32_t>(rng.below(24))};
    row.dense = {price, static_cast<float>(rng.normal())};
    double logit = (user % groups == item % groups ? 2.5 : -1.0) + 0.7 * double{price};
    if (!row.sequence.empty()) {
      logit += (row.sequence.back() - 1) % groups == (item + 1) % groups ? 2.5 : -0.8;
    }
    row.label = rng.uniform() < 1 / (1 + std::exp(-logit)) ? 1.0F : 0.0F;
    rows.push_back(std::move(row));
  }
  return rows;
}

// Rows of one request: they share the first row's sequence.
inline model::CandidateMatrix matrix_of(std::span<const model::Example> rows) {
  model::CandidateMatrix out{static_cast<std::uint32_t>(rows.size()),
                             static_cast<std::uint32_t>(rows[0].ids.size()),
                             static_cast<std::uint32_t>(rows[0].dense.size()),
                             {},
                             {},
                             rows[0].sequence};
  for (const auto& row : rows) {
    out.ids.insert(out.ids.end(), row.ids.begin(), row.ids.end());
    out.dense.insert(out.dense.end(), row.dense.begin(), row.dense.end());
  }
  return out;
}

// Probability that a positive row scores above a negative one, ties half.
inline double pairwise_auc(std::span<const float> scores, std::span<const model::Example> rows) {
  double above = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.size(); ++j) {
      if (rows[i].label < 0.5F || rows[j].label > 0.5F) continue;
      pairs += 1;
      above += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
    }
  }
  return above / pairs;
}

}  // namespace ars::test
