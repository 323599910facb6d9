// Fusion of recalls by reciprocal rank (Cormack et al., SIGIR 2009): raw scores of different
// sources are never compared (recommender rule D10). Pure; any thread.
#pragma once

#include "events/composition.hpp"
#include "events/serving.hpp"

#include <span>
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

}  // namespace ars::model
