#include "actors/decision/fusion/fusion_state.hpp"

#include "actors/limits.hpp"
#include "model/ranking/fusion.hpp"

#include <algorithm>

namespace ars::actors {
namespace {

bool complete(const events::ServingPlan& plan, const FusionPending& pending,
              const std::string& arriving) {
  return std::all_of(plan.recalls.begin(), plan.recalls.end(), [&](const auto& setting) {
    if (setting.source == arriving) return true;
    return std::any_of(pending.recalled.begin(), pending.recalled.end(),
                       [&](const auto& recalled) { return recalled.source == setting.source; });
  });
}

bool asks_for(const events::ServingPlan& plan, const std::string& source) {
  return std::any_of(plan.recalls.begin(), plan.recalls.end(),
                     [&](const auto& setting) { return setting.source == source; });
}

}  // namespace

runtime::Decision FusionState::decide(const events::Event& input,
                                      const runtime::StepContext& context) const {
  runtime::Decision out;
  const auto* recalled = input.as<events::CandidatesRecalled>();
  if (recalled == nullptr) return out;
  for (const auto& each : pending) {
    if (each.request != recalled->request) continue;
    const auto* plan = views_of(context).deployment->plan(each.plan);
    ARS_CHECK(plan != nullptr, "plan {} answers a request and is not deployed", each.plan);
    if (!asks_for(*plan, recalled->source) || !complete(*plan, each, recalled->source)) return out;
    auto lists = each.recalled;
    lists.push_back(*recalled);
    auto joined = model::fuse(*plan, lists, limits::candidates_max);
    if (each.logged) {
      model::complete_scene(joined, *views_of(context).sets.catalogue, each.scene,
                            limits::candidates_max);
    }
    out.facts.emplace_back(events::CandidatesFused{each.request, each.plan, std::move(joined.items),
                                                   std::move(joined.scores),
                                                   std::move(joined.sources)});
    return out;
  }
  return out;
}

void FusionState::evolve(const events::Event& event) {
  if (const auto* routed = event.as<events::RequestRouted>()) {
    pending.push_back({routed->request, routed->plan, {}, routed->logged, routed->scope.scene});
    if (pending.size() > limits::pending_requests_max) pending.erase(pending.begin());
  } else if (const auto* recalled = event.as<events::CandidatesRecalled>()) {
    for (auto& each : pending) {
      if (each.request == recalled->request) each.recalled.push_back(*recalled);
    }
  } else if (const auto* done = event.as<events::CandidatesFused>()) {
    fused += 1;
    std::erase_if(pending, [&](const auto& each) { return each.request == done->request; });
  }
}

}  // namespace ars::actors
