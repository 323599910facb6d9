// What a user's frozen features say about items: a profile over categories, and the co-visitation
// of items with the history. Recalls and the encoder read the same numbers. Pure; any thread.
#pragma once

#include "events/serving.hpp"
#include "model/retrieval/score_table.hpp"
#include "model/retrieval/view_set.hpp"

#include <vector>

namespace ars::model {

// Share of each category in the user's positives, by category index; from the history's items when
// there are no counts yet; empty for a user without either.
std::vector<float> category_profile(const events::UserFeatures& user,
                                    const CatalogueView& catalogue);

// Sum over the item's categories of the profile, over the root of their number; in [0, 1].
float profile_match(const std::vector<float>& profile, const CatalogueItem& item);

// For every item that went with one of the history: the sum of similarity * weight, where weight
// halves every 5 items back and is halved for values below the user's mean.
ScoreTable history_scores(const events::UserFeatures& user, const CovisitationView& covisitation);

// For every item that followed one of the latest 20 of the history: the sum of its weight as a
// successor * a weight that halves every 2 items back.
ScoreTable succession_scores(const events::UserFeatures& user,
                             const CovisitationView& covisitation);

// What the user's own values say about an item: the mean of (value - the user's mean) over the
// history's items that it went with, weighted by similarity and shrunk to 0 (item-based nearest
// neighbours, Sarwar et al. 2001). Owner: one stack frame.
class NeighbourValues {
 public:
  NeighbourValues(const events::UserFeatures& user, const CovisitationView& covisitation);
  // 0 for an item that went with nothing of the history.
  double of(ItemIndex item) const;

 private:
  ScoreTable weights_;
  std::vector<float> weighted_;  // beside the entries of weights_
};

}  // namespace ars::model
