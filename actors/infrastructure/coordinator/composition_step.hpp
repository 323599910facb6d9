// The compositional step: which recall to add to the composition, or to take out of it, judged by
// the credit that the recalls earned. Pure; any thread.
#pragma once

#include "actors/infrastructure/coordinator/coordinator_state.hpp"

#include <optional>

namespace ars::actors {

// A plan with one recall more or one less; empty when there is nothing to add and nothing to spare.
// `step` alternates between the two directions: even ones first look for something to spare.
struct CompositionChange {
  events::ServingPlan plan;
  events::ChangeKind kind = events::ChangeKind::recall_added;
  std::string summary;
};
std::optional<CompositionChange> compositional_change(const events::ServingPlan& champion,
                                                      const std::vector<CreditRow>& credits,
                                                      std::uint64_t step);

}  // namespace ars::actors
