#include "model/evolution/allocator.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ars::model {
namespace {

// Gamma(shape, 1) by Marsaglia and Tsang; a shape below 1 is lifted by one and scaled back.
double draw_gamma(double shape, Philox& random) {
  if (shape < 1) {
    const double lifted = draw_gamma(shape + 1, random);
    return lifted * std::pow(1.0 - random.uniform(), 1.0 / shape);
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = random.normal();
    const double v = std::pow(1.0 + c * x, 3);
    const double u = 1.0 - random.uniform();
    if (v > 0 && std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double draw_mean(const ArmBelief& belief, Philox& random) {
  const double variance = belief.scale / draw_gamma(belief.shape, random);
  return belief.mean + random.normal() * std::sqrt(variance / belief.strength);
}

ArmBelief prior(const AllocatorSpec& spec) {
  return {{}, spec.prior_mean, spec.prior_strength, spec.prior_shape, spec.prior_scale, 0, 0};
}

// Evidence decays towards the prior in the natural parameters (strength, strength·mean, shape,
// 2·scale + strength·mean²), in which an observation is added by + (1, y, 1/2, y²).
void combine(ArmBelief& belief, const ArmBelief& base, double keep, double count, double y) {
  const double strength = keep * belief.strength + (1 - keep) * base.strength + count;
  const double first =
      keep * belief.strength * belief.mean + (1 - keep) * base.strength * base.mean + count * y;
  const auto second = [](const ArmBelief& b) { return 2 * b.scale + b.strength * b.mean * b.mean; };
  const double squares = keep * second(belief) + (1 - keep) * second(base) + count * y * y;
  belief.shape = keep * belief.shape + (1 - keep) * base.shape + 0.5 * count;
  belief.strength = strength;
  belief.mean = first / strength;
  belief.scale = std::max(0.5 * (squares - first * first / strength), 1e-300);
}

}  // namespace

AllocatorState initial_allocator(const std::vector<std::string>& arms, const AllocatorSpec& spec) {
  AllocatorState state;
  for (const auto& arm : arms) {
    state.arms.push_back(prior(spec));
    state.arms.back().arm = arm;
  }
  return state;
}

ArmChoice choose_arm(const AllocatorState& state, const AllocatorSpec& spec,
                     std::span<const std::size_t> available, Philox& random) {
  ARS_CHECK(!state.arms.empty(), "there is no arm to choose");
  std::vector<std::size_t> arms(available.begin(), available.end());
  if (arms.empty()) {
    for (std::size_t i = 0; i < state.arms.size(); ++i)
      arms.push_back(i);
  }
  ArmChoice choice;
  for (const auto& belief : state.arms)
    choice.draws.push_back(draw_mean(belief, random));
  // [0, exploration·K) of the unit interval belongs to the floor, an equal part to each arm.
  const double count = to_double(arms.size());
  const double floor = std::min(spec.exploration, 1.0 / count);
  const double u = random.uniform();
  if (u < floor * count) {
    const auto slot = std::min(truncate<std::size_t>(u / floor), arms.size() - 1);
    choice.arm = arms[slot];
    choice.reason = fmt::format("{}: explored, every arm keeps {:.0f} %",
                                state.arms[choice.arm].arm, 100 * floor);
    return choice;
  }
  choice.arm = *std::max_element(arms.begin(), arms.end(), [&](std::size_t a, std::size_t b) {
    return choice.draws[a] < choice.draws[b];
  });
  const auto& best = state.arms[choice.arm];
  choice.reason = fmt::format(
      "{}: the highest draw, {:.3g} gain per cost (belief {:.3g} after {} "
      "outcomes)",
      best.arm, choice.draws[choice.arm], best.mean, best.outcomes);
  return choice;
}

AllocatorState learn(AllocatorState state, const AllocatorSpec& spec, const StepOutcome& outcome) {
  ARS_CHECK(outcome.arm < state.arms.size() && outcome.cost > 0, "arm {}, cost {}", outcome.arm,
            outcome.cost);
  const auto base = prior(spec);
  for (auto& belief : state.arms)
    combine(belief, base, spec.forgetting, 0, 0);
  auto& belief = state.arms[outcome.arm];
  combine(belief, base, 1, 1, outcome.gain / outcome.cost);
  ++belief.outcomes;
  belief.cost += outcome.cost;
  ++state.outcomes;
  return state;
}

}  // namespace ars::model
