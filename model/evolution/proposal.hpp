// What a proposal must say before it may be tried, how it is scored when judged, and how a failed
// idea is recognised later. Pure functions, any thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/result.hpp"
#include "events/evolution.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ars::model {

// A proposal is falsifiable or it is not queued. Errc::invalid: no metric, no kill criterion, an
// effect that is not finite, a spread that is not positive, a probability outside [0, 1], or one
// that contradicts the effect's sign.
Result<void> check_prediction(const events::Prediction& prediction);

struct PredictionScore {
  double brier = 0;  // (p − 1[Δ > 0])²
  double crps = 0;   // of N(effect, effect_sd²) at Δ, in the metric's unit
};
// REQUIRES: check_prediction passes.
PredictionScore score_prediction(const events::Prediction& prediction, double observed);

// What a plan changes against its base, one short line a setting, in a fixed order: for people, and
// as the content of an idea. Versions, labels and trained weights are no change of an idea.
std::vector<std::string> describe_change(const events::ServingPlan& base,
                                         const events::ServingPlan& plan);

// Names an idea: SHA-256 over the kind and the change. Numbers enter with two digits, so that an
// idea that differs by less is the same idea. Where only parameters are learned anew, the rows that
// they could see are the change.
Bytes32 idea_hash(events::ChangeKind kind, const events::ServingPlan& base,
                  const events::ServingPlan& plan);

// A failed idea as knowledge remembers it.
struct NegativeCase {
  Bytes32 idea{};
  std::string reason;
  std::uint64_t failures = 0;
  std::uint64_t retry_after_interactions = 0;
};
// Empty when the idea may be tried now, else why not. `cases` in any order; the strictest one
// counts.
std::string blocked_by(const std::vector<NegativeCase>& cases, const Bytes32& idea,
                       std::uint64_t interactions);
// When an idea that failed `failures` times, the last time now, may be tried again: the cool-down
// doubles with each failure. REQUIRES: failures > 0.
std::uint64_t retry_after(std::uint64_t failures, std::uint64_t interactions,
                          std::uint64_t cool_down);

}  // namespace ars::model
