// The re-rank policy: diversity, caps, freshness, exploration slots with exact propensities;
// answers the request. For a logged action it says how likely this policy was to do the same. Pure;
// owned by its shell.
#pragma once

#include "actors/decision_views.hpp"

namespace ars::actors {

// The newest request that a logged action will follow.
struct LoggedPending {
  events::RequestRouted routed;
  events::CandidatesRanked ranked;
  static constexpr auto fields = std::tuple{events::field(0, "routed", &LoggedPending::routed),
                                            events::field(1, "ranked", &LoggedPending::ranked)};
  friend bool operator==(const LoggedPending&, const LoggedPending&) = default;
};

struct RerankState {
  std::vector<events::RequestRouted> pending;
  LoggedPending logged;
  std::uint64_t served = 0;
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields = std::tuple{events::field(0, "pending", &RerankState::pending),
                                            events::field(1, "logged", &RerankState::logged),
                                            events::field(2, "served", &RerankState::served)};
  friend bool operator==(const RerankState&, const RerankState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);
};

}  // namespace ars::actors
