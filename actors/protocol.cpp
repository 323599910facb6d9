#include "actors/protocol.hpp"

#include <fmt/format.h>

namespace ars::actors {

Result<void> check_spec(const AgentSpec& spec) {
  const auto lacks = [&](std::string_view criterion, std::string_view what) {
    return fail(Errc::invalid,
                fmt::format("{} is not an agent: no {} ({})", spec.kind, criterion, what));
  };
  if (spec.reads.empty()) return lacks("closed loop", "it reads no event");
  if (spec.emits.empty()) return lacks("closed loop", "it emits no event");
  if (spec.feedback.empty()) return lacks("closed loop", "no event tells how it went");
  if (spec.inner_reward.empty() || spec.evaluator.empty()) {
    return lacks("independent evaluation", "an inner reward needs a name and an evaluator");
  }
  if (spec.decision_space.empty()) return lacks("evolvable decision space", "no parameter");
  for (const auto& parameter : spec.decision_space) {
    if (!(parameter.low < parameter.high) || parameter.fallback < parameter.low ||
        parameter.fallback > parameter.high) {
      return lacks("evolvable decision space",
                   fmt::format("{} has no range that holds its default", parameter.name));
    }
  }
  return success();
}

}  // namespace ars::actors
