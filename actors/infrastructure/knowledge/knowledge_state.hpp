// Knowledge: assigns credit by difference reward over windows of logged requests, scores forecasts,
// and remembers failed ideas with the condition under which they may be tried again.
// Pure; owned by its shell.
#pragma once

#include "actors/evolution/autoperf/autoperf_state.hpp"

namespace ars::actors {

struct CreditSums {
  std::string agent;
  std::string objective;
  std::uint64_t requests = 0;
  double sum = 0;
  double squares = 0;
  static constexpr auto fields = std::tuple{events::field(0, "agent", &CreditSums::agent),
                                            events::field(1, "objective", &CreditSums::objective),
                                            events::field(2, "requests", &CreditSums::requests),
                                            events::field(3, "sum", &CreditSums::sum),
                                            events::field(4, "squares", &CreditSums::squares)};
  friend bool operator==(const CreditSums&, const CreditSums&) = default;
};

struct FailureRow {
  Bytes32 idea{};
  std::uint64_t failures = 0;
  static constexpr auto fields = std::tuple{events::field(0, "idea", &FailureRow::idea),
                                            events::field(1, "failures", &FailureRow::failures)};
  friend bool operator==(const FailureRow&, const FailureRow&) = default;
};

struct KnowledgeState {
  events::EvolutionConfigured config;
  std::uint64_t interactions = 0;
  std::uint64_t window = 0;
  std::uint64_t window_requests = 0;
  std::vector<CreditSums> sums;
  events::VariantProposed active;
  double observed = 0;
  bool has_observed = false;
  std::vector<FailureRow> failures;
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields =
      std::tuple{events::field(0, "config", &KnowledgeState::config),
                 events::field(1, "interactions", &KnowledgeState::interactions),
                 events::field(2, "window", &KnowledgeState::window),
                 events::field(3, "window_requests", &KnowledgeState::window_requests),
                 events::field(4, "sums", &KnowledgeState::sums),
                 events::field(5, "active", &KnowledgeState::active),
                 events::field(6, "observed", &KnowledgeState::observed),
                 events::field(7, "has_observed", &KnowledgeState::has_observed),
                 events::field(8, "failures", &KnowledgeState::failures)};
  friend bool operator==(const KnowledgeState&, const KnowledgeState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);

 private:
  runtime::Decision credit(const events::RewardAssigned& reward) const;
  runtime::Decision remember(std::uint64_t variant, const std::string& reason,
                             const Deployment& deployment) const;
  void count(const events::RewardAssigned& reward);
};

}  // namespace ars::actors
