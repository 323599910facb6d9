#include "actors/decision/experiment/exact_popular.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/retrieval/item_set.hpp"
#include "model/retrieval/score_table.hpp"

#include <algorithm>

namespace ars::actors {

std::vector<ItemIndex> exact_popular(const model::ViewSet& views, std::uint64_t total,
                                     std::span<const ItemIndex> recent,
                                     std::span<const ItemIndex> seen, std::size_t n) {
  const auto& statistics = *views.statistics;
  const auto& catalogue = *views.catalogue;
  const auto known = statistics.totals().interactions;
  ARS_CHECK(known <= total && total - known <= recent.size(), "{} of {} interactions in the view",
            known, total);
  const auto newest = recent.last(narrow<std::size_t>(total - known));
  model::ScoreTable since(newest.size());  // whole numbers far below what a float holds exactly
  for (const auto item : newest)
    since.add(item, 1);
  struct Row {
    std::uint32_t count;
    ItemIndex item;
  };
  std::vector<Row> rows;
  // The user may have seen an item that the views do not hold yet.
  const auto bound = seen.empty() ? 0 : std::size_t{seen.back().value()} + 1;
  const model::ItemSet excluded(bound, seen);
  const auto add = [&](ItemIndex item) {
    if (excluded.contains(item)) return;
    rows.push_back({statistics.count(item) + truncate<std::uint32_t>(since.score(item)), item});
  };
  // The maintained list suffices when enough of it is unseen: nothing outside it can have more than
  // its last count, except through `since`, which is added whole.
  const auto& top = statistics.top(0).items;
  for (const auto item : top)
    add(item);
  const auto& risen = since.entries();
  const bool enough = rows.size() >= n + risen.size();
  if (enough) {
    const model::ItemSet listed(statistics.size(), top);
    for (const auto& each : risen) {
      if (!listed.contains(each.item)) add(each.item);
    }
  } else {
    rows.clear();
    for (std::uint32_t i = 0; i < catalogue.size(); ++i) {
      if (!catalogue.item(ItemIndex(i)).item_id.empty()) add(ItemIndex(i));
    }
  }
  const auto best = [&](const Row& a, const Row& b) {
    if (a.count != b.count) return a.count > b.count;
    return model::ties_before(catalogue.item(a.item).item_id, catalogue.item(b.item).item_id);
  };
  const auto size = std::min(n, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + narrow<std::ptrdiff_t>(size), rows.end(), best);
  std::vector<ItemIndex> out;
  for (std::size_t i = 0; i < size; ++i)
    out.push_back(rows[i].item);
  return out;
}

}  // namespace ars::actors
