#include "model/evolution/operators/catalog.hpp"

namespace ars::model {

std::optional<events::ServingPlan> change_epochs(const events::ServingPlan& base, Philox& random) {
  constexpr std::uint32_t epochs_max = 20;
  const bool more = random.below(2) == 0;
  const auto before = base.ranker.epochs;
  if (base.ranker.architecture.empty() || before == 0) return std::nullopt;
  if (before >= epochs_max && more) return std::nullopt;
  auto plan = base;
  // At a single epoch the only way is up.
  plan.ranker.epochs = more || before == 1 ? before + 1 : before - 1;
  plan.version = 0;
  plan.parent = base.version;
  plan.ranker.weights = {};
  plan.ranker.trained_until = 0;
  return plan;
}

}  // namespace ars::model
