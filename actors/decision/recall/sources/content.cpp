#include "actors/decision/recall/sources/catalog.hpp"
#include "events/base/narrow.hpp"
#include "model/retrieval/affinity.hpp"

#include <algorithm>
#include <cmath>

namespace ars::actors {
namespace {

constexpr std::size_t content_categories = 5;
constexpr std::size_t content_popular = 100;  // read of each category
constexpr std::size_t content_newest = 30;

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

double age_s(Timestamp now, Timestamp then) { return std::max(0.0, (now - then).seconds()); }

}  // namespace

model::RecallResult recall_content(const model::RecallQuery& query) {
  const auto& catalogue = *query.views.catalogue;
  const auto& statistics = *query.views.statistics;
  const auto profile = model::category_profile(query.request.user_features, catalogue);
  const double given = query.setting.half_life_s;
  const double half_life_s = given > 0 ? given : freshness_half_life_s;
  model::Excluded excluded(query);
  std::vector<model::ScoreTable::Entry> entries;
  const auto consider = [&](ItemIndex item) {
    if (excluded(item)) return;
    excluded.insert(item);
    const auto& listed = catalogue.item(item);
    const double warmth = 1 + std::log1p(to_double(statistics.item(item).interactions));
    const double fresh =
        std::exp2(-age_s(query.request.occurred_at, listed.listed_at) / half_life_s);
    const double score = to_double(model::profile_match(profile, listed)) * warmth * (1 + fresh);
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
  return model::best_scored(query, std::move(entries));
}

}  // namespace ars::actors
