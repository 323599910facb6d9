// The coordinator: chooses which loop to feed next, runs each change through the gate's stages as a
// task graph, and proposes compositional changes itself, for they concern no single agent.
// Pure; owned by its shell.
#pragma once

#include "actors/decision_views.hpp"
#include "model/evolution/allocator.hpp"
#include "model/evolution/gate.hpp"

#include <optional>

namespace ars::actors {

struct ArmRow {
  std::string arm;
  double mean = 0;
  double strength = 0;
  double shape = 0;
  double scale = 0;
  std::uint64_t outcomes = 0;
  double cost = 0;
  static constexpr auto fields = std::tuple{events::field(0, "arm", &ArmRow::arm),
                                            events::field(1, "mean", &ArmRow::mean),
                                            events::field(2, "strength", &ArmRow::strength),
                                            events::field(3, "shape", &ArmRow::shape),
                                            events::field(4, "scale", &ArmRow::scale),
                                            events::field(5, "outcomes", &ArmRow::outcomes),
                                            events::field(6, "cost", &ArmRow::cost)};
  friend bool operator==(const ArmRow&, const ArmRow&) = default;
};

struct NegativeRow {
  Bytes32 idea{};
  std::string reason;
  std::uint64_t failures = 0;
  std::uint64_t retry_after = 0;
  static constexpr auto fields =
      std::tuple{events::field(0, "idea", &NegativeRow::idea),
                 events::field(1, "reason", &NegativeRow::reason),
                 events::field(2, "failures", &NegativeRow::failures),
                 events::field(3, "retry_after", &NegativeRow::retry_after)};
  friend bool operator==(const NegativeRow&, const NegativeRow&) = default;
};

struct CreditRow {
  std::string agent;
  double estimate = 0;
  double standard_error = 0;
  static constexpr auto fields =
      std::tuple{events::field(0, "agent", &CreditRow::agent),
                 events::field(1, "estimate", &CreditRow::estimate),
                 events::field(2, "standard_error", &CreditRow::standard_error)};
  friend bool operator==(const CreditRow&, const CreditRow&) = default;
};

struct CoordinatorState {
  events::EvolutionConfigured config;
  std::uint64_t interactions = 0;
  std::uint64_t next_step = 0;  // interactions
  std::uint64_t variants = 0;   // numbers given out
  std::uint64_t steps = 0;
  bool first_requested = false;
  bool first_done = false;
  std::string arm;  // of the step in progress; empty: none
  events::VariantProposed active;
  std::vector<ArmRow> arms;
  std::vector<NegativeRow> negatives;
  std::vector<CreditRow> credits;  // newest of each agent
  double last_gain = 0;
  std::vector<ArmRow> moves;  // of the compositional loop: a sampler of their own
  std::string move;           // of the step in progress
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields =
      std::tuple{events::field(0, "config", &CoordinatorState::config),
                 events::field(1, "interactions", &CoordinatorState::interactions),
                 events::field(2, "next_step", &CoordinatorState::next_step),
                 events::field(3, "variants", &CoordinatorState::variants),
                 events::field(4, "steps", &CoordinatorState::steps),
                 events::field(5, "first_requested", &CoordinatorState::first_requested),
                 events::field(6, "first_done", &CoordinatorState::first_done),
                 events::field(7, "arm", &CoordinatorState::arm),
                 events::field(8, "active", &CoordinatorState::active),
                 events::field(9, "arms", &CoordinatorState::arms),
                 events::field(10, "negatives", &CoordinatorState::negatives),
                 events::field(11, "credits", &CoordinatorState::credits),
                 events::field(12, "last_gain", &CoordinatorState::last_gain),
                 events::field(13, "moves", &CoordinatorState::moves),
                 events::field(14, "move", &CoordinatorState::move)};
  friend bool operator==(const CoordinatorState&, const CoordinatorState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);

 private:
  runtime::Decision on_batch(const events::BatchFormed& formed,
                             const runtime::StepContext& context) const;
  runtime::Decision choose(const runtime::StepContext& context) const;
  std::optional<events::VariantProposed> compose(const events::StepChosen& step,
                                                 const events::ServingPlan& champion,
                                                 Philox& random) const;
  runtime::Decision check(const events::VariantProposed& proposed,
                          const Deployment& deployment) const;
  runtime::Decision judge(const events::TrainingFinished& finished) const;
  void learn_outcome(double gain);
  void close();
};

}  // namespace ars::actors
