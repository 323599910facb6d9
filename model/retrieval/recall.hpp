// What recalls have in common: a request in, at most `quota` candidates out, best first, never an
// item that the user has seen or that is not listed. Pure functions of request and views; any
// thread.
#pragma once

#include "events/composition.hpp"
#include "events/serving.hpp"
#include "model/retrieval/item_set.hpp"
#include "model/retrieval/score_table.hpp"
#include "model/retrieval/view_set.hpp"

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

// What may not be proposed: seen by this user, or not listed. The views outlive it.
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

// The best of scored items, ties by item id bytewise descending.
RecallResult best_scored(const RecallQuery& query, std::vector<ScoreTable::Entry> entries);
// The same of what the user has not seen.
RecallResult best_unseen(const RecallQuery& query, ScoreTable table);
// The most popular at a rung of the statistics' ladder of half-lives; of every item with an
// interaction for who has seen nearly all of its list.
RecallResult hottest(const RecallQuery& query, std::size_t rung);

}  // namespace ars::model
