// The value of a policy from what another policy logged: IPS, SNIPS (= SNIPW) with a bootstrap over
// rows, effective sample size, and the rules by which an estimate is refused. A refused estimate
// still shows its numbers, and never enters a verdict. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace ars::model {

// One logged action with what the evaluated policy would have done.
struct WeighedAction {
  double probability = 0;  // of this action under the evaluated policy, exploration included
  double propensity = 0;   // under the policy that logged it
  double reward = 0;
};

struct OffPolicySpec {
  double reward_min = 0;
  double reward_max = 1;
  double confidence = 0.95;
  std::uint32_t resamples = 1'000;
  std::uint64_t seed = 0;
  // The largest probability that the evaluated policy gives to actions the logging policy never
  // takes.
  double unsupported_mass = 0;
};

// Sums over rows with a usable propensity; those of partitions add up to the whole.
struct OffPolicySums {
  std::uint64_t rows = 0;
  std::uint64_t unusable =
      0;  // propensity missing, not positive or above 1; probability outside [0, 1]
  double weight = 0;
  double weight_squares = 0;
  double weight_max = 0;
  double reward_weight = 0;
  void fold(const WeighedAction& action);
  void add(const OffPolicySums& other);
};

struct OffPolicyValue {
  double ips = 0;
  double snips = 0;  // the estimate
  double low = 0;
  double high = 0;
  double effective_sample_size = 0;
  double weight_mean = 0;
  double weight_max = 0;
  std::uint64_t rows = 0;
  std::uint64_t unusable = 0;
  bool refused = false;
  std::string reason;  // why it was refused; empty else
};

OffPolicyValue off_policy_value(std::span<const WeighedAction> actions, const OffPolicySpec& spec);

// The mean of what a policy itself logged, with the same kind of interval.
struct OnPolicyValue {
  double mean = 0;
  double low = 0;
  double high = 0;
  std::uint64_t rows = 0;
};
OnPolicyValue on_policy_value(std::span<const double> rewards, const OffPolicySpec& spec);

}  // namespace ars::model
