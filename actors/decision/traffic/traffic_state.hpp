// Traffic orchestration, one agent per user: knows the user's history, freezes the user's features
// when a request comes, chooses segment, arm and plan, and takes outcomes into the history.
// Pure; owned by its shell.
#pragma once

#include "actors/decision_views.hpp"

namespace ars::actors {

struct TrafficState {
  UserId user;
  std::uint64_t requests = 0;
  std::uint32_t interactions = 0;
  std::uint32_t positives = 0;
  double value_sum = 0;
  std::vector<ItemIndex> history;  // newest last
  std::vector<float> history_values;
  std::vector<ItemIndex> companions;  // recent positives, newest last
  std::vector<ItemIndex> seen;        // ascending
  std::vector<ItemIndex> passed;      // looked at and not taken, newest last
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields =
      std::tuple{events::field(0, "user", &TrafficState::user),
                 events::field(1, "requests", &TrafficState::requests),
                 events::field(2, "interactions", &TrafficState::interactions),
                 events::field(3, "positives", &TrafficState::positives),
                 events::field(4, "value_sum", &TrafficState::value_sum),
                 events::personal(5, "history", &TrafficState::history),
                 events::personal(6, "history_values", &TrafficState::history_values),
                 events::personal(7, "companions", &TrafficState::companions),
                 events::personal(8, "seen", &TrafficState::seen),
                 events::personal(9, "passed", &TrafficState::passed)};
  friend bool operator==(const TrafficState&, const TrafficState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);

 private:
  events::RequestRouted route(const events::RequestReceived& request,
                              const DecisionViews& views) const;
  void take(const events::InteractionRecorded& interaction);
  void pass_over(const events::FeedbackReceived& feedback);
};

// Which side of a canary a request is on: a pure hash of (seed, experiment, user, ordinal). Users
// cross over between the arms, so that what differs between users does not drown what differs
// between plans; the test is clustered by user all the same.
struct CanaryUnit {
  std::uint64_t seed = 0;
  std::uint64_t experiment = 0;
  UserId user;
  std::uint64_t ordinal = 0;
};
events::Arm assign_arm(const CanaryUnit& unit, double share);

// A route with what the request itself says; plan, segment and features are the router's.
events::RequestRouted routed_as_asked(const events::RequestReceived& request);

}  // namespace ars::actors
