#include "model/retrieval/exact_popularity.hpp"

#include "events/base/narrow.hpp"
#include "model/retrieval/catalogue_view.hpp"
#include "model/retrieval/item_set.hpp"

#include <algorithm>

namespace ars::model {

ExactPopularity::ExactPopularity(PopularityCounts counts) : counts_(std::move(counts)) {
  counts_.item_ids.resize(std::max(counts_.item_ids.size(), counts_.counts.size()));
  counts_.counts.resize(counts_.item_ids.size());
  for (std::size_t i = 0; i < counts_.item_ids.size(); ++i) {
    if (!counts_.item_ids[i].empty()) order_.push_back(narrow<std::uint32_t>(i));
  }
  std::sort(order_.begin(), order_.end(),
            [&](std::uint32_t a, std::uint32_t b) { return before(a, b); });
}

bool ExactPopularity::before(std::uint32_t a, std::uint32_t b) const {
  if (counts_.counts[a] != counts_.counts[b]) return counts_.counts[a] > counts_.counts[b];
  if (counts_.item_ids[a] != counts_.item_ids[b]) {
    return ties_before(counts_.item_ids[a], counts_.item_ids[b]);
  }
  return a > b;
}

// The first place in order_[0, until) that does not stand before the item.
std::size_t ExactPopularity::place_of(std::uint32_t item, std::size_t until) const {
  const auto at =
      std::lower_bound(order_.begin(), order_.begin() + narrow<std::ptrdiff_t>(until), item,
                       [&](std::uint32_t a, std::uint32_t b) { return before(a, b); });
  return narrow<std::size_t>(at - order_.begin());
}

void ExactPopularity::list(ItemIndex item, std::string item_id) {
  const auto at = item.value();
  if (at >= counts_.item_ids.size()) {
    counts_.item_ids.resize(at + 1);
    counts_.counts.resize(at + 1);
  }
  if (!counts_.item_ids[at].empty() || item_id.empty()) return;
  counts_.item_ids[at] = std::move(item_id);
  order_.insert(order_.begin() + narrow<std::ptrdiff_t>(place_of(at, order_.size())), at);
}

void ExactPopularity::add(ItemIndex item) {
  const auto at = item.value();
  ARS_CHECK(at < counts_.item_ids.size() && !counts_.item_ids[at].empty(), "item {} was not listed",
            at);
  const auto from = place_of(at, order_.size());
  ++counts_.counts[at];
  const auto to = place_of(at, from);
  const auto first = order_.begin() + narrow<std::ptrdiff_t>(to);
  const auto last = order_.begin() + narrow<std::ptrdiff_t>(from);
  std::rotate(first, last, last + 1);
}

std::vector<ItemIndex> ExactPopularity::top(std::size_t n, std::span<const ItemIndex> seen) const {
  const ItemSet excluded(counts_.item_ids.size(), seen);
  std::vector<ItemIndex> out;
  out.reserve(std::min(n, order_.size()));
  for (const auto each : order_) {
    if (out.size() == n) break;
    if (!excluded.contains(ItemIndex(each))) out.emplace_back(each);
  }
  return out;
}

std::uint32_t ExactPopularity::count(ItemIndex item) const {
  return item.value() < counts_.counts.size() ? counts_.counts[item.value()] : 0;
}

}  // namespace ars::model
