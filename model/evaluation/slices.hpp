// Metrics by slice, declared before looking. A pooled AUC also compares pairs across slices, so a
// gain in the pool may be a loss in every slice: reports show both. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

// "new_users": nothing before this row; "light_users": fewer than 20 interactions; "heavy_users".
std::string_view user_slice(std::uint64_t interactions_before);
// By the share of interactions of all items that are at least as popular: "head_items" carry the
// first half, "middle_items" the next 30 %, "tail_items" the rest; counts are those known at train
// time.
std::vector<std::string> item_slices(std::span<const std::uint64_t> counts);

struct SliceRows {
  std::string slice;
  std::vector<std::size_t> rows;  // ascending
};
// One entry a name, in byte order; names[i] is the slice of row i.
std::vector<SliceRows> rows_by_slice(std::span<const std::string> names);

struct SliceMetrics {
  std::string slice;
  std::uint64_t rows = 0;
  std::uint64_t positives = 0;
  std::uint64_t users = 0;
  std::optional<double> auc;
  std::optional<double> gauc;
  std::uint64_t gauc_rows = 0;  // of users with both labels
  std::optional<double> logloss;
  std::optional<double> ece;
};
// "all" first, then each slice. REQUIRES: probabilities within [0, 1], rows within the spans.
std::vector<SliceMetrics> measure_slices(std::span<const float> probabilities,
                                         std::span<const float> labels,
                                         std::span<const std::uint64_t> users,
                                         std::span<const SliceRows> slices);
}  // namespace ars::model
