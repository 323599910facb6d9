// The order that scores give to fused candidates. Pure; any thread.
#pragma once

#include "events/serving.hpp"

#include <string>
#include <vector>

namespace ars::actors {

// By score descending, ties in fused order; at most limits::ranked_max. REQUIRES: a score for each.
events::CandidatesRanked ranked_by(const events::CandidatesFused& fused,
                                   const std::vector<float>& scores);
// By fused score, with the reason why no model ranked.
events::CandidatesRanked in_fused_order(const events::CandidatesFused& fused, std::string why);

}  // namespace ars::actors
