// How the system changes itself: its bounds, and the road of a variant from proposal over evidence
// to rejection. Training, traffic, tasks and what is learned stand in headers of their own, which
// this one brings along.
#pragma once

#include "events/composition.hpp"
#include "events/deployment.hpp"
#include "events/knowledge.hpp"
#include "events/tasks.hpp"
#include "events/training.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ars::events {

enum class ChangeKind : std::uint8_t {
  initial = 0,
  parameters = 1,
  feature_added = 2,
  feature_retired = 3,
  architecture = 4,
  policy = 5,
  recall_added = 6,
  recall_removed = 7,
  serving = 8
};

// What the proposer says will happen; scored when judged.
struct Prediction {
  std::string metric;
  double effect = 0;
  double effect_sd = 0;
  double probability_better = 0;
  std::string kill_criterion;
  static constexpr auto fields =
      std::tuple{field(0, "metric", &Prediction::metric), field(1, "effect", &Prediction::effect),
                 field(2, "effect_sd", &Prediction::effect_sd),
                 field(3, "probability_better", &Prediction::probability_better),
                 field(4, "kill_criterion", &Prediction::kill_criterion)};
  friend bool operator==(const Prediction&, const Prediction&) = default;
};

// Fact of an evolution agent: a change enters the road that every change takes.
struct VariantProposed {
  std::uint64_t variant = 0;
  std::string proposer;
  ChangeKind kind;
  std::string summary;
  std::uint64_t base_plan = 0;
  ServingPlan plan;  // as it would serve; weights zero until trained
  Prediction prediction;
  std::uint64_t study = 0;
  std::uint64_t trial = 0;
  bool trained_model = false;  // needs training and offline pairs
  std::uint64_t interactions = 0;
  static constexpr std::uint32_t type_id = 401;
  static constexpr std::string_view name = "ars.variant.proposed";
  static constexpr auto fields =
      std::tuple{field(0, "variant", &VariantProposed::variant),
                 field(1, "proposer", &VariantProposed::proposer),
                 field(2, "kind", &VariantProposed::kind),
                 field(3, "summary", &VariantProposed::summary),
                 field(4, "base_plan", &VariantProposed::base_plan),
                 field(5, "plan", &VariantProposed::plan),
                 field(6, "prediction", &VariantProposed::prediction),
                 field(7, "study", &VariantProposed::study),
                 field(8, "trial", &VariantProposed::trial),
                 field(9, "trained_model", &VariantProposed::trained_model),
                 field(10, "interactions", &VariantProposed::interactions)};
  friend bool operator==(const VariantProposed&, const VariantProposed&) = default;
};

// Fact of the gate: static checks.
struct VariantChecked {
  std::uint64_t variant = 0;
  bool passed = false;
  std::string reason;
  static constexpr std::uint32_t type_id = 402;
  static constexpr std::string_view name = "ars.variant.checked";
  static constexpr auto fields = std::tuple{field(0, "variant", &VariantChecked::variant),
                                            field(1, "passed", &VariantChecked::passed),
                                            field(2, "reason", &VariantChecked::reason)};
  friend bool operator==(const VariantChecked&, const VariantChecked&) = default;
};

// Fact of AutoTrain: A/A differences of the baseline under the variant's pairing.
struct NoiseFloorMeasured {
  std::uint64_t variant = 0;
  std::string metric;
  double sigma = 0;
  std::uint64_t pairs = 0;
  static constexpr std::uint32_t type_id = 407;
  static constexpr std::string_view name = "ars.noise_floor.measured";
  static constexpr auto fields = std::tuple{field(0, "variant", &NoiseFloorMeasured::variant),
                                            field(1, "metric", &NoiseFloorMeasured::metric),
                                            field(2, "sigma", &NoiseFloorMeasured::sigma),
                                            field(3, "pairs", &NoiseFloorMeasured::pairs)};
  friend bool operator==(const NoiseFloorMeasured&, const NoiseFloorMeasured&) = default;
};

// Fact of the gate: paired evidence on held-out rows.
struct EvidenceMeasured {
  std::uint64_t variant = 0;
  std::string method;
  std::string metric;
  std::vector<double> differences;  // variant minus base, one a seed or fold
  double mean = 0;
  double low = 0;
  double high = 0;
  double noise_floor = 0;
  double p_value = 0;
  bool passed = false;
  std::string reason;
  static constexpr std::uint32_t type_id = 408;
  static constexpr std::string_view name = "ars.evidence.measured";
  static constexpr auto fields = std::tuple{field(0, "variant", &EvidenceMeasured::variant),
                                            field(1, "method", &EvidenceMeasured::method),
                                            field(2, "metric", &EvidenceMeasured::metric),
                                            field(3, "differences", &EvidenceMeasured::differences),
                                            field(4, "mean", &EvidenceMeasured::mean),
                                            field(5, "low", &EvidenceMeasured::low),
                                            field(6, "high", &EvidenceMeasured::high),
                                            field(7, "noise_floor", &EvidenceMeasured::noise_floor),
                                            field(8, "p_value", &EvidenceMeasured::p_value),
                                            field(9, "passed", &EvidenceMeasured::passed),
                                            field(10, "reason", &EvidenceMeasured::reason)};
  friend bool operator==(const EvidenceMeasured&, const EvidenceMeasured&) = default;
};

