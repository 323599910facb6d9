#include "events/base/narrow.hpp"
#include "model/evolution/operators/catalog.hpp"

#include <algorithm>

namespace ars::model {

std::optional<events::ServingPlan> resize_recall(const events::ServingPlan& base, Philox& random) {
  constexpr double factor = 1.5;
  constexpr double lowest = 10, highest = 1'000;
  if (base.recalls.empty()) return std::nullopt;
  const auto which = random.below(base.recalls.size());
  const bool more = random.below(2) == 0;
  auto plan = base;
  auto& quota = plan.recalls[which].quota;
  const double wanted = more ? quota * factor : quota / factor;
  quota = truncate<std::uint32_t>(std::clamp(wanted, lowest, highest));
  if (quota == base.recalls[which].quota) return std::nullopt;
  plan.version = 0;
  plan.parent = base.version;
  return plan;
}

}  // namespace ars::model
