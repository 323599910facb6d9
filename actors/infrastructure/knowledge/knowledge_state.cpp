#include "actors/infrastructure/knowledge/knowledge_state.hpp"

#include "actors/limits.hpp"
#include "model/evolution/proposal.hpp"

#include <algorithm>
#include <cmath>

namespace ars::actors {

runtime::Decision KnowledgeState::credit(const events::RewardAssigned& reward) const {
  runtime::Decision out;
  if (reward.inner.empty()) return out;
  KnowledgeState now = *this;
  now.count(reward);
  if (now.window_requests < limits::credit_window_requests) return out;
  for (const auto& row : now.sums) {
    const auto n = to_double(row.requests);
    const double mean = row.sum / n;
    const double variance = std::max(row.squares / n - mean * mean, 0.0);
    out.facts.emplace_back(events::CreditAssigned{row.agent, "difference reward", row.objective,
                                                  mean, std::sqrt(variance / n), row.requests,
                                                  window + 1});
  }
  return out;
}

runtime::Decision KnowledgeState::remember(std::uint64_t variant, const std::string& reason,
                                           const Deployment& deployment) const {
  runtime::Decision out;
  if (variant != active.variant || variant == 0) return out;
  if (has_observed) {
    const auto score = model::score_prediction(active.prediction, observed);
    out.facts.emplace_back(events::PredictionScored{variant, observed, score.brier, score.crps});
  }
  const auto* parent = deployment.plan(active.base_plan);
  if (parent == nullptr) return out;
  const auto idea = model::idea_hash(active.kind, *parent, active.plan);
  std::uint64_t times = 1;
  for (const auto& row : failures) {
    if (row.idea == idea) times = row.failures + 1;
  }
  out.facts.emplace_back(events::NegativeCaseRecorded{
      variant, idea, reason,
      model::retry_after(
          times, interactions,
          std::max<std::uint64_t>(config.checkpoint_every, 1) * limits::retry_after_checkpoints)});
  return out;
}

runtime::Decision KnowledgeState::decide(const events::Event& input,
                                         const runtime::StepContext& context) const {
  if (const auto* reward = input.as<events::RewardAssigned>()) return credit(*reward);
  if (const auto* rejected = input.as<events::VariantRejected>()) {
    if (rejected->stage == "static checks") return {};
    return remember(rejected->variant, rejected->stage + ": " + rejected->reason,
                    *views_of(context).deployment);
  }
  if (const auto* back = input.as<events::VariantRolledBack>()) {
    return remember(back->variant, back->reason, *views_of(context).deployment);
  }
  if (const auto* promoted = input.as<events::VariantPromoted>()) {
    runtime::Decision out;
    if (promoted->variant == active.variant && has_observed) {
      const auto score = model::score_prediction(active.prediction, observed);
      out.facts.emplace_back(
          events::PredictionScored{promoted->variant, observed, score.brier, score.crps});
    }
    return out;
  }
  return {};
}

void KnowledgeState::count(const events::RewardAssigned& reward) {
  if (reward.inner.empty()) return;
  window_requests += 1;
  for (const auto& inner : reward.inner) {
    auto found = std::find_if(sums.begin(), sums.end(), [&](const CreditSums& row) {
      return row.agent == inner.agent && row.objective == reward.objective;
    });
    if (found == sums.end()) {
      sums.push_back({inner.agent, reward.objective, 0, 0, 0});
      found = sums.end() - 1;
    }
    found->requests += 1;
    found->sum += inner.value;
    found->squares += inner.value * inner.value;
  }
}

void KnowledgeState::evolve(const events::Event& event) {
  if (const auto* configured = event.as<events::EvolutionConfigured>()) {
    config = *configured;
  } else if (const auto* formed = event.as<events::BatchFormed>()) {
    interactions = formed->interactions;
  } else if (const auto* reward = event.as<events::RewardAssigned>()) {
    count(*reward);
  } else if (const auto* credit_fact = event.as<events::CreditAssigned>()) {
    window = credit_fact->window;
    window_requests = 0;
    sums.clear();
  } else if (const auto* proposed = event.as<events::VariantProposed>()) {
    active = *proposed;
    has_observed = false;
  } else if (const auto* evidence = event.as<events::EvidenceMeasured>()) {
    observed = evidence->mean;
    has_observed = true;
  } else if (const auto* looked = event.as<events::CanaryLooked>()) {
    observed = looked->effect;
    has_observed = true;
  } else if (const auto* negative = event.as<events::NegativeCaseRecorded>()) {
    std::uint64_t times = 1;
    for (const auto& row : failures) {
      if (row.idea == negative->idea) times = row.failures + 1;
    }
    std::erase_if(failures, [&](const auto& row) { return row.idea == negative->idea; });
    failures.push_back({negative->idea, times});
    if (failures.size() > limits::negative_cases_max) failures.erase(failures.begin());
  }
}

}  // namespace ars::actors
