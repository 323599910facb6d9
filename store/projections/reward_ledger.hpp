// What every objective earned, by arm and plan, and who was given credit for it. Row keys: r/
// objective, arm, plan; i/ agent; c/ agent, objective, window. One owner (the store writer), one
// thread.
#pragma once

#include "store/projections/table.hpp"

namespace ars::store::projections {

// Sums are in billionths.
struct RewardRow {
  std::string objective;
  events::Arm arm = events::Arm::champion;
  std::uint64_t plan = 0;
  std::uint64_t requests = 0;
  std::uint64_t new_users = 0;
  std::int64_t outer_e9 = 0;
  std::int64_t outer_squared_e9 = 0;
  std::int64_t frozen_e9 = 0;
  std::int64_t shadow_e9 = 0;
  std::int64_t popularity_e9 = 0;
  static constexpr std::string_view prefix = "r/";
  static constexpr auto fields =
      std::tuple{events::field(0, "objective", &RewardRow::objective),
                 events::field(1, "arm", &RewardRow::arm),
                 events::field(2, "plan", &RewardRow::plan),
                 events::field(3, "requests", &RewardRow::requests),
                 events::field(4, "new_users", &RewardRow::new_users),
                 events::field(5, "outer_e9", &RewardRow::outer_e9),
                 events::field(6, "outer_squared_e9", &RewardRow::outer_squared_e9),
                 events::field(7, "frozen_e9", &RewardRow::frozen_e9),
                 events::field(8, "shadow_e9", &RewardRow::shadow_e9),
                 events::field(9, "popularity_e9", &RewardRow::popularity_e9)};
  friend bool operator==(const RewardRow&, const RewardRow&) = default;
};

struct InnerRewardRow {
  std::string agent;
  std::uint64_t requests = 0;
  std::int64_t inner_e9 = 0;
  static constexpr std::string_view prefix = "i/";
  static constexpr auto fields =
      std::tuple{events::field(0, "agent", &InnerRewardRow::agent),
                 events::field(1, "requests", &InnerRewardRow::requests),
                 events::field(2, "inner_e9", &InnerRewardRow::inner_e9)};
  friend bool operator==(const InnerRewardRow&, const InnerRewardRow&) = default;
};

struct CreditRow {
  std::string agent;
  std::string objective;
  std::string method;
  std::uint64_t window = 0;
  std::uint64_t requests = 0;
  double estimate = 0;
  double standard_error = 0;
  static constexpr std::string_view prefix = "c/";
  static constexpr auto fields =
      std::tuple{events::field(0, "agent", &CreditRow::agent),
                 events::field(1, "objective", &CreditRow::objective),
                 events::field(2, "method", &CreditRow::method),
                 events::field(3, "window", &CreditRow::window),
                 events::field(4, "requests", &CreditRow::requests),
                 events::field(5, "estimate", &CreditRow::estimate),
                 events::field(6, "standard_error", &CreditRow::standard_error)};
  friend bool operator==(const CreditRow&, const CreditRow&) = default;
};

class RewardLedger final
    : public TableProjection<RewardLedger, RewardRow, InnerRewardRow, CreditRow> {
 public:
  static constexpr std::string_view title = "reward_ledger";

  static std::string key(std::string_view objective, events::Arm arm, std::uint64_t plan) {
    std::string out(objective);
    out.push_back('\0');
    out.push_back(static_cast<char>(to_underlying(arm)));
    return out.append(key_of(plan));
  }
  static std::string credit_key(std::string_view agent, std::string_view objective,
                                std::uint64_t window) {
    std::string out(agent);
    out.append(1, '\0').append(objective).append(1, '\0');
    return out.append(key_of(window));
  }

  void apply(const events::Event& event, const Pointer&) override {
    if (!is_fact(event)) return;
    if (const auto* reward = event.as<events::RewardAssigned>()) {
      add(*reward);
    } else if (const auto* credit = event.as<events::CreditAssigned>()) {
      table<CreditRow>().touch(credit_key(credit->agent, credit->objective, credit->window)) = {
          credit->agent,    credit->objective, credit->method,        credit->window,
          credit->requests, credit->estimate,  credit->standard_error};
    }
  }

 private:
  void add(const events::RewardAssigned& reward) {
    auto& row = table<RewardRow>().touch(key(reward.objective, reward.arm, reward.plan));
    if (row.requests == 0) {
      row.objective = reward.objective;
      row.arm = reward.arm;
      row.plan = reward.plan;
    }
    row.requests += 1;
    row.new_users += reward.new_user ? 1 : 0;
    row.outer_e9 += billionths(reward.outer);
    row.outer_squared_e9 += billionths(reward.outer * reward.outer);
    row.frozen_e9 += billionths(reward.frozen_outer);
    row.shadow_e9 += billionths(reward.shadow_outer);
    row.popularity_e9 += billionths(reward.popularity_outer);
    for (const auto& inner : reward.inner) {
      auto& agent = table<InnerRewardRow>().touch(inner.agent);
      if (agent.requests == 0) agent.agent = inner.agent;
      agent.requests += 1;
      agent.inner_e9 += billionths(inner.value);
    }
  }
};

}  // namespace ars::store::projections
