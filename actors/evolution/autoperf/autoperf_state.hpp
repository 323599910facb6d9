// AutoPerf: the only agent that moves traffic. Promotes the first plan, answers variants in shadow,
// gives them a canary share under an always-valid test with one guardrail, promotes or rolls back;
// and sets the micro-batch window under the latency limit. Pure; owned by its shell.
#pragma once

#include "actors/decision_views.hpp"
#include "model/evaluation/sequential_test.hpp"

namespace ars::actors {

// model::ArmSums as a stored value.
struct SumsRow {
  std::uint64_t clusters = 0;
  std::uint64_t requests = 0;
  double reward = 0;
  double reward_squares = 0;
  double cross = 0;
  double request_squares = 0;
  static constexpr auto fields =
      std::tuple{events::field(0, "clusters", &SumsRow::clusters),
                 events::field(1, "requests", &SumsRow::requests),
                 events::field(2, "reward", &SumsRow::reward),
                 events::field(3, "reward_squares", &SumsRow::reward_squares),
                 events::field(4, "cross", &SumsRow::cross),
                 events::field(5, "request_squares", &SumsRow::request_squares)};
  friend bool operator==(const SumsRow&, const SumsRow&) = default;
};

struct AutoPerfState {
  events::EvolutionConfigured config;
  std::uint64_t interactions = 0;
  std::uint64_t champion = 0;
  std::uint64_t frozen = 0;
  std::uint64_t experiments = 0;             // numbers given out
  events::VariantProposed candidate_change;  // the change on its road; variant 0: none
  Bytes32 trained_weights{};                 // of its first arm
  events::CanaryStarted canary;              // experiment 0: none
  SumsRow control;
  SumsRow variant;
  SumsRow paired;
  SumsRow guard_control;
  SumsRow guard_variant;
  double p_value = 1;
  std::vector<double> window_rewards;  // recent rewards of the champion: what tau is set by
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields =
      std::tuple{events::field(0, "config", &AutoPerfState::config),
                 events::field(1, "interactions", &AutoPerfState::interactions),
                 events::field(2, "champion", &AutoPerfState::champion),
                 events::field(3, "frozen", &AutoPerfState::frozen),
                 events::field(4, "experiments", &AutoPerfState::experiments),
                 events::field(5, "candidate_change", &AutoPerfState::candidate_change),
                 events::field(6, "trained_weights", &AutoPerfState::trained_weights),
                 events::field(7, "canary", &AutoPerfState::canary),
                 events::field(8, "control", &AutoPerfState::control),
                 events::field(9, "variant", &AutoPerfState::variant),
                 events::field(10, "paired", &AutoPerfState::paired),
                 events::field(11, "guard_control", &AutoPerfState::guard_control),
                 events::field(12, "guard_variant", &AutoPerfState::guard_variant),
                 events::field(13, "p_value", &AutoPerfState::p_value),
                 events::field(14, "window_rewards", &AutoPerfState::window_rewards)};
  friend bool operator==(const AutoPerfState&, const AutoPerfState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);

 private:
  runtime::Decision promote_plan(const events::PlanProposed& proposed) const;
  runtime::Decision start_shadow() const;
  runtime::Decision start_canary(const Deployment& deployment) const;
  events::CanaryStarted canary_of(const events::ServingPlan& plan, double share) const;
  runtime::Decision look(const events::RewardAssigned& reward, const Deployment& deployment) const;
  runtime::Decision judge_shadow(const AutoPerfState& now, const Deployment& deployment) const;
  runtime::Decision judge(const AutoPerfState& now) const;
  runtime::Decision set_window(const Deployment& deployment) const;
  void count(const events::RewardAssigned& reward);
  void end_canary();
  bool in_shadow() const { return canary.experiment != 0 && canary.share == 0; }
};

}  // namespace ars::actors
