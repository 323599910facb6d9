// Always-valid sequential tests by normal mixture (mSPRT): intervals and p-values that hold at
// every look, for two arms and for paired differences, clustered by user. The sums of an arm fold:
// a user's new total replaces his old one. Values and pure functions, any thread.
//
// The mixing prior is N(0, tau²) on the effect; tau is frozen before the first observation. With u
// the variance of the estimated effect:
//   Λ = sqrt(u/(u+τ²)) exp(τ²Δ̂²/(2u(u+τ²))),  p = min(p, 1/Λ),
//   |Δ − Δ̂| <= sqrt(u(u+τ²)/τ² · (log((u+τ²)/u) + 2 log(1/α)))
#pragma once

#include <cstdint>

namespace ars::model {

// What one user contributed so far.
struct ClusterTotal {
  std::uint64_t requests = 0;
  double reward = 0;
};

// Sufficient statistics of one arm, or of paired differences: sums over users of requests n and
// reward y. Sums of partitions add up to those of the whole.
struct ArmSums {
  std::uint64_t clusters = 0;
  std::uint64_t requests = 0;
  double reward = 0;           // Σ y
  double reward_squares = 0;   // Σ y²
  double cross = 0;            // Σ y·n
  double request_squares = 0;  // Σ n²
  friend bool operator==(const ArmSums&, const ArmSums&) = default;

  // A user's total grows from `before` to `after`; before.requests = 0: he is new here.
  void replace(const ClusterTotal& before, const ClusterTotal& after);
  void add(const ArmSums& other);
  // Reward per request; 0 without requests.
  double mean() const;
  // Of mean(), robust to clustering (delta method). 0 with fewer than two clusters.
  double variance_of_mean() const;
};

struct SequentialSpec {
  double alpha = 0.05;
  double tau = 0;                    // sd of the mixing prior, > 0
  std::uint64_t clusters_min = 100;  // per arm, before any decision: the variance is estimated
};

// One look. Before clusters_min, or without any variance, nothing is known: ready is false, the
// interval is ±unknown_half_width and p stays.
struct Look {
  double effect = 0;
  double standard_error = 0;
  double low = 0;
  double high = 0;
  double p_value = 1;
  std::uint64_t clusters_control = 0;
  std::uint64_t clusters_variant = 0;
  bool ready = false;
};
inline constexpr double unknown_half_width = 1e9;

// Variant minus control; variances of small arms are drawn towards the common one. `p_before` is
// the p-value of the look before (1 at first). REQUIRES: spec.tau > 0, 0 < alpha < 1.
Look look_two_arms(const ArmSums& control, const ArmSums& variant, const SequentialSpec& spec,
                   double p_before = 1);
// Mean of paired differences (variant minus control on the same request). REQUIRES as above.
Look look_paired(const ArmSums& differences, const SequentialSpec& spec, double p_before = 1);

// The same from an effect and the variance u of its estimate.
struct EffectEstimate {
  double effect = 0;
  double variance = 0;
};
Look look_at(const EffectEstimate& estimate, const SequentialSpec& spec, double p_before = 1);

// The tau that makes the interval narrowest after n_star clusters an arm. `variance` is σ_A² + σ_B²
// of one cluster's reward (paired: σ_D²). REQUIRES: all > 0, alpha < 1.
struct TauSpec {
  double variance = 0;
  double n_star = 0;
  double alpha = 0.05;
};
double tau_for(const TauSpec& spec);

}  // namespace ars::model
