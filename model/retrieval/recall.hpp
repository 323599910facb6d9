// Recall: from a request to at most `quota` candidates of one source, best first, never an item the
// user has seen. Pure functions of the request and the views; any thread.
#pragma once

#include "events/base/result.hpp"
#include "events/composition.hpp"
#include "events/serving.hpp"
#include "model/retrieval/view_set.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace ars::model {

struct RecallQuery {
  const events::RequestRouted& request;
  const ViewSet& views;
  events::RecallSetting setting;
};

struct RecallResult {
  std::vector<ItemIndex> items;  // distinct
  std::vector<float> scores;     // not rising; comparable within one result only
};

// Decayed interactions of everybody (the rung nearest to half_life_s; 0 or absent: plain count).
RecallResult recall_popularity(const RecallQuery& query);
// The same with a short half-life: 2 days unless the setting says otherwise.
RecallResult recall_trending(const RecallQuery& query);
// Neighbours of the user's history by co-visitation, recent items weighing more.
RecallResult recall_collaborative(const RecallQuery& query);
// What followed the user's latest items in the histories of others.
RecallResult recall_sequence(const RecallQuery& query);
// Items of the user's categories, popular ones and new ones. half_life_s: of freshness (7 days).
RecallResult recall_content(const RecallQuery& query);
// New items with few impressions, in an order drawn per request from (user, ordinal).
RecallResult recall_exploration(const RecallQuery& query);

// The one list of sources; RecallSetting::source names one of them. Names have static storage.
struct RecallSource {
  std::string_view name;
  RecallResult (*recall)(const RecallQuery&);
  double default_half_life_s;
  bool in_default_plan;
};
std::span<const RecallSource> recall_sources();
// Errc::not_found for a name that the list does not have.
Result<RecallResult> recall(const RecallQuery& query);

// The popularity baseline as of the version of the statistics view: plain counts, ties by item id
// bytewise descending, every listed item, without `seen`. ExactPopularity is exact per request.
std::vector<ItemIndex> popularity_baseline(const ViewSet& views, std::span<const ItemIndex> seen,
                                           std::size_t n);

}  // namespace ars::model
