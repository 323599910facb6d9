#include "model/evolution/operators/catalog.hpp"

#include <algorithm>

namespace ars::model {

std::optional<events::ServingPlan> change_learning_rate(const events::ServingPlan& base,
                                                        Philox& random) {
  constexpr std::array factors = {0.5, 0.8, 1.25, 2.0};
  constexpr double lowest = 1e-5, highest = 0.3;
  const double factor = factors[random.below(factors.size())];
  const double before = base.ranker.learning_rate;
  if (base.ranker.architecture.empty() || !(before > 0)) return std::nullopt;
  auto plan = base;
  plan.ranker.learning_rate = std::clamp(before * factor, lowest, highest);
  if (plan.ranker.learning_rate == before) return std::nullopt;
  plan.version = 0;
  plan.parent = base.version;
  plan.ranker.weights = {};
  plan.ranker.trained_until = 0;
  return plan;
}

}  // namespace ars::model
