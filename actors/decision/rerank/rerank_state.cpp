#include "actors/decision/rerank/rerank_state.hpp"

#include "actors/decision/slate_record.hpp"
#include "actors/limits.hpp"
#include "model/ranking/slate.hpp"

#include <algorithm>

namespace ars::actors {
namespace {

const events::ServingPlan& plan_of(const DecisionViews& views, std::uint64_t version) {
  const auto* plan = views.deployment->plan(version);
  ARS_CHECK(plan != nullptr, "plan {} is not deployed", version);
  return *plan;
}

events::SlateServed serve(const events::RequestRouted& routed,
                          const events::CandidatesRanked& ranked, const DecisionViews& views) {
  auto items = model::compose_slate({ranked.items, ranked.scores, ranked.sources},
                                    plan_of(views, ranked.plan).rerank, views.sets, routed,
                                    Seed(views.deployment->seed));
  return slate_record(routed, std::move(items), ranked.fallback, views);
}

}  // namespace

runtime::Decision RerankState::decide(const events::Event& input,
                                      const runtime::StepContext& context) const {
  runtime::Decision out;
  const auto& views = views_of(context);
  if (const auto* ranked = input.as<events::CandidatesRanked>()) {
    for (const auto& routed : pending) {
      if (routed.request == ranked->request) out.facts.emplace_back(serve(routed, *ranked, views));
    }
  } else if (const auto* action = input.as<events::LoggedActionReceived>()) {
    if (logged.routed.request != action->request) return out;
    const auto& ranked_list = logged.ranked;
    const model::SlateDistribution policy(
        {ranked_list.items, ranked_list.scores, ranked_list.sources},
        plan_of(views, ranked_list.plan).rerank, views.sets, logged.routed);
    out.facts.emplace_back(events::LoggedActionWeighed{
        action->request, action->user, action->campaign, action->policy,
        policy.probability(action->item, action->slot), action->propensity, action->reward});
  }
  return out;
}

void RerankState::evolve(const events::Event& event) {
  if (const auto* routed = event.as<events::RequestRouted>()) {
    pending.push_back(*routed);
    if (pending.size() > limits::pending_requests_max) pending.erase(pending.begin());
  } else if (const auto* ranked = event.as<events::CandidatesRanked>()) {
    for (const auto& each : pending) {
      if (each.request == ranked->request && each.logged) logged = {each, *ranked};
    }
  } else if (const auto* slate = event.as<events::SlateServed>()) {
    served += 1;
    std::erase_if(pending, [&](const auto& each) { return each.request == slate->request; });
  }
}

}  // namespace ars::actors
