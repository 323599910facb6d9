// Fusion of recalls by reciprocal rank (Cormack et al., SIGIR 2009): raw scores of different
// sources are never compared (recommender rule D10). Pure; any thread.
#pragma once

#include "events/composition.hpp"
#include "events/serving.hpp"
#include "model/retrieval/catalogue_view.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace ars::model {

struct FusedCandidates {
  std::vector<ItemIndex> items;        // distinct, best first; ties by lower index first
  std::vector<float> scores;           // sum over sources of weight / (k + rank), rank from 1
  std::vector<std::uint32_t> sources;  // bit i: recall i of the plan proposed it
};

// Takes the first `quota` of each recall that the plan has (a quota of 0 takes all); results of
// sources that the plan does not have are ignored. At most candidates_max items come out.
// REQUIRES: at most limits::recalls_max recalls in the plan.
FusedCandidates fuse(const events::ServingPlan& plan,
                     std::span<const events::CandidatesRecalled> recalled,
                     std::size_t candidates_max);

// What a logged request may show is every listed item of its scene and nothing else: only then has
// each logged action the probability that off-policy evaluation asks for. Takes the items of other
// scenes out and appends, by index, those that no recall proposed, with score 0 and no source. An
// item belongs to the scene that its first category names. At most candidates_max come out.
void complete_scene(FusedCandidates& fused, const CatalogueView& catalogue, std::string_view scene,
                    std::size_t candidates_max);

}  // namespace ars::model
