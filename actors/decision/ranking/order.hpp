// The order that scores give to fused candidates. Pure; any thread.
#pragma once

#include "events/serving.hpp"

#include <string>
#include <vector>

namespace ars::actors {

// How many candidates the ranking of a request keeps: of a logged one all, for each of them has a
// probability that somebody may ask for.
std::size_t ranked_most(const events::RequestRouted& routed);

// The best `most` by score descending, ties in fused order. REQUIRES: a score for each.
events::CandidatesRanked ranked_by(const events::CandidatesFused& fused,
                                   const std::vector<float>& scores, std::size_t most);
// By fused score, with the reason why no model ranked.
events::CandidatesRanked in_fused_order(const events::CandidatesFused& fused, std::string why,
                                        std::size_t most);

}  // namespace ars::actors
