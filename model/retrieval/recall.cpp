#include "model/retrieval/recall.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {
namespace {

// The best `most` entries as a result: by score, ties by item id bytewise descending.
template <class Entry>
RecallResult best_of(std::vector<Entry>& entries, std::size_t most,
                     const CatalogueView& catalogue) {
  const auto better = [&](const Entry& a, const Entry& b) {
    if (a.score != b.score) return a.score > b.score;
    return ties_before(catalogue.item(a.item).item_id, catalogue.item(b.item).item_id);
  };
  const auto size = std::min(most, entries.size());
  const auto end = entries.begin() + narrow<std::ptrdiff_t>(size);
  if (size < entries.size()) std::nth_element(entries.begin(), end, entries.end(), better);
  std::sort(entries.begin(), end, better);
  RecallResult out;
  out.items.reserve(size);
  out.scores.reserve(size);
  for (auto each = entries.begin(); each != end; ++each) {
    out.items.push_back(each->item);
    out.scores.push_back(static_cast<float>(each->score));
  }
  return out;
}

struct Warm {
  ItemIndex item;
  double score = 0;  // heat: beyond what a float tells apart
};

// Scores as shares of the best: heat of a rung is a logarithm far from zero.
float share_of_best(std::size_t rung, double heat, double best) {
  return static_cast<float>(rung == 0 ? heat : std::exp(heat - best));
}

// Every item with an interaction: for users who have seen nearly all of a truncated list.
RecallResult scan_all(const RecallQuery& query, std::size_t rung, double best) {
  const Excluded excluded(query);
  const auto& statistics = *query.views.statistics;
  std::vector<Warm> entries;
  for (std::uint32_t i = 0; i < statistics.size(); ++i) {
    const auto& entry = statistics.item(ItemIndex(i));
    if (entry.interactions == 0 || excluded(ItemIndex(i))) continue;
    entries.push_back({ItemIndex(i), entry.heat[rung]});
  }
  auto out = best_of(entries, query.setting.quota, *query.views.catalogue);
  for (std::size_t i = 0; i < out.items.size(); ++i) {
    out.scores[i] = share_of_best(rung, entries[i].score, best);
  }
  return out;
}

}  // namespace

RecallResult best_scored(const RecallQuery& query, std::vector<ScoreTable::Entry> entries) {
  return best_of(entries, query.setting.quota, *query.views.catalogue);
}

RecallResult best_unseen(const RecallQuery& query, ScoreTable table) {
  const Excluded excluded(query);
  auto& entries = table.entries();
  std::erase_if(entries, [&](const auto& each) { return excluded(each.item); });
  return best_of(entries, query.setting.quota, *query.views.catalogue);
}

RecallResult hottest(const RecallQuery& query, std::size_t rung) {
  const auto& top = query.views.statistics->top(rung);
  const Excluded excluded(query);
  RecallResult out;
  const double best = top.heat.empty() ? 0 : top.heat.front();
  for (std::size_t i = 0; i < top.items.size() && out.items.size() < query.setting.quota; ++i) {
    if (excluded(top.items[i])) continue;
    out.items.push_back(top.items[i]);
    out.scores.push_back(share_of_best(rung, top.heat[i], best));
  }
  const bool truncated = top.items.size() == limits::top_list_max;
  if (out.items.size() < query.setting.quota && truncated) return scan_all(query, rung, best);
  return out;
}

}  // namespace ars::model
