#include "actors/decision/ranking/ranking_state.hpp"

#include "actors/decision/ranking/order.hpp"
#include "actors/infrastructure/model_host/score_question.hpp"
#include "actors/limits.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"
#include "model/features/encoder.hpp"

#include <algorithm>

namespace ars::actors {
namespace {

constexpr Bytes32 untrained{};

bool sampled(const events::RequestRouted& routed) {
  return routed.request.value()[15] % limits::matrix_sample_every == 0;
}

model::CandidateMatrix matrix_of(const events::RequestRouted& routed,
                                 const std::vector<ItemIndex>& items, const DecisionViews& views) {
  return model::encode(routed, items, views.sets);
}

const events::ServingPlan& deployed(const DecisionViews& views, std::uint64_t version) {
  const auto* plan = views.deployment->plan(version);
  ARS_CHECK(plan != nullptr, "plan {} is not deployed", version);
  return *plan;
}

// The evaluated item with its features as they were at the request, beside a few other candidates
// drawn uniformly: what the user chose against what was to choose from.
events::ItemEvaluated features_of(const EvaluationPending& pending, const RankingState& state,
                                  const DecisionViews& views) {
  std::vector<ItemIndex> others;
  events::ItemEvaluated fact;
  for (const auto item : state.last_candidates) {
    if (item == pending.item) {
      fact.candidate = true;
    } else {
      others.push_back(item);
    }
  }
  Philox draw(mix_key(views.deployment->seed, state.last.ordinal, pending.item.value()), 0);
  draw.shuffle(others);
  if (others.size() > limits::negatives_per_rating) others.resize(limits::negatives_per_rating);
  others.insert(others.begin(), pending.item);
  const auto matrix = matrix_of(state.last, others, views);
  const auto ids = narrow<std::ptrdiff_t>(matrix.id_columns);
  const auto dense = narrow<std::ptrdiff_t>(matrix.dense_columns);
  fact.request = pending.request;
  fact.user = pending.user;
  fact.item = pending.item;
  fact.ids.assign(matrix.ids.begin(), matrix.ids.begin() + ids);
  fact.dense.assign(matrix.dense.begin(), matrix.dense.begin() + dense);
  fact.other_ids.assign(matrix.ids.begin() + ids, matrix.ids.end());
  fact.other_dense.assign(matrix.dense.begin() + dense, matrix.dense.end());
  fact.sequence = matrix.sequence;
  return fact;
}

}  // namespace

runtime::Decision RankingState::rank(const events::CandidatesFused& fused,
                                     const DecisionViews& views) const {
  runtime::Decision out;
  const auto& plan = deployed(views, fused.plan);
  for (const auto& each : pending) {
    if (each.routed.request != fused.request) continue;
    if (plan.ranker.weights == untrained || fused.items.empty()) {
      out.facts.emplace_back(in_fused_order(
          fused, fused.items.empty() ? "no_candidates" : "cold_start", ranked_most(each.routed)));
      return out;
    }
    out.questions.push_back({std::make_shared<ScoreQuestion>(
        fused.request, plan, matrix_of(each.routed, fused.items, views))});
  }
  return out;
}

runtime::Decision RankingState::order(const events::Scored& scored) const {
  runtime::Decision out;
  for (const auto& each : pending) {
    if (each.routed.request != scored.request || each.fused.plan != scored.plan) continue;
    if (each.fused.items.empty() || scored.scores.size() != each.fused.items.size()) continue;
    auto fact = ranked_by(each.fused, scored.scores, ranked_most(each.routed));
    fact.weights = scored.weights;
    fact.matrix_hash = scored.matrix_hash;
    out.facts.emplace_back(std::move(fact));
  }
  return out;
}

runtime::Decision RankingState::evaluate(const events::EvaluationRequested& asked,
                                         const DecisionViews& views) const {
  runtime::Decision out;
  if (last.request != asked.request) return out;
  const auto& plan = deployed(views, last.plan);
  if (plan.ranker.weights == untrained) {
    out.facts.emplace_back(
        features_of({asked.request, asked.item, asked.user, {}, {}}, *this, views));
    return out;
  }
  auto matrix = matrix_of(last, {asked.item}, views);
  model::ask(matrix.ids, model::Question::valued);
  out.questions.push_back({std::make_shared<ScoreQuestion>(asked.request, plan, matrix)});
  const auto* frozen = views.deployment->plan(views.deployment->frozen);
  if (frozen != nullptr && frozen->ranker.weights != plan.ranker.weights) {
    out.questions.push_back({std::make_shared<ScoreQuestion>(asked.request, *frozen, matrix)});
  }
  return out;
}

runtime::Decision RankingState::evaluated(const events::Scored& scored,
                                          const DecisionViews& views) const {
  runtime::Decision out;
  if (scored.scores.size() != 1 || last.request != scored.request) return out;
  const auto& plan = deployed(views, last.plan);
  const auto* frozen = views.deployment->plan(views.deployment->frozen);
  const bool two = frozen != nullptr && frozen->ranker.weights != plan.ranker.weights;
  for (auto each : evaluations) {
    if (each.request != scored.request) continue;
    each.plans.push_back(scored.plan);
    each.scores.push_back(scored.scores[0]);
    if (two && each.plans.size() < 2) return out;
    auto fact = features_of(each, *this, views);
    for (std::size_t i = 0; i < each.plans.size(); ++i) {
      if (each.plans[i] == plan.version) fact.score = each.scores[i];
      if (two && each.plans[i] == frozen->version) fact.frozen_score = each.scores[i];
    }
    if (!two) fact.frozen_score = fact.score;
    fact.trained = true;
    out.facts.emplace_back(std::move(fact));
  }
  return out;
}

runtime::Decision RankingState::fall_back(const events::StageTimedOut& late) const {
  runtime::Decision out;
  for (const auto& each : pending) {
    if (each.routed.request == late.request && each.fused.plan == late.plan) {
      out.facts.emplace_back(in_fused_order(each.fused, late.reason, ranked_most(each.routed)));
    }
  }
  return out;
}

runtime::Decision RankingState::decide(const events::Event& input,
                                       const runtime::StepContext& context) const {
  const auto& views = views_of(context);
  if (const auto* fused = input.as<events::CandidatesFused>()) return rank(*fused, views);
  if (const auto* scored = input.as<events::Scored>()) {
    auto out = order(*scored);
    auto evaluation = evaluated(*scored, views);
    for (auto& fact : evaluation.facts)
      out.facts.push_back(std::move(fact));
    for (auto& fact : out.facts) {
      auto* ranking = std::get_if<events::CandidatesRanked>(&fact);
      if (ranking == nullptr) continue;
      for (const auto& each : pending) {
        if (each.routed.request == ranking->request && sampled(each.routed)) {
          ranking->matrix = model::matrix_bytes(matrix_of(each.routed, each.fused.items, views));
        }
      }
    }
    return out;
  }
  if (const auto* asked = input.as<events::EvaluationRequested>()) return evaluate(*asked, views);
  if (const auto* late = input.as<events::StageTimedOut>()) return fall_back(*late);
  return {};
}

void RankingState::evolve(const events::Event& event) {
  if (const auto* routed = event.as<events::RequestRouted>()) {
    pending.push_back({*routed, {}});
    if (pending.size() > limits::pending_requests_max) pending.erase(pending.begin());
    last = *routed;
    last_candidates.clear();
    last.user_features.seen.clear();
  } else if (const auto* fused = event.as<events::CandidatesFused>()) {
    if (last.request == fused->request) last_candidates = fused->items;
    for (auto& each : pending) {
      if (each.routed.request == fused->request) each.fused = *fused;
    }
  } else if (const auto* done = event.as<events::CandidatesRanked>()) {
    ranked += 1;
    std::erase_if(pending, [&](const auto& each) { return each.routed.request == done->request; });
  } else if (const auto* asked = event.as<events::EvaluationRequested>()) {
    evaluations.push_back({asked->request, asked->item, asked->user, {}, {}});
    if (evaluations.size() > limits::pending_requests_max) evaluations.erase(evaluations.begin());
  } else if (const auto* scored = event.as<events::Scored>()) {
    for (auto& each : evaluations) {
      if (each.request != scored->request || scored->scores.size() != 1) continue;
      each.plans.push_back(scored->plan);
      each.scores.push_back(scored->scores[0]);
    }
  } else if (const auto* evaluation = event.as<events::ItemEvaluated>()) {
    std::erase_if(evaluations,
                  [&](const auto& each) { return each.request == evaluation->request; });
  }
}

}  // namespace ars::actors
