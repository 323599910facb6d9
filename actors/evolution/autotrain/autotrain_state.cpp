#include "actors/evolution/autotrain/autotrain_state.hpp"

#include "actors/evolution/autotrain/ranker_space.hpp"
#include "actors/limits.hpp"
#include "events/base/narrow.hpp"
#include "model/evolution/operators/catalog.hpp"
#include "model/evolution/proposal.hpp"
#include "model/evolution/suggesters/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::actors {
namespace {

constexpr std::uint64_t study_id = 1;
constexpr std::string_view method = "tpe";

model::StudyState study_of(const std::vector<TrialRow>& rows) {
  model::StudyState study;
  study.id = study_id;
  study.space = ranker_space();
  for (const auto& row : rows) {
    model::Trial trial;
    trial.number = row.trial;
    trial.point = row.point;
    trial.status = static_cast<model::TrialStatus>(row.status);
    trial.value = row.value;
    study.trials.push_back(std::move(trial));
  }
  return study;
}

// Seeds of paired arms: the same for base and variant, other ones for the extra runs of the base
// that measure the noise floor.
std::uint64_t arm_seed(std::uint64_t run_seed, std::uint64_t index) {
  return run_seed * 1000 + index;
}

}  // namespace

events::TrainingRequested AutoTrainState::request() const {
  events::TrainingRequested out;
  out.job = jobs + 1;
  out.variant = active.variant;
  out.rows_max = config.rows_max;
  out.until_example = interactions;
  out.test_share = 0.25;
  out.interactions = interactions;
  return out;
}

runtime::Decision AutoTrainState::first_training(const Deployment& deployment) const {
  const auto* champion = deployment.plan(deployment.champion);
  ARS_CHECK(champion != nullptr, "the first training needs a champion");
  auto out = request();
  out.variant = 0;
  out.arms.push_back({"first", champion->version, arm_seed(config.seed, 0), champion->ranker});
  runtime::Decision decision;
  decision.facts.emplace_back(std::move(out));
  return decision;
}

// Which of the three ways is next: the same ranker on newer rows, which a stale one always gets, a
// point of the study, one small change by an operator.
runtime::Decision AutoTrainState::propose(const events::StepChosen& step,
                                          const runtime::StepContext& context) const {
  const auto& deployment = *views_of(context).deployment;
  const auto* champion = deployment.plan(deployment.champion);
  ARS_CHECK(champion != nullptr, "a proposal needs a champion");
  runtime::Decision out;
  const bool stale = is_stale(champion->ranker, interactions, config.checkpoint_every);
  if (!stale && turns % 3 == 1) return searched(step, *champion);
  if (!stale && turns % 3 == 2) {
    if (auto variant = mutated(step, *champion, context)) {
      out.facts.emplace_back(std::move(*variant));
      return out;
    }
  }
  out.facts.emplace_back(refreshed(step, *champion));
  return out;
}

events::VariantProposed AutoTrainState::variant_of(const events::StepChosen& step,
                                                   const events::ServingPlan& champion) const {
  events::VariantProposed variant;
  variant.variant = step.variant;
  variant.proposer = "autotrain";
  variant.base_plan = champion.version;
  variant.plan = champion;
  variant.plan.version = plan_version_of(step.variant);
  variant.plan.parent = champion.version;
  variant.trained_model = true;
  variant.interactions = interactions;
  variant.prediction = {config.metric, 0.01, 0.03, 0.5,
                        "the sequential test or a guardrail says no"};
  return variant;
}

runtime::Decision AutoTrainState::searched(const events::StepChosen& step,
                                           const events::ServingPlan& champion) const {
  runtime::Decision out;
  const auto study = study_of(trials);
  const std::uint64_t number = trials.size();
  auto random = model::suggestion_stream(study_id, number);
  const auto proposal = model::find_suggester(method)->suggest(study, random);
  if (number == 0) {
    out.facts.emplace_back(
        events::StudyStarted{study_id, model::describe(study.space), std::string(method)});
  }
  out.facts.emplace_back(events::TrialSuggested{study_id, number, proposal.point});
  auto variant = variant_of(step, champion);
  variant.kind = events::ChangeKind::architecture;
  variant.summary = "ranker: " + describe_point(proposal.point);
  variant.plan.label = variant.summary;
  variant.plan.ranker = ranker_at(proposal.point, champion.ranker.features);
  variant.study = study_id;
  variant.trial = number;
  out.facts.emplace_back(std::move(variant));
  return out;
}

// The same ranker on newer rows: its pair is what serves now, as it stands.
events::VariantProposed AutoTrainState::refreshed(const events::StepChosen& step,
                                                  const events::ServingPlan& champion) const {
  auto variant = variant_of(step, champion);
  variant.kind = events::ChangeKind::parameters;
  variant.summary = "train the serving ranker on newer rows";
  variant.plan.label = variant.summary;
  variant.plan.ranker.weights = {};
  variant.plan.ranker.trained_until = interactions;
  variant.prediction = {config.metric, 0.02, 0.03, 0.7,
                        "the sequential test or a guardrail says no"};
  return variant;
}

