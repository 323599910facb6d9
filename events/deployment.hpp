// How a change meets traffic: canaries, their looks and guardrails, promotion and rollback.
#pragma once

#include "events/codec/fields.hpp"

#include <cstdint>
#include <string>

namespace ars::events {

// Fact of AutoPerf: the variant takes a share of requests, or answers all of them in shadow.
struct CanaryStarted {
  std::uint64_t experiment = 0;
  std::uint64_t variant = 0;
  std::uint64_t plan = 0;
  std::uint64_t control_plan = 0;
  double share = 0;
  double alpha = 0;
  double tau = 0;  // sd of the mixing prior, frozen here
  std::string metric;
  std::string guardrail;
  double guardrail_margin = 0;
  bool shadow_pairs = false;  // both arms answer every request; the test runs on the difference
  std::uint64_t clusters_min = 0;
  std::uint64_t requests_max = 0;
  double centre = 0;  // of rewards, frozen here: what the crossover difference is centred at
  static constexpr std::uint32_t type_id = 410;
  static constexpr std::string_view name = "ars.canary.started";
  static constexpr auto fields =
      std::tuple{field(0, "experiment", &CanaryStarted::experiment),
                 field(1, "variant", &CanaryStarted::variant),
                 field(2, "plan", &CanaryStarted::plan),
                 field(3, "control_plan", &CanaryStarted::control_plan),
                 field(4, "share", &CanaryStarted::share),
                 field(5, "alpha", &CanaryStarted::alpha),
                 field(6, "tau", &CanaryStarted::tau),
                 field(7, "metric", &CanaryStarted::metric),
                 field(8, "guardrail", &CanaryStarted::guardrail),
                 field(9, "guardrail_margin", &CanaryStarted::guardrail_margin),
                 field(10, "shadow_pairs", &CanaryStarted::shadow_pairs),
                 field(11, "clusters_min", &CanaryStarted::clusters_min),
                 field(12, "requests_max", &CanaryStarted::requests_max),
                 field(13, "centre", &CanaryStarted::centre)};
  friend bool operator==(const CanaryStarted&, const CanaryStarted&) = default;
};

// Fact of AutoPerf: one look of the sequential test.
struct CanaryLooked {
  std::uint64_t experiment = 0;
  std::uint64_t requests = 0;
  std::uint64_t clusters_control = 0;
  std::uint64_t clusters_variant = 0;
  double effect = 0;
  double low = 0;
  double high = 0;
  double p_value = 0;
  double guardrail_effect = 0;
  double guardrail_low = 0;
  double guardrail_high = 0;
  static constexpr std::uint32_t type_id = 411;
  static constexpr std::string_view name = "ars.canary.looked";
  static constexpr auto fields =
      std::tuple{field(0, "experiment", &CanaryLooked::experiment),
                 field(1, "requests", &CanaryLooked::requests),
                 field(2, "clusters_control", &CanaryLooked::clusters_control),
                 field(3, "clusters_variant", &CanaryLooked::clusters_variant),
                 field(4, "effect", &CanaryLooked::effect),
                 field(5, "low", &CanaryLooked::low),
                 field(6, "high", &CanaryLooked::high),
                 field(7, "p_value", &CanaryLooked::p_value),
                 field(8, "guardrail_effect", &CanaryLooked::guardrail_effect),
                 field(9, "guardrail_low", &CanaryLooked::guardrail_low),
                 field(10, "guardrail_high", &CanaryLooked::guardrail_high)};
  friend bool operator==(const CanaryLooked&, const CanaryLooked&) = default;
};

// Fact of AutoPerf.
struct GuardrailCrossed {
  std::uint64_t experiment = 0;
  std::uint64_t variant = 0;
  std::string guardrail;
  double effect = 0;
  double low = 0;
  double high = 0;
  static constexpr std::uint32_t type_id = 412;
  static constexpr std::string_view name = "ars.guardrail.crossed";
  static constexpr auto fields = std::tuple{field(0, "experiment", &GuardrailCrossed::experiment),
                                            field(1, "variant", &GuardrailCrossed::variant),
                                            field(2, "guardrail", &GuardrailCrossed::guardrail),
                                            field(3, "effect", &GuardrailCrossed::effect),
                                            field(4, "low", &GuardrailCrossed::low),
                                            field(5, "high", &GuardrailCrossed::high)};
  friend bool operator==(const GuardrailCrossed&, const GuardrailCrossed&) = default;
};

struct VariantPromoted {
  std::uint64_t variant = 0;
  std::uint64_t plan = 0;
  std::string reason;
  static constexpr std::uint32_t type_id = 414;
  static constexpr std::string_view name = "ars.variant.promoted";
  static constexpr auto fields = std::tuple{field(0, "variant", &VariantPromoted::variant),
                                            field(1, "plan", &VariantPromoted::plan),
                                            field(2, "reason", &VariantPromoted::reason)};
  friend bool operator==(const VariantPromoted&, const VariantPromoted&) = default;
};

struct VariantRolledBack {
  std::uint64_t variant = 0;
  std::uint64_t plan = 0;
  std::string reason;
  static constexpr std::uint32_t type_id = 415;
  static constexpr std::string_view name = "ars.variant.rolled_back";
  static constexpr auto fields = std::tuple{field(0, "variant", &VariantRolledBack::variant),
                                            field(1, "plan", &VariantRolledBack::plan),
                                            field(2, "reason", &VariantRolledBack::reason)};
  friend bool operator==(const VariantRolledBack&, const VariantRolledBack&) = default;
};

// Fact of AutoPerf: a serving setting changes from the next batch on.
struct ServingSettingChanged {
  std::string setting;
  double before = 0;
  double after = 0;
  std::string reason;
  static constexpr std::uint32_t type_id = 421;
  static constexpr std::string_view name = "ars.serving_setting.changed";
  static constexpr auto fields = std::tuple{field(0, "setting", &ServingSettingChanged::setting),
                                            field(1, "before", &ServingSettingChanged::before),
                                            field(2, "after", &ServingSettingChanged::after),
                                            field(3, "reason", &ServingSettingChanged::reason)};
  friend bool operator==(const ServingSettingChanged&, const ServingSettingChanged&) = default;
};

}  // namespace ars::events
