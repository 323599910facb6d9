#include "model/evolution/operators/catalog.hpp"

#include <algorithm>

namespace ars::model {

std::optional<events::ServingPlan> reweigh_recall(const events::ServingPlan& base, Philox& random) {
  constexpr double factor = 1.5;
  constexpr double lowest = 0.05, highest = 20;
  // Only relations between weights matter: one recall alone has none.
  if (base.recalls.size() < 2) return std::nullopt;
  const auto which = random.below(base.recalls.size());
  const bool more = random.below(2) == 0;
  auto plan = base;
  auto& weight = plan.recalls[which].weight;
  if (!(weight > 0)) return std::nullopt;
  weight = std::clamp(more ? weight * factor : weight / factor, lowest, highest);
  if (weight == base.recalls[which].weight) return std::nullopt;
  plan.version = 0;
  plan.parent = base.version;
  return plan;
}

}  // namespace ars::model
