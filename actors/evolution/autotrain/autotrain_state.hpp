// AutoTrain: runs the ranker's hyperparameter study (TPE), asks for paired trainings of base and
// variant, and turns the first training into the first trained plan. It never deploys: that is
// AutoPerf's decision. Pure; owned by its shell.
#pragma once

#include "actors/decision_views.hpp"

#include <optional>

namespace ars::actors {

struct TrialRow {
  std::uint64_t trial = 0;
  std::uint64_t variant = 0;
  std::vector<double> point;
  double value = 0;         // minus the offline gain: minimised
  std::uint8_t status = 0;  // model::TrialStatus
  static constexpr auto fields = std::tuple{
      events::field(0, "trial", &TrialRow::trial), events::field(1, "variant", &TrialRow::variant),
      events::field(2, "point", &TrialRow::point), events::field(3, "value", &TrialRow::value),
      events::field(4, "status", &TrialRow::status)};
  friend bool operator==(const TrialRow&, const TrialRow&) = default;
};

struct AutoTrainState {
  events::EvolutionConfigured config;
  std::uint64_t interactions = 0;
  std::uint64_t jobs = 0;
  std::vector<TrialRow> trials;
  events::VariantProposed active;  // variant 0: none
  std::uint64_t turns = 0;         // refresh, search, mutate, in turn
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields =
      std::tuple{events::field(0, "config", &AutoTrainState::config),
                 events::field(1, "interactions", &AutoTrainState::interactions),
                 events::field(2, "jobs", &AutoTrainState::jobs),
                 events::field(3, "trials", &AutoTrainState::trials),
                 events::field(4, "active", &AutoTrainState::active),
                 events::field(5, "turns", &AutoTrainState::turns)};
  friend bool operator==(const AutoTrainState&, const AutoTrainState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);

 private:
  runtime::Decision propose(const events::StepChosen& step,
                            const runtime::StepContext& context) const;
  events::VariantProposed variant_of(const events::StepChosen& step,
                                     const events::ServingPlan& champion) const;
  events::VariantProposed refreshed(const events::StepChosen& step,
                                    const events::ServingPlan& champion) const;
  runtime::Decision searched(const events::StepChosen& step,
                             const events::ServingPlan& champion) const;
  std::optional<events::VariantProposed> mutated(const events::StepChosen& step,
                                                 const events::ServingPlan& champion,
                                                 const runtime::StepContext& context) const;
  runtime::Decision first_training(const Deployment& deployment) const;
  runtime::Decision request_pairs(const Deployment& deployment) const;
  events::TrainingRequested request() const;
};

}  // namespace ars::actors
