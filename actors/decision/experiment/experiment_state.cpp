#include "actors/decision/experiment/experiment_state.hpp"

#include "actors/decision/experiment/exact_popular.hpp"
#include "actors/decision/ranking/order.hpp"
#include "actors/infrastructure/model_host/score_question.hpp"
#include "actors/limits.hpp"
#include "model/features/encoder.hpp"
#include "model/ranking/fusion.hpp"
#include "model/ranking/slate.hpp"

#include <algorithm>
#include <map>

namespace ars::actors {
namespace {

constexpr Bytes32 untrained{};

// Plans that answer this request in shadow, ascending, each once.
std::vector<const events::ServingPlan*> shadows(const events::RequestRouted& routed,
                                                const DecisionViews& views) {
  const auto& deployment = *views.deployment;
  std::vector<const events::ServingPlan*> out;
  const auto add = [&](std::uint64_t version) {
    const auto* plan = version == 0 || version == routed.plan ? nullptr : deployment.plan(version);
    if (plan != nullptr && std::find(out.begin(), out.end(), plan) == out.end())
      out.push_back(plan);
  };
  if (deployment.baselines) add(deployment.frozen);
  add(routed.shadow_plan);
  return out;
}

events::CandidatesFused fuse_for(const events::ServingPlan& plan, const ExperimentPending& each,
                                 const DecisionViews& views) {
  auto fused = model::fuse(plan, each.recalled, limits::candidates_max);
  if (each.routed.logged) {
    model::complete_scene(fused, *views.sets.catalogue, each.routed.scope.scene,
                          limits::candidates_max);
  }
  return {each.routed.request, plan.version, std::move(fused.items), std::move(fused.scores),
          std::move(fused.sources)};
}

std::vector<ItemIndex> items_of(const std::vector<events::SlateItem>& slate) {
  std::vector<ItemIndex> out;
  for (const auto& each : slate)
    out.push_back(each.item);
  return out;
}

std::vector<ItemIndex> slate_of(const events::CandidatesRanked& ranked,
                                const events::ServingPlan& plan,
                                const events::RequestRouted& routed, const DecisionViews& views) {
  return items_of(model::compose_slate({ranked.items, ranked.scores, ranked.sources}, plan.rerank,
                                       views.sets, routed, Seed(views.deployment->seed)));
}

// Clicks expected of items that were not shown: what the ranker says of them where one answered,
// else their click rate; times the share of shown items that are looked at.
class Expectation {
 public:
  Expectation(const events::CandidatesRanked& ranked, const DecisionViews& views) : views_(views) {
    const auto& totals = views.sets.statistics->totals();
    viewed_ = (to_double(totals.views) + 1) / (to_double(totals.impressions) + 1);
    if (!ranked.fallback.empty()) return;
    for (std::size_t i = 0; i < ranked.items.size(); ++i)
      scores_[ranked.items[i]] = to_double(ranked.scores[i]);
  }
  std::vector<float> of(const std::vector<ItemIndex>& items) const {
    std::vector<float> out;
    for (const auto item : items) {
      const auto scored = scores_.find(item);
      const double once_viewed = scored != scores_.end() ? std::clamp(scored->second, 0.0, 1.0)
                                                         : views_.sets.statistics->click_rate(item);
      out.push_back(static_cast<float>(viewed_ * once_viewed));
    }
    return out;
  }

 private:
  const DecisionViews& views_;
  double viewed_ = 1;
  std::map<ItemIndex, double> scores_;
};

// The champion's slate with one agent taken away; what else it would have shown stays
// deterministic.
struct Without {
  const events::ServingPlan& plan;
  const ExperimentPending& each;
  const DecisionViews& views;
  Expectation expectation{each.ranked, views};

  events::Counterfactual make(std::string agent, const model::RankedCandidates& ranked,
                              const events::RerankSetting& setting) const {
    events::Counterfactual out;
    out.agent = std::move(agent);
    const model::SlateDistribution slate(ranked, setting, views.sets, each.routed);
    out.items = slate.deterministic();
    out.expected = expectation.of(out.items);
    return out;
  }

