#include "model/training/schedule.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"

#include <cmath>
#include <numbers>

namespace ars::model {

double rate_factor(const Schedule& schedule, std::uint64_t step, std::uint64_t total) {
  ARS_CHECK(step < total, "step {} of {}", step, total);
  const double warmup = std::floor(schedule.warmup_share * to_double(total));
  if (to_double(step) < warmup) return (to_double(step) + 1) / (warmup + 1);
  if (schedule.kind == "constant") return 1;
  const double left = to_double(total) - warmup;
  const double done = left <= 1 ? 0 : (to_double(step) - warmup) / (left - 1);
  const double fall =
      schedule.kind == "linear" ? 1 - done : 0.5 * (1 + std::cos(std::numbers::pi * done));
  return schedule.floor + (1 - schedule.floor) * fall;
}

}  // namespace ars::model
