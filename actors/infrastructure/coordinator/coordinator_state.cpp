#include "actors/infrastructure/coordinator/coordinator_state.hpp"

#include "actors/evolution/autotrain/ranker_space.hpp"
#include "actors/infrastructure/coordinator/composition_step.hpp"
#include "actors/infrastructure/coordinator/offline_evidence.hpp"
#include "actors/infrastructure/coordinator/task_graph.hpp"
#include "actors/limits.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"
#include "model/evolution/proposal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace ars::actors {
namespace {

using events::TaskState;

const std::vector<std::string> arm_names = {"autofeature", "autotrain", "composition", "autoperf"};

model::AllocatorState allocator_of(const std::vector<ArmRow>& rows,
                                   const std::vector<std::string>& names) {
  if (rows.empty()) return model::initial_allocator(names, {});
  model::AllocatorState out;
  for (const auto& row : rows) {
    out.arms.push_back(
        {row.arm, row.mean, row.strength, row.shape, row.scale, row.outcomes, row.cost});
    out.outcomes += row.outcomes;
  }
  return out;
}

std::vector<ArmRow> rows_of(const model::AllocatorState& state) {
  std::vector<ArmRow> out;
  for (const auto& arm : state.arms) {
    out.push_back({arm.arm, arm.mean, arm.strength, arm.shape, arm.scale, arm.outcomes, arm.cost});
  }
  return out;
}

// Which loop has which of the first turns. What an operator offers is tried once AutoFeature has
// had a turn with what it found itself.
constexpr std::size_t offer_turn = 2;
std::vector<std::string> opening_turns(const events::EvolutionConfigured& config) {
  auto out = arm_names;
  if (!config.planted.empty()) out.insert(out.begin() + offer_turn, "autofeature");
  return out;
}

std::vector<model::NegativeCase> cases_of(const std::vector<NegativeRow>& rows) {
  std::vector<model::NegativeCase> out;
  for (const auto& row : rows)
    out.push_back({row.idea, row.reason, row.failures, row.retry_after});
  return out;
}

// An operator's proposal begins with its name; the others are about recalls.
std::string move_of(const events::VariantProposed& proposed) {
  const auto name = proposed.summary.substr(0, proposed.summary.find(':'));
  const auto& moves = composition_moves();
  return std::find(moves.begin(), moves.end(), name) != moves.end() ? name : moves.front();
}

}  // namespace

runtime::Decision CoordinatorState::choose(const runtime::StepContext& context) const {
  runtime::Decision out;
  const auto& deployment = *views_of(context).deployment;
  const auto* champion = deployment.plan(deployment.champion);
  ARS_CHECK(champion != nullptr, "evolution needs a champion");
  const auto state = allocator_of(arms, arm_names);
  Philox random(context.random_key, context.next_sequence.value());
  auto choice = model::choose_arm(state, {}, {}, random);
  auto chosen = state.arms[choice.arm].arm;
  // The first rounds give every loop one turn, in the order of the list: a sampler without a single
  // outcome has nothing to choose by.
  const auto opening = opening_turns(config);
  if (steps < opening.size()) {
    chosen = opening[steps];
    choice.reason = steps == offer_turn && !config.planted.empty()
                        ? "the operator offers a feature"
                        : "every loop has one turn before the sampler chooses";
  } else if (is_stale(champion->ranker, interactions, config.checkpoint_every)) {
    chosen = "autotrain";
    choice.reason = fmt::format("the serving ranker was trained {} interactions ago",
                                interactions - champion->ranker.trained_until);
  }
  events::StepChosen step;
  step.arm = chosen;
  step.variant = variants + 1;
  step.arms = arm_names;
  step.draws = choice.draws;
  step.reason = choice.reason;
  step.interactions = interactions;
  out.facts.emplace_back(step);
  out.facts.emplace_back(events::TaskGraphStarted{steps + 2, "improve through " + chosen,
                                                  variants + 1, road_of(chosen)});
  if (chosen == "composition") {
    if (auto variant = compose(step, *champion, random)) {
      // An agent's own facts do not come back to it, so its proposal is checked in the same step.
      auto checked = check(*variant, deployment);
      out.facts.emplace_back(std::move(*variant));
      for (auto& fact : checked.facts)
        out.facts.push_back(std::move(fact));
    } else {
      out.facts.emplace_back(events::VariantRejected{
          step.variant, "proposal", "no move finds anything to change that did not fail lately"});
    }
  }
  return out;
}

