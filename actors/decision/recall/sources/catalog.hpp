// The recall family, one line a source; RecallSetting::source names one of them. Each is a pure
// function of the request and the views (model/retrieval/recall.hpp); any thread.
#pragma once

#include "model/retrieval/recall.hpp"

#include <array>
#include <string_view>

namespace ars::actors {

using Recall = model::RecallResult (*)(const model::RecallQuery& query);

// Interactions of everybody, decayed by the rung nearest to half_life_s; 0: the plain count.
model::RecallResult recall_popularity(const model::RecallQuery& query);
// Neighbours of the user's history by co-visitation, recent items weighing more.
model::RecallResult recall_collaborative(const model::RecallQuery& query);
// Items of the user's categories, popular ones and new ones; half_life_s is that of freshness.
model::RecallResult recall_content(const model::RecallQuery& query);
// Popularity with a short half-life.
model::RecallResult recall_trending(const model::RecallQuery& query);
// New items with few impressions, in an order drawn per request from (user, ordinal).
model::RecallResult recall_exploration(const model::RecallQuery& query);
// What followed the user's latest items in the histories of others.
model::RecallResult recall_sequence(const model::RecallQuery& query);

inline constexpr double day_s = 86'400;
inline constexpr double trending_half_life_s = 2 * day_s;
inline constexpr double freshness_half_life_s = 7 * day_s;

struct RecallSource {
  std::string_view name;
  Recall recall;
  double default_half_life_s;
  bool in_default_plan;
};

inline constexpr std::array recall_sources = {
    RecallSource{"popularity", recall_popularity, 14 * day_s, true},
    RecallSource{"collaborative", recall_collaborative, 0, true},
    RecallSource{"content", recall_content, freshness_half_life_s, true},
    RecallSource{"trending", recall_trending, trending_half_life_s, false},
    RecallSource{"exploration", recall_exploration, 0, false},
    RecallSource{"sequence", recall_sequence, 0, false},
};

}  // namespace ars::actors
