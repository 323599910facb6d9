#include "actors/decision/rerank/rerank_state.hpp"

#include "actors/limits.hpp"
#include "model/features/encoder.hpp"
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
  const auto& plan = plan_of(views, ranked.plan);
  events::SlateServed out;
  out.request = routed.request;
  out.user = routed.user;
  out.scope = routed.scope;
  out.occurred_at = routed.occurred_at;
  out.segment = routed.segment;
  out.arm = routed.arm;
  out.plan = routed.plan;
  out.experiment = routed.experiment;
  out.fallback = ranked.fallback;
  out.views = views.names;
  out.items = model::compose_slate({ranked.items, ranked.scores, ranked.sources}, plan.rerank,
                                   views.sets, routed, Seed(views.deployment->seed));
  std::vector<ItemIndex> shown;
  for (const auto& item : out.items)
    shown.push_back(item.item);
  const auto matrix = model::encode(routed, shown, views.sets);
  out.sequence = matrix.sequence;
  for (std::size_t i = 0; i < out.items.size(); ++i) {
    const auto ids = model::row_ids(matrix, i);
    const auto dense = model::row_dense(matrix, i);
    out.items[i].ids.assign(ids.begin(), ids.end());
    out.items[i].dense.assign(dense.begin(), dense.end());
  }
  if (out.items.empty()) {
    out.result = events::ResultCode::empty;
  } else if (out.items.size() < routed.size) {
    out.result = events::ResultCode::fewer;
  }
  return out;
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