  std::vector<events::Counterfactual> all() const {
    std::vector<events::Counterfactual> out;
    const auto& ranked = each.ranked;
    for (std::size_t k = 0; k < plan.recalls.size(); ++k) {
      model::RankedCandidates left;
      const auto mine = std::uint32_t{1} << k;
      for (std::size_t i = 0; i < ranked.items.size(); ++i) {
        if (ranked.sources[i] == mine) continue;
        left.items.push_back(ranked.items[i]);
        left.scores.push_back(ranked.scores[i]);
        left.sources.push_back(ranked.sources[i]);
      }
      out.push_back(make("recall." + plan.recalls[k].source, left, plan.rerank));
    }
    if (ranked.fallback.empty()) {
      const auto fused = in_fused_order(each.fused, "", ranked_most(each.routed));
      out.push_back(make("ranking", {fused.items, fused.scores, fused.sources}, plan.rerank));
    }
    auto plain = plan.rerank;
    plain.mmr_lambda = 1;
    plain.category_cap = 0;
    plain.freshness_weight = 0;
    plain.explore_share = 0;
    out.push_back(make("rerank", {ranked.items, ranked.scores, ranked.sources}, plain));
    return out;
  }
};

}  // namespace

runtime::Decision ExperimentState::ask(const ExperimentPending& each,
                                       const events::CandidatesFused& fused,
                                       const DecisionViews& views) const {
  runtime::Decision out;
  if (fused.plan != each.routed.plan) return out;
  for (const auto* plan : shadows(each.routed, views)) {
    if (plan->ranker.weights == untrained) continue;
    const auto mine = fuse_for(*plan, each, views);
    if (mine.items.empty()) continue;
    out.questions.push_back({std::make_shared<ScoreQuestion>(
        each.routed.request, *plan, model::encode(each.routed, mine.items, views.sets))});
  }
  return out;
}

runtime::Decision ExperimentState::conclude(const ExperimentPending& each,
                                            const DecisionViews& views) const {
  runtime::Decision out;
  if (each.ranked.request != each.routed.request) return out;
  const auto& deployment = *views.deployment;
  const auto* serving = deployment.plan(each.routed.plan);
  ARS_CHECK(serving != nullptr, "plan {} is not deployed", each.routed.plan);
  events::BaselineScored fact;
  fact.request = each.routed.request;
  fact.user = each.routed.user;
  fact.frozen_plan = deployment.baselines ? deployment.frozen : 0;
  fact.shadow_plan = each.routed.shadow_plan;
  const auto champion = slate_of(each.ranked, *serving, each.routed, views);
  auto shadow_ranked = each.ranked;
  if (fact.frozen_plan == 0 || fact.frozen_plan == each.routed.plan) fact.frozen = champion;
  for (const auto* plan : shadows(each.routed, views)) {
    const auto fused = fuse_for(*plan, each, views);
    auto ranked = in_fused_order(fused, "cold_start", ranked_most(each.routed));
    const bool failed =
        std::find(each.failed.begin(), each.failed.end(), plan->version) != each.failed.end();
    if (plan->ranker.weights != untrained && !fused.items.empty() && !failed) {
      const auto scored =
          std::find_if(each.scored.begin(), each.scored.end(), [&](const events::Scored& answer) {
            return answer.plan == plan->version && answer.scores.size() == fused.items.size();
          });
      if (scored == each.scored.end()) return out;  // still awaited
      ranked = ranked_by(fused, scored->scores, ranked_most(each.routed));
    }
    auto slate = slate_of(ranked, *plan, each.routed, views);
    if (plan->version == fact.frozen_plan) fact.frozen = slate;
    if (plan->version == fact.shadow_plan) {
      fact.shadow = std::move(slate);
      shadow_ranked = std::move(ranked);
    }
  }
  if (fact.shadow_plan != 0 && fact.shadow_plan == each.routed.plan) fact.shadow = champion;
  if (deployment.baselines) {
    fact.popularity = exact_popular(views.sets, interactions, recent,
                                    each.routed.user_features.seen, each.routed.size);
  }
  fact.counterfactuals = Without{*serving, each, views}.all();
  if (!fact.shadow.empty()) {
    const auto expected = Expectation(shadow_ranked, views).of(fact.shadow);
    fact.counterfactuals.push_back({"shadow", fact.shadow, expected});
  }
  out.facts.emplace_back(std::move(fact));
  return out;
}

runtime::Decision ExperimentState::decide(const events::Event& input,
                                          const runtime::StepContext& context) const {
  const auto& views = views_of(context);
  const auto with = [&](const RequestId& request, const auto& change) -> runtime::Decision {
    for (auto each : pending) {
      if (each.routed.request != request) continue;
      change(each);
      return conclude(each, views);
    }
    return {};
  };
  if (const auto* fused = input.as<events::CandidatesFused>()) {
    for (const auto& each : pending) {
      if (each.routed.request == fused->request) return ask(each, *fused, views);
    }
  } else if (const auto* ranked = input.as<events::CandidatesRanked>()) {
    return with(ranked->request, [&](auto& each) { each.ranked = *ranked; });
  } else if (const auto* scored = input.as<events::Scored>()) {
    return with(scored->request, [&](auto& each) { each.scored.push_back(*scored); });
  } else if (const auto* late = input.as<events::StageTimedOut>()) {
    return with(late->request, [&](auto& each) { each.failed.push_back(late->plan); });
  }
  return {};
}

void ExperimentState::evolve(const events::Event& event) {
  const auto with = [&](const RequestId& request, const auto& change) {
    for (auto& each : pending) {
      if (each.routed.request == request) change(each);
    }
  };
  if (const auto* routed = event.as<events::RequestRouted>()) {
    pending.push_back({*routed, {}, {}, {}, {}, {}});
    if (pending.size() > limits::pending_requests_max) pending.erase(pending.begin());
  } else if (const auto* recalled = event.as<events::CandidatesRecalled>()) {
    with(recalled->request, [&](auto& each) { each.recalled.push_back(*recalled); });
  } else if (const auto* fused = event.as<events::CandidatesFused>()) {
    with(fused->request, [&](auto& each) { each.fused = *fused; });
  } else if (const auto* ranked = event.as<events::CandidatesRanked>()) {
    with(ranked->request, [&](auto& each) { each.ranked = *ranked; });
  } else if (const auto* scored = event.as<events::Scored>()) {
    with(scored->request, [&](auto& each) { each.scored.push_back(*scored); });
  } else if (const auto* late = event.as<events::StageTimedOut>()) {
    with(late->request, [&](auto& each) { each.failed.push_back(late->plan); });
  } else if (const auto* done = event.as<events::BaselineScored>()) {
    std::erase_if(pending, [&](const auto& each) { return each.routed.request == done->request; });
  } else if (const auto* recorded = event.as<events::InteractionRecorded>()) {
    interactions += 1;
    recent.push_back(recorded->item);
    if (recent.size() > limits::recent_interactions_max) {
      recent.erase(recent.begin(), recent.begin() + limits::recent_interactions_max / 2);
    }
  }
}

}  // namespace ars::actors