// Fact of the gate: what the logged propensities say of the variant.
struct OffPolicyChecked {
  std::uint64_t variant = 0;
  double estimate = 0;
  double low = 0;
  double high = 0;
  double effective_sample_size = 0;
  bool refused = false;
  bool passed = false;
  std::string reason;
  static constexpr std::uint32_t type_id = 409;
  static constexpr std::string_view name = "ars.off_policy.checked";
  static constexpr auto fields =
      std::tuple{field(0, "variant", &OffPolicyChecked::variant),
                 field(1, "estimate", &OffPolicyChecked::estimate),
                 field(2, "low", &OffPolicyChecked::low),
                 field(3, "high", &OffPolicyChecked::high),
                 field(4, "effective_sample_size", &OffPolicyChecked::effective_sample_size),
                 field(5, "refused", &OffPolicyChecked::refused),
                 field(6, "passed", &OffPolicyChecked::passed),
                 field(7, "reason", &OffPolicyChecked::reason)};
  friend bool operator==(const OffPolicyChecked&, const OffPolicyChecked&) = default;
};

// Fact of the gate: the end of a variant's road.
struct VariantRejected {
  std::uint64_t variant = 0;
  std::string stage;
  std::string reason;
  static constexpr std::uint32_t type_id = 413;
  static constexpr std::string_view name = "ars.variant.rejected";
  static constexpr auto fields = std::tuple{field(0, "variant", &VariantRejected::variant),
                                            field(1, "stage", &VariantRejected::stage),
                                            field(2, "reason", &VariantRejected::reason)};
  friend bool operator==(const VariantRejected&, const VariantRejected&) = default;
};

// Input of the operator: the bounds within which the system may change itself. All limits that
// decide anything are counts.
struct EvolutionConfigured {
  bool enabled = false;
  std::uint64_t seed = 0;                  // of exploration and assignment
  std::uint64_t first_training_after = 0;  // interactions
  std::uint64_t checkpoint_every = 0;      // interactions between steps
  std::uint64_t rows_max = 0;              // of one training
  std::uint32_t seeds = 0;                 // pairs per variant, at least 3
  double canary_share = 0;
  double alpha = 0;
  std::uint64_t canary_requests_max = 0;
  std::uint64_t canary_clusters_min = 0;
  double guardrail_margin = 0;
  std::string metric;     // of the outer reward: ndcg@10, clicks, reward
  std::string guardrail;  // delayed objective that must not fall; empty: none
  bool shadow_pairs =
      false;  // outcomes do not depend on what was shown: both arms answer every request
  std::vector<std::string> planted;   // features offered for adoption before all others
  std::vector<std::string> withheld;  // features never offered
  std::uint64_t job_delay = 0;        // lockstep: interactions after which a job's result enters
  double latency_budget_ms = 0;
  static constexpr std::uint32_t type_id = 428;
  static constexpr std::string_view name = "ars.evolution.configured";
  static constexpr auto fields =
      std::tuple{field(0, "enabled", &EvolutionConfigured::enabled),
                 field(1, "seed", &EvolutionConfigured::seed),
                 field(2, "first_training_after", &EvolutionConfigured::first_training_after),
                 field(3, "checkpoint_every", &EvolutionConfigured::checkpoint_every),
                 field(4, "rows_max", &EvolutionConfigured::rows_max),
                 field(5, "seeds", &EvolutionConfigured::seeds),
                 field(6, "canary_share", &EvolutionConfigured::canary_share),
                 field(7, "alpha", &EvolutionConfigured::alpha),
                 field(8, "canary_requests_max", &EvolutionConfigured::canary_requests_max),
                 field(9, "canary_clusters_min", &EvolutionConfigured::canary_clusters_min),
                 field(10, "guardrail_margin", &EvolutionConfigured::guardrail_margin),
                 field(11, "metric", &EvolutionConfigured::metric),
                 field(12, "guardrail", &EvolutionConfigured::guardrail),
                 field(13, "shadow_pairs", &EvolutionConfigured::shadow_pairs),
                 field(14, "planted", &EvolutionConfigured::planted),
                 field(15, "withheld", &EvolutionConfigured::withheld),
                 field(16, "job_delay", &EvolutionConfigured::job_delay),
                 field(17, "latency_budget_ms", &EvolutionConfigured::latency_budget_ms)};
  friend bool operator==(const EvolutionConfigured&, const EvolutionConfigured&) = default;
};

}  // namespace ars::events
