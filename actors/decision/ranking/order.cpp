#include "actors/decision/ranking/order.hpp"

#include "actors/limits.hpp"
#include "events/base/check.hpp"

#include <algorithm>
#include <numeric>

namespace ars::actors {

std::size_t ranked_most(const events::RequestRouted& routed) {
  return routed.logged ? limits::candidates_max : limits::ranked_max;
}

events::CandidatesRanked ranked_by(const events::CandidatesFused& fused,
                                   const std::vector<float>& scores, std::size_t most) {
  ARS_CHECK(scores.size() == fused.items.size(), "{} scores for {} candidates", scores.size(),
            fused.items.size());
  std::vector<std::size_t> order(fused.items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  if (order.size() > most) order.resize(most);
  events::CandidatesRanked out;
  out.request = fused.request;
  out.plan = fused.plan;
  for (const auto i : order) {
    out.items.push_back(fused.items[i]);
    out.scores.push_back(scores[i]);
    out.sources.push_back(fused.sources[i]);
  }
  return out;
}

events::CandidatesRanked in_fused_order(const events::CandidatesFused& fused, std::string why,
                                        std::size_t most) {
  auto out = ranked_by(fused, fused.scores, most);
  out.fallback = std::move(why);
  return out;
}

}  // namespace ars::actors
