// The feedback join, one per user: keeps what was shown until its outcome comes, and turns outcomes
// into outer rewards and, by difference to the counterfactual slates, inner rewards. A component,
// not an agent. Pure; owned by its shell.
#pragma once

#include "actors/decision_views.hpp"

namespace ars::actors {

// What was shown, as far as an outcome needs it.
struct Join {
  RequestId request;
  UserId user;
  events::Scope scope;
  std::string segment;
  events::Arm arm = events::Arm::champion;
  std::uint64_t plan = 0;
  std::uint64_t experiment = 0;
  std::vector<ItemIndex> items;     // by slot; empty once answered
  events::BaselineScored baseline;  // the same
  bool answered = false;            // feedback came; only delayed rewards may follow
  static constexpr auto fields = std::tuple{events::field(0, "request", &Join::request),
                                            events::field(1, "user", &Join::user),
                                            events::field(2, "scope", &Join::scope),
                                            events::field(3, "segment", &Join::segment),
                                            events::field(4, "arm", &Join::arm),
                                            events::field(5, "plan", &Join::plan),
                                            events::field(6, "experiment", &Join::experiment),
                                            events::field(7, "items", &Join::items),
                                            events::field(8, "baseline", &Join::baseline),
                                            events::field(9, "answered", &Join::answered)};
  friend bool operator==(const Join&, const Join&) = default;
};

// What this user has contributed to the running experiment, by objective.
struct UserTotal {
  std::uint64_t experiment = 0;
  std::string objective;
  events::Arm arm = events::Arm::champion;
  std::uint64_t requests = 0;
  double outer = 0;
  double difference = 0;
  static constexpr auto fields = std::tuple{events::field(0, "experiment", &UserTotal::experiment),
                                            events::field(1, "objective", &UserTotal::objective),
                                            events::field(2, "arm", &UserTotal::arm),
                                            events::field(3, "requests", &UserTotal::requests),
                                            events::field(4, "outer", &UserTotal::outer),
                                            events::field(5, "difference", &UserTotal::difference)};
  friend bool operator==(const UserTotal&, const UserTotal&) = default;
};

// Variant minus control on one request, where both answered it.
double paired_difference(const events::RewardAssigned& reward);

struct FeedbackJoinState {
  std::vector<Join> pending;      // oldest first
  std::uint64_t rows = 0;         // interactions of this user so far
  std::vector<UserTotal> totals;  // of the newest experiment only
  static constexpr std::uint16_t state_version = 2;
  static constexpr auto fields =
      std::tuple{events::personal(0, "pending", &FeedbackJoinState::pending),
                 events::field(1, "rows", &FeedbackJoinState::rows),
                 events::field(2, "totals", &FeedbackJoinState::totals)};
  friend bool operator==(const FeedbackJoinState&, const FeedbackJoinState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);

 private:
  const Join* find(const RequestId& request) const;
  runtime::Decision join_outcome(const events::Event& input) const;
  void count(const events::RewardAssigned& reward);
};

}  // namespace ars::actors
