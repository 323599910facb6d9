// Answers for requests that no agent answers, because one on the way was passed over after failing:
// the most popular items that the user has not seen, without a model and without any agent's state.
// Pure; called by the partition worker.
#pragma once

#include "actors/decision_views.hpp"
#include "runtime/event_sourced/partition.hpp"

namespace ars::actors {

// The reason that its slates carry.
inline constexpr std::string_view stand_in_reason = "agent_passed_over";

// Of the records of a batch so far: each request without a slate, with one.
std::vector<runtime::StandIn> stand_in(const std::vector<runtime::EventPtr>& records,
                                       const void* views);

}  // namespace ars::actors
