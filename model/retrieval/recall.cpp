#include "model/retrieval/recall.hpp"

#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"
#include "model/limits.hpp"
#include "model/retrieval/affinity.hpp"
#include "model/retrieval/item_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace ars::model {
namespace {

constexpr std::size_t content_categories = 5;
constexpr std::size_t content_popular = 100;  // read of each category
constexpr std::size_t content_newest = 30;
constexpr std::uint32_t explored_impressions = 30;  // with fewer an item counts as unexplored
constexpr double trending_half_life_s = 2 * 86400.0;
constexpr double freshness_half_life_s = 7 * 86400.0;

// What may not be proposed: seen by this user, or not listed.
class Excluded {
 public:
  explicit Excluded(const RecallQuery& query)
      : seen_(query.views.catalogue->size(), query.request.user_features.seen),
        catalogue_(*query.views.catalogue) {}
  bool operator()(ItemIndex item) const {
    return seen_.contains(item) || catalogue_.item(item).item_id.empty();
  }
  void insert(ItemIndex item) { seen_.insert(item); }

 private:
  ItemSet seen_;
  const CatalogueView& catalogue_;
};

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

std::vector<std::uint16_t> favourite_categories(const std::vector<float>& profile) {
  std::vector<std::uint16_t> out;
  for (std::size_t i = 0; i < profile.size(); ++i) {
    if (profile[i] > 0) out.push_back(narrow<std::uint16_t>(i));
  }
  const auto better = [&](std::uint16_t a, std::uint16_t b) {
    return profile[a] != profile[b] ? profile[a] > profile[b] : a < b;
  };
  std::sort(out.begin(), out.end(), better);
  if (out.size() > content_categories) out.resize(content_categories);
  return out;
}

RecallResult best_unseen(const RecallQuery& query, ScoreTable table) {
  const Excluded excluded(query);
  auto& entries = table.entries();
  std::erase_if(entries, [&](const auto& each) { return excluded(each.item); });
  return best_of(entries, query.setting.quota, *query.views.catalogue);
}

double age_s(Timestamp now, Timestamp then) { return std::max(0.0, (now - then).seconds()); }

}  // namespace

RecallResult recall_popularity(const RecallQuery& query) {
  return hottest(query, rung_of(query.setting.half_life_s));
}

RecallResult recall_trending(const RecallQuery& query) {
  const auto half_life_s = query.setting.half_life_s;
  return hottest(query, rung_of(half_life_s > 0 ? half_life_s : trending_half_life_s));
}

RecallResult recall_collaborative(const RecallQuery& query) {
  return best_unseen(query, history_scores(query.request.user_features, *query.views.covisitation));
}

RecallResult recall_sequence(const RecallQuery& query) {
  return best_unseen(query,
                     succession_scores(query.request.user_features, *query.views.covisitation));
}

RecallResult recall_content(const RecallQuery& query) {
  const auto& catalogue = *query.views.catalogue;
  const auto& statistics = *query.views.statistics;
  const auto profile = category_profile(query.request.user_features, catalogue);
  const double given = query.setting.half_life_s;
  const double half_life_s = given > 0 ? given : freshness_half_life_s;
  Excluded excluded(query);
  std::vector<ScoreTable::Entry> entries;
  const auto consider = [&](ItemIndex item) {
    if (excluded(item)) return;
    excluded.insert(item);
    const auto& listed = catalogue.item(item);
    const double warmth = 1 + std::log1p(to_double(statistics.item(item).interactions));
    const double fresh =
        std::exp2(-age_s(query.request.occurred_at, listed.listed_at) / half_life_s);
    const double score = to_double(profile_match(profile, listed)) * warmth * (1 + fresh);
    entries.push_back({item, static_cast<float>(score)});
  };
  for (const auto category : favourite_categories(profile)) {
    const auto& popular = statistics.top_of_category(category).items;
    for (std::size_t i = 0; i < std::min(popular.size(), content_popular); ++i)
      consider(popular[i]);
    const auto& newest = statistics.newest_of_category(category);
    for (std::size_t i = 0; i < std::min(newest.size(), content_newest); ++i)
      consider(newest[i]);
  }
  return best_of(entries, query.setting.quota, catalogue);
}

RecallResult recall_exploration(const RecallQuery& query) {
  const Excluded excluded(query);
  const auto& statistics = *query.views.statistics;
  std::vector<ItemIndex> unexplored;
  for (const auto item : statistics.newest()) {
    const auto& entry = statistics.item(item);
    const bool explored =
        entry.impressions >= explored_impressions || entry.interactions >= explored_impressions;
    if (!explored && !excluded(item)) unexplored.push_back(item);
  }
  std::array<std::uint64_t, 2> user{};
  std::memcpy(user.data(), query.request.user.value().data(), sizeof(user));
  Philox draws(mix_key(user[0], user[1], query.request.ordinal), 0x6578706C6F726521);
  RecallResult out;
  const auto size = std::min<std::size_t>(query.setting.quota, unexplored.size());
  for (std::size_t i = 0; i < size; ++i) {
    std::swap(unexplored[i], unexplored[i + draws.below(unexplored.size() - i)]);
    out.items.push_back(unexplored[i]);
    out.scores.push_back(static_cast<float>(1 - to_double(i) / to_double(size)));
  }
  return out;
}

std::span<const RecallSource> recall_sources() {
  static constexpr std::array sources{
      RecallSource{"popularity", recall_popularity, 14 * 86400.0, true},
      RecallSource{"collaborative", recall_collaborative, 0, true},
      RecallSource{"content", recall_content, freshness_half_life_s, true},
      RecallSource{"trending", recall_trending, trending_half_life_s, false},
      RecallSource{"exploration", recall_exploration, 0, false},
      RecallSource{"sequence", recall_sequence, 0, false},
  };
  return sources;
}

Result<RecallResult> recall(const RecallQuery& query) {
  for (const auto& source : recall_sources()) {
    if (source.name == query.setting.source) return source.recall(query);
  }
  return fail(Errc::not_found, fmt::format("no recall source is named '{}'", query.setting.source));
}

std::vector<ItemIndex> popularity_baseline(const ViewSet& views, std::span<const ItemIndex> seen,
                                           std::size_t n) {
  const auto& catalogue = *views.catalogue;
  const auto& top = views.statistics->top(0).items;
  ItemSet excluded(catalogue.size(), seen);
  std::vector<ItemIndex> out;
  const auto add = [&](ItemIndex item) {
    if (out.size() == n || excluded.contains(item) || catalogue.item(item).item_id.empty()) return;
    out.push_back(item);
    excluded.insert(item);
  };
  for (const auto item : top)
    add(item);
  if (out.size() == n) return out;
  std::vector<ItemIndex> rest;
  for (std::uint32_t i = 0; i < catalogue.size(); ++i) {
    if (!excluded.contains(ItemIndex(i))) rest.emplace_back(i);
  }
  std::sort(rest.begin(), rest.end(), [&](ItemIndex a, ItemIndex b) {
    const auto count_a = views.statistics->count(a);
    const auto count_b = views.statistics->count(b);
    if (count_a != count_b) return count_a > count_b;
    return ties_before(catalogue.item(a).item_id, catalogue.item(b).item_id);
  });
  for (const auto item : rest)
    add(item);
  return out;
}

}  // namespace ars::model
