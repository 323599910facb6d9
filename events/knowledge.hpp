// What is learned from what was tried: credit, scored forecasts, failed ideas.
#pragma once

#include "events/codec/fields.hpp"

#include <cstdint>
#include <string>

namespace ars::events {

// Fact of the gate: the proposer's forecast against what came.
struct PredictionScored {
  std::uint64_t variant = 0;
  double observed = 0;
  double brier = 0;
  double crps = 0;
  static constexpr std::uint32_t type_id = 416;
  static constexpr std::string_view name = "ars.prediction.scored";
  static constexpr auto fields = std::tuple{field(0, "variant", &PredictionScored::variant),
                                            field(1, "observed", &PredictionScored::observed),
                                            field(2, "brier", &PredictionScored::brier),
                                            field(3, "crps", &PredictionScored::crps)};
  friend bool operator==(const PredictionScored&, const PredictionScored&) = default;
};

// Fact of knowledge: a failed idea, not tried again until its condition holds.
struct NegativeCaseRecorded {
  std::uint64_t variant = 0;
  Bytes32 idea{};
  std::string reason;
  std::uint64_t retry_after_interactions = 0;
  static constexpr std::uint32_t type_id = 417;
  static constexpr std::string_view name = "ars.negative_case.recorded";
  static constexpr auto fields = std::tuple{
      field(0, "variant", &NegativeCaseRecorded::variant),
      field(1, "idea", &NegativeCaseRecorded::idea),
      field(2, "reason", &NegativeCaseRecorded::reason),
      field(3, "retry_after_interactions", &NegativeCaseRecorded::retry_after_interactions)};
  friend bool operator==(const NegativeCaseRecorded&, const NegativeCaseRecorded&) = default;
};

// Fact of knowledge: difference reward of an agent over a window of logged requests.
struct CreditAssigned {
  std::string agent;
  std::string method;
  std::string objective;
  double estimate = 0;
  double standard_error = 0;
  std::uint64_t requests = 0;
  std::uint64_t window = 0;
  static constexpr std::uint32_t type_id = 422;
  static constexpr std::string_view name = "ars.credit.assigned";
  static constexpr auto fields =
      std::tuple{field(0, "agent", &CreditAssigned::agent),
                 field(1, "method", &CreditAssigned::method),
                 field(2, "objective", &CreditAssigned::objective),
                 field(3, "estimate", &CreditAssigned::estimate),
                 field(4, "standard_error", &CreditAssigned::standard_error),
                 field(5, "requests", &CreditAssigned::requests),
                 field(6, "window", &CreditAssigned::window)};
  friend bool operator==(const CreditAssigned&, const CreditAssigned&) = default;
};

}  // namespace ars::events
