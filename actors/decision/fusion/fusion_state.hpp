// Fusion: waits for the recalls that a request's plan has, and joins their lists by reciprocal
// rank. Pure; owned by its shell.
#pragma once

#include "actors/decision_views.hpp"

namespace ars::actors {

// A request on its way: the plan that answers it, and what the recalls have said so far.
struct FusionPending {
  RequestId request;
  std::uint64_t plan = 0;
  std::vector<events::CandidatesRecalled> recalled;
  bool logged = false;  // everything in the scene may be shown
  std::string scene;
  static constexpr auto fields = std::tuple{events::field(0, "request", &FusionPending::request),
                                            events::field(1, "plan", &FusionPending::plan),
                                            events::field(2, "recalled", &FusionPending::recalled),
                                            events::field(3, "logged", &FusionPending::logged),
                                            events::field(4, "scene", &FusionPending::scene)};
  friend bool operator==(const FusionPending&, const FusionPending&) = default;
};

struct FusionState {
  std::vector<FusionPending> pending;
  std::uint64_t fused = 0;
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields = std::tuple{events::field(0, "pending", &FusionState::pending),
                                            events::field(1, "fused", &FusionState::fused)};
  friend bool operator==(const FusionState&, const FusionState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);
};

}  // namespace ars::actors
