#include "actors/evolution/autoperf/canary_test.hpp"

#include "actors/limits.hpp"
#include "model/evaluation/paired_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace ars::actors {
namespace {

model::ArmSums sums_of(const SumsRow& row) {
  return {row.clusters,       row.requests, row.reward,
          row.reward_squares, row.cross,    row.request_squares};
}

model::SequentialSpec spec_of(const AutoPerfState& state, double tau) {
  model::SequentialSpec spec;
  spec.alpha = state.canary.alpha;
  spec.tau = tau;
  spec.clusters_min = state.canary.clusters_min;
  return spec;
}

bool saves_cost(events::ChangeKind kind) {
  return kind == events::ChangeKind::recall_removed || kind == events::ChangeKind::feature_retired;
}

// FLOP/s that one core is counted with: limits that decide are computed, never timed.
constexpr double flops_per_second = 4e9;
constexpr std::array<double, 6> windows_us = {4000, 2000, 1000, 500, 200, 0};
constexpr double share_min = 0.01;
constexpr double share_beyond_p99 = 0.005;  // half of what may be slow

// A request waits for the window, for the batch before and for its own.
double request_ms(double flops_per_row, double window_us) {
  const double batch_ms =
      flops_per_row * to_double(limits::candidates_max) / flops_per_second * 1000;
  return window_us / 1000 + 2 * batch_ms;
}

}  // namespace

void fold_reward(SumsRow& sums, const events::RewardAssigned& reward, double prior, double value) {
  auto folded = sums_of(sums);
  folded.replace({reward.prior_requests, prior}, {reward.prior_requests + 1, prior + value});
  sums = {folded.clusters,       folded.requests, folded.reward,
          folded.reward_squares, folded.cross,    folded.request_squares};
}

void fold_crossover(SumsRow& sums, const events::RewardAssigned& reward, double share,
                    double centre) {
  const bool is_variant = reward.arm == events::Arm::variant;
  const double mine = is_variant ? 1 / share : -1 / (1 - share);
  const double other = is_variant ? -1 / (1 - share) : 1 / share;
  const auto total = [&](double requests, double outer) {
    return mine * (outer - centre * requests);
  };
  const double others = other * (reward.other_outer - centre * to_double(reward.other_requests));
  const auto n = reward.prior_requests + reward.other_requests;
  auto folded = sums_of(sums);
  folded.replace({n, others + total(to_double(reward.prior_requests), reward.prior_outer)},
                 {n + 1, others + total(to_double(reward.prior_requests) + 1,
                                        reward.prior_outer + reward.outer)});
  sums = {folded.clusters,       folded.requests, folded.reward,
          folded.reward_squares, folded.cross,    folded.request_squares};
}

double tau_from(const std::vector<double>& rewards, const events::EvolutionConfigured& config) {
  const auto spread = model::mean_and_sd(rewards);
  const double variance = std::max(2 * spread.sd * spread.sd, 1e-6);
  model::TauSpec spec;
  spec.variance = variance;
  spec.n_star = std::max(to_double(config.canary_requests_max) / 3, 30.0);
  spec.alpha = config.alpha;
  return model::tau_for(spec);
}

CanaryLookResult canary_look(const AutoPerfState& state) {
  CanaryLookResult out;
  const auto spec = spec_of(state, state.canary.tau);
  const auto metric = model::look_paired(sums_of(state.paired), spec, state.p_value);
  model::CanaryState judged;
  judged.metric = metric;
  // What takes something away saves its cost: it is promoted when it is surely not worse by more
  // than a small share of what the champion earns.
  const double margin =
      saves_cost(state.candidate_change.kind)
          ? limits::non_inferiority_share * std::abs(sums_of(state.control).mean())
          : 0;
  judged.requests = state.control.requests + state.variant.requests;
  auto& look = out.look;
  if (!state.canary.guardrail.empty()) {
    const auto guard =
        model::look_two_arms(sums_of(state.guard_control), sums_of(state.guard_variant),
                             spec_of(state, limits::guardrail_tau));
    judged.guardrail = guard;
    look.guardrail_effect = guard.effect;
    look.guardrail_low = guard.low;
    look.guardrail_high = guard.high;
  }
  if (!state.canary.shadow_pairs) {
    judged.srm_p_value = model::sample_ratio_p_value(state.control.requests, state.variant.requests,
                                                     state.canary.share);
  }
  out.judgement = model::judge_canary(
      judged, {state.canary.guardrail_margin, state.canary.requests_max, margin});
  look.experiment = state.canary.experiment;
  look.requests = judged.requests;
  look.clusters_control = state.control.clusters;
  look.clusters_variant = state.variant.clusters;
  look.effect = metric.effect;
  look.low = metric.low;
  look.high = metric.high;
  look.p_value = metric.p_value;
  return out;
}

events::EvidenceMeasured shadow_evidence(const AutoPerfState& state) {
  const auto sums = sums_of(state.paired);
  const double mean = sums.mean();
  const double error = std::sqrt(std::max(sums.variance_of_mean(), 0.0));
  events::EvidenceMeasured out;
  out.variant = state.canary.variant;
  out.method = "shadow answers";
  out.metric = state.canary.metric;
  out.differences = {mean};
  out.mean = mean;
  out.low = mean - 1.96 * error;
  out.high = mean + 1.96 * error;
  out.noise_floor = 0;
  out.p_value = error > 0 ? std::erfc(std::abs(mean) / error / std::sqrt(2.0)) : 1;
  const bool removal = saves_cost(state.candidate_change.kind);
  // Taking an agent out saves its cost: it goes on unless it surely harms. Adding one must promise.
  out.passed = removal ? out.high >= 0 : mean > 0 && out.p_value < 0.2;
  out.reason =
      fmt::format("{:+.4f} {} a request in shadow, interval [{:+.4f}, {:+.4f}], {} requests", mean,
                  out.metric, out.low, out.high, sums.requests);
  return out;
}

WindowChoice window_under(double flops_per_row, double latency_budget_ms) {
  for (const double window : windows_us) {
    const double predicted = request_ms(flops_per_row, window);
    if (predicted <= latency_budget_ms / 2) {
      return {window,
              fmt::format("window and two batches of {} rows take {:.2f} ms by the cost model, "
                          "half of the limit is {:.1f} ms",
                          limits::candidates_max, predicted, latency_budget_ms / 2)};
    }
  }
  return {0, "no window keeps the limit"};
}

ShareChoice share_under(const CanaryCost& cost, double latency_budget_ms, double cap) {
  const double control = request_ms(cost.control_flops_per_row, cost.window_us);
  const double variant = request_ms(cost.variant_flops_per_row, cost.window_us);
  const double half = latency_budget_ms / 2;
  if (latency_budget_ms <= 0 || variant <= std::max(half, control)) {
    return {cap, "the variant keeps the latency limit"};
  }
  if (variant > latency_budget_ms) {
    return {std::min(cap, share_beyond_p99),
            fmt::format("by the cost model the variant takes {:.2f} ms, beyond the limit of "
                        "{:.1f} ms",
                        variant, latency_budget_ms)};
  }
  const double share = std::clamp((half - control) / (variant - control), share_min, 1.0);
  return {std::min(cap, share),
          fmt::format("by the cost model the variant takes {:.2f} ms and the champion {:.2f} ms, "
                      "half of the limit is {:.1f} ms",
                      variant, control, half)};
}

}  // namespace ars::actors
