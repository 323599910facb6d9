#include "model/evaluation/off_policy.hpp"

#include "events/base/narrow.hpp"
#include "model/evaluation/paired_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace ars::model {
namespace {

constexpr double ess_min = 100;
constexpr double ess_share_min = 0.01;
constexpr double weight_share_max = 0.05;

bool usable(const WeighedAction& action) {
  return action.propensity > 0 && action.propensity <= 1 && action.probability >= 0 &&
         action.probability <= 1 && std::isfinite(action.reward);
}

double ratio(double a, double b) { return b > 0 ? a / b : 0; }

std::string refusal(const OffPolicySums& sums, const OffPolicyValue& value,
                    const OffPolicySpec& spec) {
  if (sums.rows == 0) return "no row has a usable propensity";
  const double n = to_double(sums.rows);
  if (sums.unusable > 0) {
    return fmt::format("{} of {} rows have a missing or impossible probability", sums.unusable,
                       sums.unusable + sums.rows);
  }
  if (spec.unsupported_mass > 0) {
    return fmt::format("the policy gives {:.3g} to actions that were never logged",
                       spec.unsupported_mass);
  }
  const double needed = std::max(ess_min, ess_share_min * n);
  if (value.effective_sample_size < needed) {
    return fmt::format("effective sample size {:.1f} is below {:.0f}", value.effective_sample_size,
                       needed);
  }
  const double share = ratio(sums.weight_max, sums.weight);
  if (share > weight_share_max) {
    return fmt::format("one weight carries {:.1f} % of all", 100 * share);
  }
  const double variance =
      std::max(0.0, sums.weight_squares / n - value.weight_mean * value.weight_mean);
  const double error = std::sqrt(variance / n);
  const double off = std::abs(value.weight_mean - 1);
  if (off > 0.5 || (off > 0.1 && off > 3 * error)) {
    return fmt::format("the mean weight is {:.3f} instead of 1", value.weight_mean);
  }
  if (value.snips < spec.reward_min || value.snips > spec.reward_max) {
    return fmt::format("the estimate {:.4g} leaves the range of rewards [{}, {}]", value.snips,
                       spec.reward_min, spec.reward_max);
  }
  return {};
}

}  // namespace

void OffPolicySums::fold(const WeighedAction& action) {
  if (!usable(action)) {
    ++unusable;
    return;
  }
  const double w = action.probability / action.propensity;
  ++rows;
  weight += w;
  weight_squares += w * w;
  weight_max = std::max(weight_max, w);
  reward_weight += w * action.reward;
}

void OffPolicySums::add(const OffPolicySums& other) {
  rows += other.rows;
  unusable += other.unusable;
  weight += other.weight;
  weight_squares += other.weight_squares;
  weight_max = std::max(weight_max, other.weight_max);
  reward_weight += other.reward_weight;
}

OffPolicyValue off_policy_value(std::span<const WeighedAction> actions, const OffPolicySpec& spec) {
  OffPolicySums sums;
  std::vector<UserDifference> weighed;  // a ratio of sums, as the paired bootstrap resamples it
  weighed.reserve(actions.size());
  for (const auto& action : actions) {
    sums.fold(action);
    if (usable(action)) {
      weighed.push_back({action.reward, action.probability / action.propensity});
    }
  }
  OffPolicyValue out;
  out.rows = sums.rows;
  out.unusable = sums.unusable;
  out.weight_max = sums.weight_max;
  out.weight_mean = ratio(sums.weight, to_double(sums.rows));
  out.effective_sample_size = ratio(sums.weight * sums.weight, sums.weight_squares);
  out.ips = ratio(sums.reward_weight, to_double(sums.rows));
  out.snips = ratio(sums.reward_weight, sums.weight);
  const auto interval = paired_bootstrap(weighed, {spec.resamples, spec.confidence, spec.seed});
  out.low = interval.low;
  out.high = interval.high;
  out.reason = refusal(sums, out, spec);
  out.refused = !out.reason.empty();
  return out;
}

OnPolicyValue on_policy_value(std::span<const double> rewards, const OffPolicySpec& spec) {
  std::vector<UserDifference> rows;
  rows.reserve(rewards.size());
  for (const double reward : rewards)
    rows.push_back({reward, 1});
  const auto interval = paired_bootstrap(rows, {spec.resamples, spec.confidence, spec.seed});
  return {interval.mean, interval.low, interval.high, rewards.size()};
}

}  // namespace ars::model
