#include "model/evolution/gate.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/evaluation/distributions.hpp"
#include "model/evolution/proposal.hpp"
#include "model/features/leakage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace ars::model {
namespace {

constexpr std::uint64_t noise_pairs_many = 30;
constexpr double noise_quantile_many = 2.0;
constexpr double srm_p_min = 0.001;

using events::ServingPlan;
using Wrong = std::optional<std::string>;

bool in_range(double value, double low, double high) { return value >= low && value <= high; }

Wrong wrong_recalls(const ServingPlan& plan, const PlanCaps& caps) {
  if (plan.recalls.empty()) return "no recall would propose anything";
  if (plan.recalls.size() > caps.recalls_max) {
    return fmt::format("{} recalls, the cap is {}", plan.recalls.size(), caps.recalls_max);
  }
  std::set<std::string> sources;
  std::uint64_t quota = 0;
  for (const auto& recall : plan.recalls) {
    if (recall.source.empty() || !sources.insert(recall.source).second) {
      return fmt::format("recall '{}' is named twice or not at all", recall.source);
    }
    if (recall.quota == 0) return fmt::format("recall {} has no quota", recall.source);
    if (!in_range(recall.weight, 0, 1e6) || !in_range(recall.half_life_s, 0, 1e12)) {
      return fmt::format("recall {} has a weight or half-life out of range", recall.source);
    }
    quota += recall.quota;
  }
  if (quota > caps.quota_total_max) {
    return fmt::format("the recalls ask for {} candidates, the cap is {}", quota,
                       caps.quota_total_max);
  }
  if (!(plan.fusion_k > 0 && plan.fusion_k < 1e6)) {
    return fmt::format("the fusion constant {} is not positive", plan.fusion_k);
  }
  return std::nullopt;
}

Wrong wrong_ranker(const ServingPlan& plan, const PlanCost& cost, const PlanCaps& caps) {
  const auto& ranker = plan.ranker;
  if (ranker.architecture.empty()) return std::nullopt;  // fusion order stands
  if (ranker.architecture.size() > caps.architecture_bytes_max) {
    return fmt::format("the architecture has {} bytes, the cap is {}", ranker.architecture.size(),
                       caps.architecture_bytes_max);
  }
  const std::set<std::string> distinct(ranker.features.begin(), ranker.features.end());
  if (distinct.empty() || distinct.size() != ranker.features.size()) {
    return "the ranker reads no feature, or one twice";
  }
  if (distinct.size() > caps.features_max) {
    return fmt::format("{} features, the cap is {}", distinct.size(), caps.features_max);
  }
  if (const auto clean = check_leakage(ranker.features); !clean) return clean.error().context;
  if (!(ranker.learning_rate > 0 && ranker.learning_rate <= caps.learning_rate_max)) {
    return fmt::format("the learning rate {} is outside (0, {}]", ranker.learning_rate,
                       caps.learning_rate_max);
  }
  if (!in_range(ranker.weight_decay, 0, 1)) {
    return fmt::format("the weight decay {} is outside [0, 1]", ranker.weight_decay);
  }
  if (ranker.epochs == 0 || ranker.epochs > caps.epochs_max) {
    return fmt::format("{} epochs are outside 1..{}", ranker.epochs, caps.epochs_max);
  }
  if (cost.parameters > caps.parameters_max) {
    return fmt::format("{} parameters, the cap is {}", cost.parameters, caps.parameters_max);
  }
  if (cost.flops_per_row > caps.flops_per_row_max) {
    return fmt::format("{:.3g} FLOPs a row, the cap is {:.3g}", cost.flops_per_row,
                       caps.flops_per_row_max);
  }
  return std::nullopt;
}

Wrong wrong_rerank(const ServingPlan& plan, const PlanCaps& caps) {
  const auto& rerank = plan.rerank;
  if (!in_range(rerank.mmr_lambda, 0, 1)) {
    return fmt::format("mmr lambda {} is outside [0, 1]", rerank.mmr_lambda);
  }
  if (!in_range(rerank.freshness_weight, -10, 10) ||
      !in_range(rerank.freshness_half_life_s, 0, 1e12)) {
    return "a freshness setting is out of range";
  }
  if (!in_range(rerank.explore_share, caps.explore_share_min, caps.explore_share_max)) {
    return fmt::format("the exploration share {} is outside [{}, {}]", rerank.explore_share,
                       caps.explore_share_min, caps.explore_share_max);
  }
  if (rerank.explore_slots > caps.explore_slots_max) {
    return fmt::format("{} exploration slots, the cap is {}", rerank.explore_slots,
                       caps.explore_slots_max);
  }
  return std::nullopt;
}

double noise_quantile(std::uint64_t pairs, double confidence) {
  if (pairs >= noise_pairs_many) return noise_quantile_many;
  return std::max(noise_quantile_many,
                  student_t_quantile(0.5 + 0.5 * confidence, to_double(pairs) - 1));
}

CanaryJudgement roll_back(std::string reason) {
  return {CanaryVerdict::roll_back, false, std::move(reason)};
}

}  // namespace

