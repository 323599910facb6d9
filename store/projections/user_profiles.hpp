// What is known of each user: how much, when last, and the latest items. Row key: tenant, scene,
// user pseudonym. One owner (the store writer), one thread.
#pragma once

#include "store/projections/table.hpp"

#include <algorithm>

namespace ars::store::projections {

struct UserProfileRow {
  std::uint64_t requests = 0;
  std::uint64_t interactions = 0;
  std::uint64_t positives = 0;
  std::int64_t value_sum_e9 = 0;
  Timestamp last_at;               // what happened last, by the world's time
  std::vector<ItemIndex> history;  // newest last
  static constexpr std::string_view prefix = "";
  static constexpr auto fields =
      std::tuple{events::field(0, "requests", &UserProfileRow::requests),
                 events::field(1, "interactions", &UserProfileRow::interactions),
                 events::field(2, "positives", &UserProfileRow::positives),
                 events::field(3, "value_sum_e9", &UserProfileRow::value_sum_e9),
                 events::field(4, "last_at", &UserProfileRow::last_at),
                 events::field(5, "history", &UserProfileRow::history)};
  friend bool operator==(const UserProfileRow&, const UserProfileRow&) = default;
};

class UserProfiles final : public TableProjection<UserProfiles, UserProfileRow> {
 public:
  static constexpr std::string_view title = "user_profiles";
  static constexpr std::size_t history_max = 50;

  static std::string key(const events::Scope& scope, const UserId& user) {
    return key_of(scope).append(as_text(user.value()));
  }

  void apply(const events::Event& event, const Pointer&) override {
    if (!is_fact(event)) return;
    if (const auto* recorded = event.as<events::InteractionRecorded>()) {
      auto& row = table<UserProfileRow>().touch(key(recorded->scope, recorded->user));
      row.interactions += 1;
      row.positives += recorded->positive ? 1 : 0;
      row.value_sum_e9 += billionths(double{recorded->value});
      row.last_at = std::max(row.last_at, recorded->occurred_at);
      row.history.push_back(recorded->item);
      if (row.history.size() > history_max) row.history.erase(row.history.begin());
    } else if (const auto* served = event.as<events::SlateServed>()) {
      auto& row = table<UserProfileRow>().touch(key(served->scope, served->user));
      row.requests += 1;
      row.last_at = std::max(row.last_at, served->occurred_at);
    }
  }
};

}  // namespace ars::store::projections