// The move that its sampler draws, each once before any twice; one that finds nothing to change, or
// only what failed lately, gives way to the next.
std::optional<events::VariantProposed> CoordinatorState::compose(
    const events::StepChosen& step, const events::ServingPlan& champion, Philox& random) const {
  const auto state = allocator_of(moves, composition_moves());
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < state.arms.size(); ++i)
    left.push_back(i);
  while (!left.empty()) {
    const auto untried = std::find_if(left.begin(), left.end(),
                                      [&](std::size_t i) { return state.arms[i].outcomes == 0; });
    const auto chosen =
        untried != left.end() ? *untried : model::choose_arm(state, {}, left, random).arm;
    std::erase(left, chosen);
    auto change = compositional_change(state.arms[chosen].arm, champion, credits, random);
    if (!change.has_value()) continue;
    const auto idea = model::idea_hash(change->kind, champion, change->plan);
    if (!model::blocked_by(cases_of(negatives), idea, interactions).empty()) continue;
    events::VariantProposed variant;
    variant.variant = step.variant;
    variant.proposer = "coordinator";
    variant.kind = change->kind;
    variant.summary = change->summary;
    variant.base_plan = champion.version;
    variant.plan = std::move(change->plan);
    variant.plan.version = plan_version_of(step.variant);
    variant.plan.parent = champion.version;
    variant.plan.label = variant.summary;
    variant.prediction = {config.metric, 0.005, 0.02, 0.55, "shadow or canary shows no gain"};
    variant.interactions = interactions;
    return variant;
  }
  return std::nullopt;
}

runtime::Decision CoordinatorState::on_batch(const events::BatchFormed& formed,
                                             const runtime::StepContext& context) const {
  const auto& deployment = *views_of(context).deployment;
  if (!config.enabled || deployment.champion == 0) return {};
  if (!first_requested) {
    runtime::Decision out;
    if (formed.interactions < std::max(config.first_training_after, next_step)) return out;
    out.facts.emplace_back(events::StepChosen{
        "first_training", 0, {}, {}, "enough interactions to learn from", formed.interactions});
    out.facts.emplace_back(
        events::TaskGraphStarted{1, "first training", 0, road_of("first_training")});
    return out;
  }
  if (!first_done || !arm.empty() || formed.interactions < next_step) return {};
  if (deployment.canary.experiment != 0) return {};
  return choose(context);
}

runtime::Decision CoordinatorState::check(const events::VariantProposed& proposed,
                                          const Deployment& deployment) const {
  runtime::Decision out;
  const auto* base = deployment.plan(proposed.base_plan);
  ARS_CHECK(base != nullptr, "variant {} has a base that is not deployed", proposed.variant);
  const auto graph = steps + 1;
  auto judgement = model::check_plan(proposed.plan, *base, plan_cost(proposed.plan), {});
  if (judgement.passed) {
    const auto prediction = model::check_prediction(proposed.prediction);
    if (!prediction.has_value()) judgement = {false, prediction.error().context};
  }
  const auto blocked = model::blocked_by(
      cases_of(negatives), model::idea_hash(proposed.kind, *base, proposed.plan), interactions);
  if (judgement.passed && !blocked.empty()) judgement = {false, blocked};
  out.facts.emplace_back(node_changed(graph, "propose", TaskState::succeeded,
                                      proposed.proposer + " proposes: " + proposed.summary));
  out.facts.emplace_back(
      events::VariantChecked{proposed.variant, judgement.passed, judgement.reason});
  out.facts.emplace_back(node_changed(graph, "check",
                                      judgement.passed ? TaskState::succeeded : TaskState::failed,
                                      judgement.reason));
  if (!judgement.passed) {
    out.facts.emplace_back(
        events::VariantRejected{proposed.variant, "static checks", judgement.reason});
  }
  return out;
}

runtime::Decision CoordinatorState::judge(const events::TrainingFinished& finished) const {
  runtime::Decision out;
  const auto graph = steps + 1;
  if (finished.variant == 0 || finished.variant != active.variant) return out;
  if (!finished.ok) {
    out.facts.emplace_back(node_changed(graph, "train", TaskState::failed, finished.failure));
    out.facts.emplace_back(events::VariantRejected{finished.variant, "training", finished.failure});
    return out;
  }
  out.facts.emplace_back(node_changed(graph, "train", TaskState::succeeded,
                                      "all arms of base and variant are trained"));
  const auto evidence = offline_evidence(finished, config);
  out.facts.emplace_back(evidence.noise);
  out.facts.emplace_back(evidence.measured);
  out.facts.emplace_back(node_changed(
      graph, "evidence", evidence.measured.passed ? TaskState::succeeded : TaskState::failed,
      evidence.measured.reason));
  if (!evidence.measured.passed) {
    out.facts.emplace_back(
        events::VariantRejected{finished.variant, "offline evidence", evidence.measured.reason});
    return out;
  }
  out.facts.emplace_back(evidence.off_policy);
  if (!evidence.off_policy.passed) {
    out.facts.emplace_back(
        events::VariantRejected{finished.variant, "off-policy check", evidence.off_policy.reason});
  }
  return out;
}