// One operator on the way the ranker is trained; empty when none of them can change anything.
std::optional<events::VariantProposed> AutoTrainState::mutated(
    const events::StepChosen& step, const events::ServingPlan& champion,
    const runtime::StepContext& context) const {
  Philox random(context.random_key, context.next_sequence.value());
  std::vector<const model::Operator*> drawn;
  for (const auto& each : model::operators) {
    if (each.kind == events::ChangeKind::parameters) drawn.push_back(&each);
  }
  random.shuffle(drawn);
  for (const auto* each : drawn) {
    const auto plan = each->mutate(champion, random);
    if (!plan.has_value()) continue;
    auto variant = variant_of(step, champion);
    variant.kind = each->kind;
    variant.summary =
        fmt::format("{}: {}", each->name, fmt::join(model::describe_change(champion, *plan), ", "));
    variant.plan.label = variant.summary;
    variant.plan.ranker = with_point_of_settings(plan->ranker);
    return variant;
  }
  return std::nullopt;
}

runtime::Decision AutoTrainState::request_pairs(const Deployment& deployment) const {
  const auto* base = deployment.plan(active.base_plan);
  ARS_CHECK(base != nullptr, "variant {} has base {}, which is not deployed", active.variant,
            active.base_plan);
  auto out = request();
  const auto seeds = std::max<std::uint32_t>(config.seeds, 3);
  if (model::describe_change(*base, active.plan).empty()) {
    out.arms.push_back({"live", base->version, 0, base->ranker});
    for (std::uint32_t i = 0; i < seeds; ++i) {
      out.arms.push_back({"variant", active.plan.version,
                          arm_seed(config.seed, 100 * active.variant + i), active.plan.ranker});
    }
    // What serves does not change with a seed: the noise is that of the new training.
    for (std::uint32_t i = 0; i < limits::noise_runs; ++i) {
      out.arms.push_back({"noise", active.plan.version,
                          arm_seed(config.seed, 100 * active.variant + seeds + i),
                          active.plan.ranker});
    }
    runtime::Decision decision;
    decision.facts.emplace_back(std::move(out));
    return decision;
  }
  for (std::uint32_t i = 0; i < seeds; ++i) {
    const auto seed = arm_seed(config.seed, 100 * active.variant + i);
    out.arms.push_back({"base", base->version, seed, base->ranker});
    out.arms.push_back({"variant", active.plan.version, seed, active.plan.ranker});
  }
  for (std::uint32_t i = 0; i < limits::noise_runs; ++i) {
    out.arms.push_back({"noise", base->version,
                        arm_seed(config.seed, 100 * active.variant + seeds + i), base->ranker});
  }
  runtime::Decision decision;
  decision.facts.emplace_back(std::move(out));
  return decision;
}

runtime::Decision AutoTrainState::decide(const events::Event& input,
                                         const runtime::StepContext& context) const {
  const auto deployment = [&]() -> const Deployment& { return *views_of(context).deployment; };
  if (const auto* step = input.as<events::StepChosen>()) {
    if (step->arm == "first_training") return first_training(deployment());
    if (step->arm == "autotrain") return propose(*step, context);
  } else if (const auto* checked = input.as<events::VariantChecked>()) {
    if (checked->passed && checked->variant == active.variant && active.trained_model) {
      return request_pairs(deployment());
    }
  } else if (const auto* finished = input.as<events::TrainingFinished>()) {
    runtime::Decision out;
    if (finished->variant != 0 || !finished->ok || finished->arms.empty()) return out;
    const auto* champion = deployment().plan(deployment().champion);
    ARS_CHECK(champion != nullptr, "a first plan needs a champion");
    events::PlanProposed plan{0, *champion};
    plan.plan.version = champion->version + 1;
    plan.plan.parent = champion->version;
    plan.plan.label = "first training";
    plan.plan.ranker.weights = finished->arms.front().weights;
    plan.plan.ranker.trained_until = interactions;
    out.facts.emplace_back(std::move(plan));
    return out;
  } else if (const auto* evidence = input.as<events::EvidenceMeasured>()) {
    for (const auto& row : trials) {
      if (row.variant != evidence->variant || row.status != 0) continue;
      runtime::Decision out;
      out.facts.emplace_back(events::TrialCompleted{study_id, row.trial, row.point, -evidence->mean,
                                                    evidence->passed ? "kept" : evidence->reason});
      return out;
    }
  }
  return {};
}

void AutoTrainState::evolve(const events::Event& event) {
  if (const auto* configured = event.as<events::EvolutionConfigured>()) {
    config = *configured;
  } else if (const auto* formed = event.as<events::BatchFormed>()) {
    interactions = formed->interactions;
  } else if (const auto* requested = event.as<events::TrainingRequested>()) {
    jobs = requested->job;
  } else if (const auto* proposed = event.as<events::VariantProposed>()) {
    active = *proposed;
    if (proposed->proposer != "autotrain") return;
    turns += 1;
    for (auto& row : trials) {
      if (proposed->study == study_id && row.trial == proposed->trial)
        row.variant = proposed->variant;
    }
  } else if (const auto* suggested = event.as<events::TrialSuggested>()) {
    trials.push_back({suggested->trial, 0, suggested->point, 0, 0});
  } else if (const auto* completed = event.as<events::TrialCompleted>()) {
    for (auto& row : trials) {
      if (row.trial != completed->trial) continue;
      row.value = completed->value;
      row.status = narrow<std::uint8_t>(to_underlying(model::TrialStatus::completed));
    }
  } else if (const auto* rejected = event.as<events::VariantRejected>()) {
    for (auto& row : trials) {
      if (row.variant == rejected->variant && row.status == 0) {
        row.status = narrow<std::uint8_t>(to_underlying(model::TrialStatus::failed));
      }
    }
  }
}

}  // namespace ars::actors
