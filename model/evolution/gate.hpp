// The one road of a change, as judgements: static checks, paired offline evidence above the noise
// floor, and a canary under an always-valid test with a guardrail. Each says why in a sentence.
// Nothing here moves traffic; agents turn judgements into events. Pure functions, any thread.
#pragma once

#include "events/composition.hpp"
#include "model/evaluation/paired_test.hpp"
#include "model/evaluation/sequential_test.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ars::model {

struct Judgement {
  bool passed = false;
  std::string reason;
};

// What a plan may cost and contain at most.
struct PlanCaps {
  std::uint64_t parameters_max = 50'000'000;
  double flops_per_row_max = 50e6;
  std::uint32_t quota_total_max = 4'000;
  std::size_t recalls_max = 32;
  std::size_t features_max = 256;
  std::size_t architecture_bytes_max = 256 * 1024;
  std::uint32_t epochs_max = 50;
  double learning_rate_max = 1;
  double explore_share_min =
      0;  // exploration that must stay, so that propensities keep being logged
  double explore_share_max = 0.5;
  std::uint16_t explore_slots_max = 10;
};

// Of the plan's architecture, by the cost model of model/ir.
struct PlanCost {
  std::uint64_t parameters = 0;
  double flops_per_row = 0;
};

// Static checks: the plan is well formed, inside the caps and differs from its base.
Judgement check_plan(const events::ServingPlan& plan, const events::ServingPlan& base,
                     const PlanCost& cost, const PlanCaps& caps);

// Evidence from runs on held-out rows, variant minus base.
struct OfflineEvidence {
  std::vector<double> seed_differences;          // one a seed (or fold)
  std::vector<UserDifference> user_differences;  // one a test user, averaged over the seeds
  double noise_sigma = 0;                        // sd of A/A differences under the same pairing
  std::uint64_t noise_pairs = 0;                 // how many A/A differences gave it
};

struct OfflineSpec {
  std::uint64_t seeds_min = 3;
  double confidence = 0.95;
  std::uint32_t resamples = 2'000;
  std::uint64_t seed = 0;  // of the bootstrap
};

// Fields as EvidenceMeasured carries them.
struct OfflineJudgement {
  bool passed = false;
  std::string reason;
  double mean = 0;  // over seeds
  double low = 0;   // of the paired interval over users
  double high = 0;
  double noise_floor = 0;  // what the mean had to exceed
  double p_value = 1;      // of the paired comparison over users
};

// Passes when there are enough seeds, the mean over seeds exceeds q·σ_AA/√m (q = 2, or the t
// quantile while fewer than 30 A/A differences exist) and the paired interval over users lies above
// 0.
OfflineJudgement judge_offline(const OfflineEvidence& evidence, const OfflineSpec& spec);

enum class CanaryVerdict : std::uint8_t { keep_going, promote, roll_back };

struct CanaryState {
  Look metric;
  std::optional<Look> guardrail;  // a quantity that must not fall; empty: the canary has none
  std::uint64_t requests = 0;
  double srm_p_value = 1;  // of the arms' sizes against the planned split
};

struct CanarySpec {
  double guardrail_margin = 0;     // how far the guardrail may fall
  std::uint64_t requests_max = 0;  // then it is rolled back as undecided; 0: no limit
  double metric_margin = 0;        // how much worse the metric may be: of what saves its cost
};

struct CanaryJudgement {
  CanaryVerdict verdict = CanaryVerdict::keep_going;
  bool guardrail_crossed = false;
  std::string reason;
};

// Rolls back when the guardrail is surely below −margin, when the metric is surely worse (by more
// than its margin), and when requests_max is reached undecided. Promotes when the metric is surely
// better (than minus its margin) and the guardrail surely above −margin. Looks that are not ready
// (too few clusters) decide nothing.
CanaryJudgement judge_canary(const CanaryState& state, const CanarySpec& spec);

// χ² test of the arms' sizes against the planned share of the variant. 1 without any cluster.
// REQUIRES: 0 < variant_share < 1.
double sample_ratio_p_value(std::uint64_t control, std::uint64_t variant, double variant_share);

}  // namespace ars::model
