#include "actors/evolution/autoperf/autoperf_state.hpp"

#include "actors/evolution/autoperf/canary_test.hpp"
#include "actors/infrastructure/coordinator/offline_evidence.hpp"
#include "actors/infrastructure/feedback_join/feedback_join_state.hpp"
#include "actors/limits.hpp"

#include <algorithm>
#include <cmath>

namespace ars::actors {

runtime::Decision AutoPerfState::promote_plan(const events::PlanProposed& proposed) const {
  runtime::Decision out;
  // Only the operator's first plan and the first training come without a variant.
  if (proposed.variant != 0) return out;
  out.facts.emplace_back(
      events::PlanPromoted{proposed.plan.version, champion, 0, proposed.plan.label});
  if (frozen == 0 && proposed.plan.ranker.weights != Bytes32{}) {
    out.facts.emplace_back(events::PlanFrozen{proposed.plan.version, interactions});
  }
  return out;
}

events::CanaryStarted AutoPerfState::canary_of(const events::ServingPlan& plan,
                                               double share) const {
  events::CanaryStarted out;
  out.experiment = experiments + 1;
  out.variant = candidate_change.variant;
  out.plan = plan.version;
  out.control_plan = champion;
  out.share = share;
  out.alpha = config.alpha;
  out.tau = tau_from(window_rewards, config);
  for (const double reward : window_rewards) {
    out.centre += reward / to_double(window_rewards.size());
  }
  out.metric = config.metric;
  out.guardrail = config.guardrail;
  out.guardrail_margin = config.guardrail_margin;
  out.shadow_pairs = config.shadow_pairs || share == 0;
  out.clusters_min = config.canary_clusters_min;
  out.requests_max = share == 0 ? limits::shadow_requests : config.canary_requests_max;
  return out;
}

runtime::Decision AutoPerfState::start_shadow() const {
  runtime::Decision out;
  out.facts.emplace_back(events::PlanProposed{candidate_change.variant, candidate_change.plan});
  out.facts.emplace_back(canary_of(candidate_change.plan, 0));
  return out;
}

runtime::Decision AutoPerfState::start_canary(const Deployment& deployment) const {
  runtime::Decision out;
  auto plan = candidate_change.plan;
  if (candidate_change.trained_model) {
    plan.ranker.weights = trained_weights;
    plan.ranker.trained_until = interactions;
  }
  out.facts.emplace_back(events::PlanProposed{candidate_change.variant, plan});
  const auto* serving = deployment.plan(champion);
  ARS_CHECK(serving != nullptr, "a canary needs a champion");
  const auto chosen = share_under({plan_cost(*serving).flops_per_row, plan_cost(plan).flops_per_row,
                                   to_double(deployment.micro_batch_window_us)},
                                  config.latency_budget_ms, config.canary_share);
  if (chosen.share != config.canary_share) {
    out.facts.emplace_back(events::ServingSettingChanged{"canary_share", config.canary_share,
                                                         chosen.share, chosen.reason});
  }
  out.facts.emplace_back(canary_of(plan, chosen.share));
  return out;
}

runtime::Decision AutoPerfState::judge_shadow(const AutoPerfState& now,
                                              const Deployment& deployment) const {
  runtime::Decision out;
  if (now.paired.requests < canary.requests_max) return out;
  const auto measured = shadow_evidence(now);
  out.facts.emplace_back(measured);
  if (measured.passed) {
    auto next = now.start_canary(deployment);
    for (auto& fact : next.facts)
      out.facts.push_back(std::move(fact));
  } else {
    out.facts.emplace_back(events::VariantRejected{canary.variant, "shadow", measured.reason});
  }
  return out;
}

runtime::Decision AutoPerfState::judge(const AutoPerfState& now) const {
  runtime::Decision out;
  const auto looked = canary_look(now);
  out.facts.emplace_back(looked.look);
  const auto& judged = looked.judgement;
  if (judged.verdict == model::CanaryVerdict::keep_going) return out;
  if (judged.guardrail_crossed) {
    out.facts.emplace_back(events::GuardrailCrossed{
        canary.experiment, canary.variant, canary.guardrail, looked.look.guardrail_effect,
        looked.look.guardrail_low, looked.look.guardrail_high});
  }
  if (judged.verdict == model::CanaryVerdict::promote) {
    out.facts.emplace_back(events::VariantPromoted{canary.variant, canary.plan, judged.reason});
    out.facts.emplace_back(
        events::PlanPromoted{canary.plan, champion, canary.variant, judged.reason});
  } else {
    out.facts.emplace_back(events::VariantRolledBack{canary.variant, canary.plan, judged.reason});
  }
  return out;
}

runtime::Decision AutoPerfState::look(const events::RewardAssigned& reward,
                                      const Deployment& deployment) const {
  if (canary.experiment == 0 || reward.experiment != canary.experiment) return {};
  AutoPerfState now = *this;
  now.count(reward);
  if (reward.objective != canary.metric) return {};
  if (in_shadow()) return judge_shadow(now, deployment);
  const auto seen = now.control.requests + now.variant.requests;
  return seen % limits::look_every_rewards == 0 ? judge(now) : runtime::Decision{};
}

runtime::Decision AutoPerfState::set_window(const Deployment& deployment) const {
  runtime::Decision out;
  const auto* plan = deployment.plan(deployment.champion);
  ARS_CHECK(plan != nullptr, "a serving setting needs a champion");
  const auto chosen = window_under(plan_cost(*plan).flops_per_row, config.latency_budget_ms);
  const auto before = to_double(deployment.micro_batch_window_us);
  if (chosen.window_us == before) return out;
  out.facts.emplace_back(events::ServingSettingChanged{"micro_batch_window_us", before,
                                                       chosen.window_us, chosen.reason});
  return out;
}

runtime::Decision AutoPerfState::decide(const events::Event& input,
                                        const runtime::StepContext& context) const {
  if (const auto* proposed = input.as<events::PlanProposed>()) return promote_plan(*proposed);
  if (const auto* checked = input.as<events::VariantChecked>()) {
    const bool mine = checked->passed && checked->variant == candidate_change.variant;
    return mine && !candidate_change.trained_model ? start_shadow() : runtime::Decision{};
  }
  if (const auto* checked = input.as<events::OffPolicyChecked>()) {
    const bool mine = checked->passed && checked->variant == candidate_change.variant;
    return mine ? start_canary(*views_of(context).deployment) : runtime::Decision{};
  }
  if (const auto* reward = input.as<events::RewardAssigned>())
    return look(*reward, *views_of(context).deployment);
  if (const auto* step = input.as<events::StepChosen>()) {
    if (step->arm == "autoperf") return set_window(*views_of(context).deployment);
  }
  return {};
}

void AutoPerfState::count(const events::RewardAssigned& reward) {
  if (canary.experiment == 0 || reward.experiment != canary.experiment) return;
  const bool is_variant = reward.arm == events::Arm::variant;
  if (reward.objective == canary.metric) {
    fold_reward(is_variant ? variant : control, reward, reward.prior_outer, reward.outer);
    if (canary.shadow_pairs) {
      // Both arms answered: one difference a request, whatever the arm that served.
      fold_reward(paired, reward, reward.prior_difference, paired_difference(reward));
    } else {
      fold_crossover(paired, reward, canary.share, canary.centre);
    }
  } else if (reward.objective == canary.guardrail) {
    fold_reward(is_variant ? guard_variant : guard_control, reward, reward.prior_outer,
                reward.outer);
  }
}

void AutoPerfState::end_canary() {
  canary = {};
  control = variant = paired = guard_control = guard_variant = {};
  p_value = 1;
  candidate_change = {};
  trained_weights = {};
}

void AutoPerfState::evolve(const events::Event& event) {
  if (const auto* configured = event.as<events::EvolutionConfigured>()) {
    config = *configured;
  } else if (const auto* formed = event.as<events::BatchFormed>()) {
    interactions = formed->interactions;
  } else if (const auto* promoted = event.as<events::PlanPromoted>()) {
    champion = promoted->plan;
  } else if (const auto* still = event.as<events::PlanFrozen>()) {
    frozen = still->plan;
  } else if (const auto* proposed = event.as<events::VariantProposed>()) {
    candidate_change = *proposed;
  } else if (const auto* finished = event.as<events::TrainingFinished>()) {
    for (const auto& arm : finished->arms) {
      if (arm.label != "variant" || finished->variant != candidate_change.variant) continue;
      trained_weights = arm.weights;
      break;
    }
  } else if (const auto* started = event.as<events::CanaryStarted>()) {
    control = variant = paired = guard_control = guard_variant = {};
    p_value = 1;
    canary = *started;
    experiments = started->experiment;
  } else if (const auto* looked = event.as<events::CanaryLooked>()) {
    p_value = looked->p_value;
  } else if (const auto* reward = event.as<events::RewardAssigned>()) {
    count(*reward);
    if (reward->objective == config.metric && reward->arm == events::Arm::champion) {
      window_rewards.push_back(reward->outer);
      if (window_rewards.size() > limits::reward_window) {
        window_rewards.erase(window_rewards.begin(),
                             window_rewards.begin() + limits::reward_window / 2);
      }
    }
  } else if (event.as<events::VariantPromoted>() != nullptr ||
             event.as<events::VariantRolledBack>() != nullptr ||
             event.as<events::VariantRejected>() != nullptr) {
    end_canary();
  }
}

}  // namespace ars::actors
