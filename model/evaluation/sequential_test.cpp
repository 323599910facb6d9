#include "model/evaluation/sequential_test.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {

void ArmSums::replace(const ClusterTotal& before, const ClusterTotal& after) {
  ARS_CHECK(after.requests >= before.requests, "a cluster's requests fell from {} to {}",
            before.requests, after.requests);
  if (before.requests == 0 && after.requests > 0) ++clusters;
  requests += after.requests - before.requests;
  const double n0 = to_double(before.requests), n1 = to_double(after.requests);
  reward += after.reward - before.reward;
  reward_squares += after.reward * after.reward - before.reward * before.reward;
  cross += after.reward * n1 - before.reward * n0;
  request_squares += n1 * n1 - n0 * n0;
}

void ArmSums::add(const ArmSums& other) {
  clusters += other.clusters;
  requests += other.requests;
  reward += other.reward;
  reward_squares += other.reward_squares;
  cross += other.cross;
  request_squares += other.request_squares;
}

double ArmSums::mean() const { return requests == 0 ? 0 : reward / to_double(requests); }

double ArmSums::variance_of_mean() const {
  if (clusters < 2) return 0;
  const double ratio = mean();
  // Σ (y − R n)² over clusters.
  const double squares =
      std::max(0.0, reward_squares - 2 * ratio * cross + ratio * ratio * request_squares);
  const double n = to_double(requests), k = to_double(clusters);
  return k / (k - 1) * squares / (n * n);
}

Look look_at(const EffectEstimate& estimate, const SequentialSpec& spec, double p_before) {
  ARS_CHECK(spec.tau > 0 && spec.alpha > 0 && spec.alpha < 1, "tau {}, alpha {}", spec.tau,
            spec.alpha);
  Look look;
  look.effect = estimate.effect;
  look.standard_error = std::sqrt(estimate.variance);
  look.low = estimate.effect - unknown_half_width;
  look.high = estimate.effect + unknown_half_width;
  look.p_value = p_before;
  const double u = estimate.variance;
  const double tau2 = spec.tau * spec.tau;
  if (!(u > 0)) return look;
  look.ready = true;
  const double log_ratio = 0.5 * std::log(u / (u + tau2)) +
                           tau2 * estimate.effect * estimate.effect / (2 * u * (u + tau2));
  look.p_value = std::min(p_before, std::exp(-log_ratio));
  const double half =
      std::sqrt(u * (u + tau2) / tau2 * (std::log((u + tau2) / u) + 2 * std::log(1 / spec.alpha)));
  look.low = estimate.effect - half;
  look.high = estimate.effect + half;
  return look;
}

namespace {

Look not_ready(const EffectEstimate& estimate, const SequentialSpec& spec, double p_before) {
  Look look = look_at({estimate.effect, 0}, spec, p_before);
  look.standard_error = std::sqrt(estimate.variance);
  return look;
}

// Var(variant mean − control mean). A small arm with rare events may show no variance at all, and a
// normal approximation then excludes the truth; each arm's variance is therefore drawn towards the
// common one with the weight of clusters_min clusters, which vanishes as the arm grows.
double variance_of_difference(const ArmSums& control, const ArmSums& variant,
                              const SequentialSpec& spec) {
  const double kc = to_double(control.clusters), kv = to_double(variant.clusters);
  if (kc == 0 || kv == 0) return 0;
  const double sc = control.variance_of_mean() * kc, sv = variant.variance_of_mean() * kv;
  const double common = (kc * sc + kv * sv) / (kc + kv);
  const double weight = to_double(spec.clusters_min);
  const auto of_mean = [&](double s, double k) {
    return (k * s + weight * common) / (k + weight) / k;
  };
  return of_mean(sc, kc) + of_mean(sv, kv);
}

}  // namespace

Look look_two_arms(const ArmSums& control, const ArmSums& variant, const SequentialSpec& spec,
                   double p_before) {
  const EffectEstimate estimate{variant.mean() - control.mean(),
                                variance_of_difference(control, variant, spec)};
  const bool enough =
      std::min(control.clusters, variant.clusters) >= std::max<std::uint64_t>(spec.clusters_min, 2);
  Look look = enough ? look_at(estimate, spec, p_before) : not_ready(estimate, spec, p_before);
  look.clusters_control = control.clusters;
  look.clusters_variant = variant.clusters;
  return look;
}

Look look_paired(const ArmSums& differences, const SequentialSpec& spec, double p_before) {
  const EffectEstimate estimate{differences.mean(), differences.variance_of_mean()};
  const bool enough = differences.clusters >= std::max<std::uint64_t>(spec.clusters_min, 2);
  Look look = enough ? look_at(estimate, spec, p_before) : not_ready(estimate, spec, p_before);
  look.clusters_control = look.clusters_variant = differences.clusters;
  return look;
}

double tau_for(const TauSpec& spec) {
  ARS_CHECK(spec.variance > 0 && spec.n_star > 0 && spec.alpha > 0 && spec.alpha < 1,
            "variance {}, n* {}, alpha {}", spec.variance, spec.n_star, spec.alpha);
  const double log_alpha = 2 * std::log(1 / spec.alpha);
  return std::sqrt(spec.variance * (log_alpha + std::log1p(log_alpha)) / spec.n_star);
}

}  // namespace ars::model
