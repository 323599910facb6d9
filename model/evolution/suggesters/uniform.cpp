#include "model/evolution/suggesters/catalog.hpp"

#include <cmath>

namespace ars::model {
namespace {

double draw(const Parameter& p, Philox& random) {
  if (p.kind == ParameterKind::categorical) {
    return static_cast<double>(random.below(p.choices.size()));
  }
  // Widened by half a step on both sides, every allowed value is equally likely.
  const double half = 0.5 * step_of(p);
  const double low = p.low - half, high = p.high + half;
  const double u = random.uniform();
  const double value = p.scale == Scale::log
                           ? std::exp(std::log(low) + u * (std::log(high) - std::log(low)))
                           : low + u * (high - low);
  return snap(p, value);
}

}  // namespace

Proposal suggest_uniform(const StudyState& study, Philox& random) {
  Proposal out;
  for (const auto& parameter : study.space.parameters) {
    out.point.push_back(draw(parameter, random));
  }
  out.reason = "uniform over the space";
  return out;
}

}  // namespace ars::model
