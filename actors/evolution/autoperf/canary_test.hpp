// The statistics of AutoPerf's decisions: folding rewards into clustered sums, one look at a
// canary, evidence from shadow answers, the mixing prior, the micro-batch window. Pure; any thread.
#pragma once

#include "actors/evolution/autoperf/autoperf_state.hpp"
#include "model/evolution/gate.hpp"

namespace ars::actors {

// Takes one reward of a user whose totals before it stand in the event.
void fold_reward(SumsRow& sums, const events::RewardAssigned& reward, double prior, double value);

// Takes one reward of a crossover canary into sums of the Horvitz-Thompson difference: per request
// (1[variant]/share - 1[control]/(1 - share)) * (reward - centre), clustered by user.
void fold_crossover(SumsRow& sums, const events::RewardAssigned& reward, double share,
                    double centre);

// sd of the mixing prior: narrowest after a third of the canary's users, for rewards that vary like
// these.
double tau_from(const std::vector<double>& rewards, const events::EvolutionConfigured& config);

struct CanaryLookResult {
  events::CanaryLooked look;
  model::CanaryJudgement judgement;
};
CanaryLookResult canary_look(const AutoPerfState& state);

// Evidence of a variant that answered in shadow: paired by request, clustered by user.
events::EvidenceMeasured shadow_evidence(const AutoPerfState& state);

// The largest window that keeps a full micro batch under the limit by the cost model.
struct WindowChoice {
  double window_us = 0;
  std::string reason;
};
WindowChoice window_under(double flops_per_row, double latency_budget_ms);

// What the plans of a canary cost.
struct CanaryCost {
  double control_flops_per_row = 0;
  double variant_flops_per_row = 0;
  double window_us = 0;
};
// The largest share up to `cap` with which requests take half of the limit on average, by the cost
// model; a variant that breaks the limit by itself gets no more of them than the p99 bears. A limit
// of 0 is none.
struct ShareChoice {
  double share = 0;
  std::string reason;
};
ShareChoice share_under(const CanaryCost& cost, double latency_budget_ms, double cap);

}  // namespace ars::actors