Judgement check_plan(const ServingPlan& plan, const ServingPlan& base, const PlanCost& cost,
                     const PlanCaps& caps) {
  if (plan.version == base.version) return {false, "the plan has the version of its base"};
  if (plan.parent != base.version) {
    return {false,
            fmt::format("the plan descends from {}, not from {}", plan.parent, base.version)};
  }
  if (auto wrong = wrong_recalls(plan, caps)) return {false, std::move(*wrong)};
  if (auto wrong = wrong_ranker(plan, cost, caps)) return {false, std::move(*wrong)};
  if (auto wrong = wrong_rerank(plan, caps)) return {false, std::move(*wrong)};
  const auto changes = describe_change(base, plan);
  const bool retrained = plan.ranker.weights != base.ranker.weights ||
                         plan.ranker.trained_until != base.ranker.trained_until;
  if (changes.empty() && !retrained) return {false, "the plan does not differ from its base"};
  return {true, changes.empty() ? "well formed; the same plan trained anew"
                                : fmt::format("well formed; {}", fmt::join(changes, ", "))};
}

OfflineJudgement judge_offline(const OfflineEvidence& evidence, const OfflineSpec& spec) {
  OfflineJudgement out;
  const auto seeds = evidence.seed_differences.size();
  out.mean = mean_and_sd(evidence.seed_differences).mean;
  const auto interval =
      paired_bootstrap(evidence.user_differences, {spec.resamples, spec.confidence, spec.seed});
  out.low = interval.low;
  out.high = interval.high;
  out.p_value = interval.p_value;
  if (seeds < spec.seeds_min) {
    out.reason = fmt::format("{} seeds are not the {} that evidence needs", seeds, spec.seeds_min);
    return out;
  }
  if (evidence.noise_pairs < 2 || !(evidence.noise_sigma >= 0)) {
    out.reason = "the noise floor was not measured";
    return out;
  }
  out.noise_floor = noise_quantile(evidence.noise_pairs, spec.confidence) * evidence.noise_sigma /
                    std::sqrt(to_double(seeds));
  if (!(out.mean > out.noise_floor)) {
    out.reason = fmt::format(
        "a mean gain of {:+.5f} over {} seeds is not above the noise floor "
        "of {:.5f}",
        out.mean, seeds, out.noise_floor);
  } else if (!(out.low > 0)) {
    out.reason = fmt::format("the paired interval over {} users, [{:+.5f}, {:+.5f}], holds 0",
                             interval.users, out.low, out.high);
  } else {
    out.passed = true;
    out.reason = fmt::format(
        "a mean gain of {:+.5f} over {} seeds is above the noise floor of "
        "{:.5f}; interval over {} users [{:+.5f}, {:+.5f}]",
        out.mean, seeds, out.noise_floor, interval.users, out.low, out.high);
  }
  return out;
}

CanaryJudgement judge_canary(const CanaryState& state, const CanarySpec& spec) {
  const auto& metric = state.metric;
  const auto& guardrail = state.guardrail;
  if (guardrail && guardrail->ready && guardrail->high < -spec.guardrail_margin) {
    return {
        CanaryVerdict::roll_back, true,
        fmt::format("the guardrail fell by {:.5f} [{:+.5f}, {:+.5f}], more than the {:.5f} "
                    "allowed",
                    -guardrail->effect, guardrail->low, guardrail->high, spec.guardrail_margin)};
  }
  if (metric.ready && metric.high < -spec.metric_margin) {
    return roll_back(fmt::format("the metric is worse: {:+.5f} [{:+.5f}, {:+.5f}]", metric.effect,
                                 metric.low, metric.high));
  }
  const bool healthy = state.srm_p_value >= srm_p_min;
  const bool better = metric.ready && metric.low > -spec.metric_margin;
  const bool harmless = !guardrail || (guardrail->ready && guardrail->low > -spec.guardrail_margin);
  if (better && harmless && healthy && metric.low <= 0) {
    return {
        CanaryVerdict::promote, false,
        fmt::format("the metric is not worse by {:.5f} or more: {:+.5f} [{:+.5f}, {:+.5f}], "
                    "after {} requests; it saves its cost",
                    spec.metric_margin, metric.effect, metric.low, metric.high, state.requests)};
  }
  if (better && harmless && healthy) {
    return {CanaryVerdict::promote, false,
            fmt::format("the metric is better: {:+.5f} [{:+.5f}, {:+.5f}], p {:.4f}, after {} "
                        "requests",
                        metric.effect, metric.low, metric.high, metric.p_value, state.requests)};
  }
  std::string waiting = "too few users for a look";
  if (!healthy) {
    waiting = fmt::format("the arms do not have their planned sizes (p {:.5f})", state.srm_p_value);
  } else if (better) {
    waiting = "the metric is better, the guardrail is not yet known to hold";
  } else if (metric.ready) {
    waiting = fmt::format("undecided: {:+.5f} [{:+.5f}, {:+.5f}]", metric.effect, metric.low,
                          metric.high);
  }
  if (spec.requests_max > 0 && state.requests >= spec.requests_max) {
    return roll_back(fmt::format("no decision after {} requests; {}", state.requests, waiting));
  }
  return {CanaryVerdict::keep_going, false, std::move(waiting)};
}

double sample_ratio_p_value(std::uint64_t control, std::uint64_t variant, double variant_share) {
  ARS_CHECK(variant_share > 0 && variant_share < 1, "share {}", variant_share);
  const double total = to_double(control) + to_double(variant);
  if (total == 0) return 1;
  const double expected = total * variant_share;
  const double off = to_double(variant) - expected;
  const double chi2 = off * off / expected + off * off / (total - expected);
  return std::erfc(std::sqrt(0.5 * chi2));
}

}  // namespace ars::model
