// AutoFeature: offers one feature at a time for adoption or retirement, and keeps what each was
// worth when it was measured in paired trainings. Pure; owned by its shell.
#pragma once

#include "actors/decision_views.hpp"

namespace ars::actors {

struct FeatureRow {
  std::string feature;
  std::uint64_t variant = 0;
  bool adding = false;
  bool measured = false;
  double gain = 0;
  std::uint64_t at = 0;  // interactions when proposed
  static constexpr auto fields = std::tuple{events::field(0, "feature", &FeatureRow::feature),
                                            events::field(1, "variant", &FeatureRow::variant),
                                            events::field(2, "adding", &FeatureRow::adding),
                                            events::field(3, "measured", &FeatureRow::measured),
                                            events::field(4, "gain", &FeatureRow::gain),
                                            events::field(5, "at", &FeatureRow::at)};
  friend bool operator==(const FeatureRow&, const FeatureRow&) = default;
};

struct AutoFeatureState {
  events::EvolutionConfigured config;
  std::uint64_t interactions = 0;
  std::vector<FeatureRow> tried;  // in order
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields =
      std::tuple{events::field(0, "config", &AutoFeatureState::config),
                 events::field(1, "interactions", &AutoFeatureState::interactions),
                 events::field(2, "tried", &AutoFeatureState::tried)};
  friend bool operator==(const AutoFeatureState&, const AutoFeatureState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);

 private:
  // The next feature to try: offered ones first, then absent ones, then those to retire.
  FeatureRow next(const std::vector<std::string>& plan) const;
  std::uint64_t tries(const std::string& feature, bool adding) const;
};

}  // namespace ars::actors
