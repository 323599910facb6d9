#include "model/evolution/operators/catalog.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {

std::optional<events::ServingPlan> change_diversity(const events::ServingPlan& base,
                                                    Philox& random) {
  constexpr double tenths = 10;
  const double step = random.below(2) == 0 ? 1 : -1;
  auto plan = base;
  // In whole tenths, so that steps back and forth meet again.
  const double wanted = std::round(base.rerank.mmr_lambda * tenths) + step;
  plan.rerank.mmr_lambda = std::clamp(wanted, 0.0, tenths) / tenths;
  if (plan.rerank.mmr_lambda == base.rerank.mmr_lambda) return std::nullopt;
  plan.version = 0;
  plan.parent = base.version;
  return plan;
}

}  // namespace ars::model
