// The compositional step: which recall to add to the composition or to take out of it, judged by
// the credit that the recalls earned, or one small change of how the agents work together. Pure;
// any thread.
#pragma once

#include "actors/infrastructure/coordinator/coordinator_state.hpp"

#include <optional>
#include <string_view>

namespace ars::actors {

struct CompositionChange {
  events::ServingPlan plan;
  events::ChangeKind kind = events::ChangeKind::recall_added;
  std::string summary;
};

// The ways there are: "recall", and each operator on the policy (model/evolution/operators).
const std::vector<std::string>& composition_moves();

// What `move` makes of the champion; empty when it finds nothing to change. "recall" takes out the
// recall that earned least where its credit is not surely above 0, else adds one that is absent.
std::optional<CompositionChange> compositional_change(std::string_view move,
                                                      const events::ServingPlan& champion,
                                                      const std::vector<CreditRow>& credits,
                                                      Philox& random);

}  // namespace ars::actors
