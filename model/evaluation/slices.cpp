#include "model/evaluation/slices.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/evaluation/ranking_metrics.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace ars::model {
namespace {

constexpr std::uint64_t light_interactions = 20;
constexpr double head_share = 0.5;
constexpr double middle_share = 0.8;

SliceMetrics measure(std::string name, std::span<const float> probabilities,
                     std::span<const float> labels, std::span<const std::uint64_t> users) {
  SliceMetrics out;
  out.slice = std::move(name);
  out.rows = labels.size();
  out.positives = narrow<std::uint64_t>(
      std::count_if(labels.begin(), labels.end(), [](float label) { return label > 0.5f; }));
  out.users = std::set<std::uint64_t>(users.begin(), users.end()).size();
  out.auc = auc(probabilities, labels);
  out.gauc = gauc(probabilities, labels, users);
  for (const auto& group : group_aucs(probabilities, labels, users))
    out.gauc_rows += group.rows;
  if (const auto loss = logloss(probabilities, labels)) out.logloss = loss->value;
  out.ece = ece(probabilities, labels);
  return out;
}

}  // namespace

std::string_view user_slice(std::uint64_t interactions_before) {
  if (interactions_before == 0) return "new_users";
  return interactions_before < light_interactions ? "light_users" : "heavy_users";
}

std::vector<std::string> item_slices(std::span<const std::uint64_t> counts) {
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
  });
  const double total = to_double(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  std::vector<std::string> out(counts.size(), "tail_items");
  double before = 0;
  for (const auto item : order) {
    if (counts[item] == 0) break;
    // The item that crosses a border still belongs to the better slice: the head is never empty.
    if (before < head_share * total) {
      out[item] = "head_items";
    } else if (before < middle_share * total) {
      out[item] = "middle_items";
    }
    before += to_double(counts[item]);
  }
  return out;
}

std::vector<SliceRows> rows_by_slice(std::span<const std::string> names) {
  std::map<std::string, std::vector<std::size_t>> by_name;
  for (std::size_t i = 0; i < names.size(); ++i)
    by_name[names[i]].push_back(i);
  std::vector<SliceRows> out;
  for (auto& [name, rows] : by_name)
    out.push_back({name, std::move(rows)});
  return out;
}

std::vector<SliceMetrics> measure_slices(std::span<const float> probabilities,
                                         std::span<const float> labels,
                                         std::span<const std::uint64_t> users,
                                         std::span<const SliceRows> slices) {
  std::vector<SliceMetrics> out;
  out.push_back(measure("all", probabilities, labels, users));
  for (const auto& slice : slices) {
    std::vector<float> slice_probabilities, slice_labels;
    std::vector<std::uint64_t> slice_users;
    for (const auto row : slice.rows) {
      ARS_CHECK(row < labels.size(), "slice {} names row {}", slice.slice, row);
      slice_probabilities.push_back(probabilities[row]);
      slice_labels.push_back(labels[row]);
      slice_users.push_back(users[row]);
    }
    out.push_back(measure(slice.slice, slice_probabilities, slice_labels, slice_users));
  }
  return out;
}

}  // namespace ars::model
