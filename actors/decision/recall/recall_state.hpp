// One recall agent: answers each routed request with candidates of its source. Which source is its
// entry in the composition; the recall functions stand in sources/. Owned by its shell.
#pragma once

#include "actors/decision_views.hpp"

namespace ars::actors {

struct RecallState {
  std::string source;
  std::uint64_t answered = 0;
  std::uint64_t proposed = 0;
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields = std::tuple{events::field(0, "source", &RecallState::source),
                                            events::field(1, "answered", &RecallState::answered),
                                            events::field(2, "proposed", &RecallState::proposed)};
  friend bool operator==(const RecallState&, const RecallState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);
};

}  // namespace ars::actors
