// AutoFeature: offers one feature at a time for adoption or retirement, in the order of what the
// newest training left for each to explain, and keeps what each was worth when it was measured in
// paired trainings. Pure; owned by its shell.
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

// What the newest training left for a feature to explain.
struct ScreenedRow {
  std::string feature;
  double gain = 0;
  static constexpr auto fields = std::tuple{events::field(0, "feature", &ScreenedRow::feature),
                                            events::field(1, "gain", &ScreenedRow::gain)};
  friend bool operator==(const ScreenedRow&, const ScreenedRow&) = default;
};

struct AutoFeatureState {
  events::EvolutionConfigured config;
  std::uint64_t interactions = 0;
  std::vector<FeatureRow> tried;  // in order
  std::vector<ScreenedRow> screened;
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields =
      std::tuple{events::field(0, "config", &AutoFeatureState::config),
                 events::field(1, "interactions", &AutoFeatureState::interactions),
                 events::field(2, "tried", &AutoFeatureState::tried),
                 events::field(3, "screened", &AutoFeatureState::screened)};
  friend bool operator==(const AutoFeatureState&, const AutoFeatureState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);

 private:
  // The next feature to try: after a first turn what the operator offers; else, of the least tried,
  // the absent one that could explain most, or one to retire.
  FeatureRow next(const std::vector<std::string>& plan) const;
  double screened_gain(const std::string& feature) const;
  std::uint64_t tries(const std::string& feature, bool adding) const;
};

}  // namespace ars::actors
