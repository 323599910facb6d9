// The re-rank policy's deterministic part: maximal marginal relevance over categories (Carbonell
// and Goldstein, SIGIR 1998), caps of first categories, and a boost for new items. Pure; any
// thread.
#pragma once

#include "events/composition.hpp"
#include "events/serving.hpp"
#include "model/retrieval/view_set.hpp"

#include <span>
#include <vector>

namespace ars::model {

// What ranking hands over: best first.
struct RankedCandidates {
  std::vector<ItemIndex> items;  // distinct
  std::vector<float> scores;
  std::vector<std::uint32_t> sources;
};

// One chosen candidate: its row in RankedCandidates, and whether a cap had to be lifted for it.
struct Choice {
  std::uint32_t row = 0;
  bool backfill = false;
};

// Jaccard similarity of the categories of two items; 0 when either has none.
double category_similarity(const CatalogueItem& a, const CatalogueItem& b);

// Chooses `size` rows, or all when there are fewer. Value of a row: lambda * relevance (scores
// scaled to [0, 1] over the list) + freshness_weight * 2^(-age / half-life)
// - (1 - lambda) * largest similarity to a row already chosen; ties by earlier row.
std::vector<Choice> rerank(const RankedCandidates& ranked, const events::RerankSetting& setting,
                           const CatalogueView& catalogue, Timestamp now, std::size_t size);

}  // namespace ars::model
