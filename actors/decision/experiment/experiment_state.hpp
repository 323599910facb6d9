// The experiment agent: what others would have served for the same request - the frozen plan, a
// variant in shadow, popularity, and the champion with one agent taken away - in one event a
// request. Pure; owned by its shell.
#pragma once

#include "actors/decision_views.hpp"

namespace ars::actors {

// A request whose shadow answers are awaited.
struct ExperimentPending {
  events::RequestRouted routed;
  std::vector<events::CandidatesRecalled> recalled;
  events::CandidatesFused fused;  // of the plan that serves
  events::CandidatesRanked ranked;
  std::vector<events::Scored> scored;  // of plans in shadow
  std::vector<std::uint64_t> failed;   // plans that got no scores in time
  static constexpr auto fields =
      std::tuple{events::field(0, "routed", &ExperimentPending::routed),
                 events::field(1, "recalled", &ExperimentPending::recalled),
                 events::field(2, "fused", &ExperimentPending::fused),
                 events::field(3, "ranked", &ExperimentPending::ranked),
                 events::field(4, "scored", &ExperimentPending::scored),
                 events::field(5, "failed", &ExperimentPending::failed)};
  friend bool operator==(const ExperimentPending&, const ExperimentPending&) = default;
};

struct ExperimentState {
  std::vector<ExperimentPending> pending;
  std::uint64_t interactions = 0;  // InteractionRecorded so far
  std::vector<ItemIndex> recent;   // the newest of them, which the statistics view may lack
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields =
      std::tuple{events::field(0, "pending", &ExperimentState::pending),
                 events::field(1, "interactions", &ExperimentState::interactions),
                 events::field(2, "recent", &ExperimentState::recent)};
  friend bool operator==(const ExperimentState&, const ExperimentState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);

 private:
  runtime::Decision ask(const ExperimentPending& each, const events::CandidatesFused& fused,
                        const DecisionViews& views) const;
  runtime::Decision conclude(const ExperimentPending& each, const DecisionViews& views) const;
};

}  // namespace ars::actors
