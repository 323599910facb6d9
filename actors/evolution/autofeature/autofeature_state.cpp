#include "actors/evolution/autofeature/autofeature_state.hpp"

#include "actors/evolution/autotrain/ranker_space.hpp"
#include "actors/limits.hpp"
#include "model/features/feature_plan.hpp"
#include "model/features/screening.hpp"

#include <algorithm>

namespace ars::actors {

std::uint64_t AutoFeatureState::tries(const std::string& feature, bool adding) const {
  return static_cast<std::uint64_t>(std::count_if(
      tried.begin(), tried.end(),
      [&](const FeatureRow& row) { return row.feature == feature && row.adding == adding; }));
}

double AutoFeatureState::screened_gain(const std::string& feature) const {
  for (const auto& row : screened) {
    if (row.feature == feature) return row.gain;
  }
  return 0;
}

FeatureRow AutoFeatureState::next(const std::vector<std::string>& plan) const {
  const auto has = [&](const std::string& name) {
    return std::find(plan.begin(), plan.end(), name) != plan.end();
  };
  for (const auto& name : config.planted) {
    if (!tried.empty() && !has(name) && tries(name, true) < limits::planted_tries_max)
      return {name, 0, true, false, 0, interactions};
  }
  // Alternate: what is absent and least tried, then what is present and least tried.
  FeatureRow best;
  std::uint64_t fewest = ~std::uint64_t{0};
  double most = 0;
  const auto offer = [&](const std::string& name, bool adding) {
    const auto count = 2 * tries(name, adding) + (adding ? 0 : 1);
    const double gain = adding ? screened_gain(name) : 0;
    if (count > fewest || (count == fewest && gain <= most)) return;
    fewest = count;
    most = gain;
    best = {name, 0, adding, false, 0, interactions};
  };
  const auto named_in = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const auto withheld = [&](const std::string& name) { return named_in(config.withheld, name); };
  for (const auto& name : model::absent_features(plan)) {
    if (!withheld(name) && !named_in(config.planted, name)) offer(name, true);
  }
  for (const auto& name : plan) {
    if (!withheld(name)) offer(name, false);
  }
  return best;
}

runtime::Decision AutoFeatureState::decide(const events::Event& input,
                                           const runtime::StepContext& context) const {
  runtime::Decision out;
  if (const auto* step = input.as<events::StepChosen>()) {
    if (step->arm != "autofeature") return out;
    const auto& deployment = *views_of(context).deployment;
    const auto* champion = deployment.plan(deployment.champion);
    ARS_CHECK(champion != nullptr, "a proposal needs a champion");
    const auto row = next(champion->ranker.features);
    auto changed = row.adding ? model::with_feature(champion->ranker.features, row.feature)
                              : model::without_feature(champion->ranker.features, row.feature);
    if (!changed.has_value()) return out;
    events::VariantProposed variant;
    variant.variant = step->variant;
    variant.proposer = "autofeature";
    variant.kind =
        row.adding ? events::ChangeKind::feature_added : events::ChangeKind::feature_retired;
    variant.summary = (row.adding ? "add feature " : "retire feature ") + row.feature;
    variant.base_plan = champion->version;
    variant.plan = *champion;
    variant.plan.version = plan_version_of(step->variant);
    variant.plan.parent = champion->version;
    variant.plan.label = variant.summary;
    variant.plan.ranker = with_features(champion->ranker, changed.value());
    variant.prediction = {config.metric, row.adding ? 0.02 : 0.001, 0.03, row.adding ? 0.6 : 0.5,
                          "the sequential test or a guardrail says no"};
    variant.trained_model = true;
    variant.interactions = interactions;
    out.facts.emplace_back(std::move(variant));
  } else if (const auto* evidence = input.as<events::EvidenceMeasured>()) {
    for (const auto& row : tried) {
      if (row.variant != evidence->variant || row.measured) continue;
      out.facts.emplace_back(events::FeatureMeasured{
          row.feature, !row.adding, row.adding ? evidence->mean : -evidence->mean,
          evidence->passed ? "goes on" : "stays as it is"});
    }
  }
  return out;
}

void AutoFeatureState::evolve(const events::Event& event) {
  if (const auto* configured = event.as<events::EvolutionConfigured>()) {
    config = *configured;
  } else if (const auto* formed = event.as<events::BatchFormed>()) {
    interactions = formed->interactions;
  } else if (const auto* finished = event.as<events::TrainingFinished>()) {
    std::vector<ScreenedRow> rows;
    for (const auto& arm : finished->arms) {
      for (const auto& metric : arm.metrics) {
        const auto feature = model::screened_feature(metric.metric);
        if (!feature.empty()) rows.push_back({std::string(feature), metric.value});
      }
    }
    if (!rows.empty()) screened = std::move(rows);
  } else if (const auto* proposed = event.as<events::VariantProposed>()) {
    if (proposed->proposer != "autofeature") return;
    const bool adding = proposed->kind == events::ChangeKind::feature_added;
    const auto name = proposed->summary.substr(proposed->summary.rfind(' ') + 1);
    tried.push_back({name, proposed->variant, adding, false, 0, interactions});
    if (tried.size() > limits::features_tried_max) tried.erase(tried.begin());
  } else if (const auto* measured = event.as<events::FeatureMeasured>()) {
    for (auto& row : tried) {
      if (row.feature == measured->feature && !row.measured) {
        row.measured = true;
        row.gain = measured->gain;
      }
    }
  }
}

}  // namespace ars::actors