runtime::Decision CoordinatorState::decide(const events::Event& input,
                                           const runtime::StepContext& context) const {
  if (const auto* formed = input.as<events::BatchFormed>()) return on_batch(*formed, context);
  if (const auto* proposed = input.as<events::VariantProposed>()) {
    return check(*proposed, *views_of(context).deployment);
  }
  if (const auto* finished = input.as<events::TrainingFinished>()) return judge(*finished);
  runtime::Decision out;
  const auto say = [&](std::uint64_t variant, TaskState state, std::string sentence) {
    if (variant == active.variant && variant != 0) {
      out.facts.emplace_back(node_changed(steps + 1, "verdict", state, std::move(sentence)));
    }
  };
  if (const auto* promoted = input.as<events::VariantPromoted>()) {
    say(promoted->variant, TaskState::succeeded, "promoted: " + promoted->reason);
  } else if (const auto* back = input.as<events::VariantRolledBack>()) {
    say(back->variant, TaskState::failed, "rolled back: " + back->reason);
  } else if (const auto* rejected = input.as<events::VariantRejected>()) {
    say(rejected->variant, TaskState::failed,
        "rejected at " + rejected->stage + ": " + rejected->reason);
  }
  return out;
}

void CoordinatorState::learn_outcome(double gain) {
  const auto learn = [gain](std::vector<ArmRow>& rows, const std::vector<std::string>& names,
                            const std::string& chosen) {
    const auto state = allocator_of(rows, names);
    for (std::size_t i = 0; i < state.arms.size(); ++i) {
      if (state.arms[i].arm == chosen)
        rows = rows_of(model::learn(state, {}, {i, std::max(gain, 0.0), 1.0}));
    }
  };
  learn(arms, arm_names, arm);
  if (!move.empty()) learn(moves, composition_moves(), move);
}

void CoordinatorState::close() {
  arm.clear();
  move.clear();
  active = {};
  last_gain = 0;
  next_step = interactions + config.checkpoint_every;
}

void CoordinatorState::evolve(const events::Event& event) {
  if (const auto* configured = event.as<events::EvolutionConfigured>()) {
    config = *configured;
  } else if (const auto* formed = event.as<events::BatchFormed>()) {
    interactions = formed->interactions;
  } else if (const auto* step = event.as<events::StepChosen>()) {
    if (step->arm == "first_training") {
      first_requested = true;
      return;
    }
    arm = step->arm;
    variants = step->variant;
    steps += 1;
    next_step = interactions + config.checkpoint_every;
    if (arm == "autoperf") close();
  } else if (const auto* proposed = event.as<events::VariantProposed>()) {
    active = *proposed;
    if (proposed->proposer == "coordinator") move = move_of(*proposed);
  } else if (const auto* finished = event.as<events::TrainingFinished>()) {
    if (finished->variant == 0) {
      first_done = finished->ok;
      first_requested = finished->ok;
      next_step = interactions + config.checkpoint_every;
    }
  } else if (const auto* look = event.as<events::CanaryLooked>()) {
    last_gain = look->effect;
  } else if (event.as<events::VariantPromoted>() != nullptr) {
    learn_outcome(last_gain);
    close();
  } else if (event.as<events::VariantRolledBack>() != nullptr ||
             event.as<events::VariantRejected>() != nullptr) {
    learn_outcome(0);
    close();
  } else if (const auto* negative = event.as<events::NegativeCaseRecorded>()) {
    std::uint64_t failures = 1;
    for (const auto& row : negatives) {
      if (row.idea == negative->idea) failures = row.failures + 1;
    }
    std::erase_if(negatives, [&](const auto& row) { return row.idea == negative->idea; });
    negatives.push_back(
        {negative->idea, negative->reason, failures, negative->retry_after_interactions});
    if (negatives.size() > limits::negative_cases_max) negatives.erase(negatives.begin());
  } else if (const auto* credit = event.as<events::CreditAssigned>()) {
    std::erase_if(credits, [&](const auto& row) { return row.agent == credit->agent; });
    credits.push_back({credit->agent, credit->estimate, credit->standard_error});
  }
}

}  // namespace ars::actors
