// How the system changes itself: proposals, training, evidence, canaries, verdicts, credit, tasks.
#pragma once

#include "events/composition.hpp"
#include "events/serving.hpp"

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

// One training arm to run.
struct TrainingArm {
  std::string label;  // base or variant
  std::uint64_t plan_version = 0;
  std::uint64_t seed = 0;
  RankerSetting ranker;
  static constexpr auto fields = std::tuple{
      field(0, "label", &TrainingArm::label), field(1, "plan_version", &TrainingArm::plan_version),
      field(2, "seed", &TrainingArm::seed), field(3, "ranker", &TrainingArm::ranker)};
  friend bool operator==(const TrainingArm&, const TrainingArm&) = default;
};

// Fact of AutoTrain: effects take it from here; the answer comes as TrainingFinished.
struct TrainingRequested {
  std::uint64_t job = 0;
  std::uint64_t variant = 0;
  std::vector<TrainingArm> arms;
  std::uint64_t rows_max = 0;
  std::uint64_t from_example = 0;
  std::uint64_t until_example = 0;  // interactions [from, until)
  double test_share = 0;            // the last share of the rows, by time, is the test part
  std::uint64_t interactions = 0;
  static constexpr std::uint32_t type_id = 403;
  static constexpr std::string_view name = "ars.training.requested";
  static constexpr auto fields =
      std::tuple{field(0, "job", &TrainingRequested::job),
                 field(1, "variant", &TrainingRequested::variant),
                 field(2, "arms", &TrainingRequested::arms),
                 field(3, "rows_max", &TrainingRequested::rows_max),
                 field(4, "from_example", &TrainingRequested::from_example),
                 field(5, "until_example", &TrainingRequested::until_example),
                 field(6, "test_share", &TrainingRequested::test_share),
                 field(7, "interactions", &TrainingRequested::interactions)};
  friend bool operator==(const TrainingRequested&, const TrainingRequested&) = default;
};

// Input: one report of a running job, cut by steps.
struct TrainingProgressed {
  std::uint64_t job = 0;
  std::uint64_t arm = 0;
  std::uint64_t step = 0;
  double loss = 0;
  double gradient_norm = 0;
  static constexpr std::uint32_t type_id = 404;
  static constexpr std::string_view name = "ars.training.progressed";
  static constexpr auto fields = std::tuple{
      field(0, "job", &TrainingProgressed::job), field(1, "arm", &TrainingProgressed::arm),
      field(2, "step", &TrainingProgressed::step), field(3, "loss", &TrainingProgressed::loss),
      field(4, "gradient_norm", &TrainingProgressed::gradient_norm)};
  friend bool operator==(const TrainingProgressed&, const TrainingProgressed&) = default;
};

// Input: a run diverged and was tried again with a remedy.
struct TrainingRemedied {
  std::uint64_t job = 0;
  std::uint64_t arm = 0;
  std::string anomaly;
  std::string remedy;
  double learning_rate = 0;
  static constexpr std::uint32_t type_id = 405;
  static constexpr std::string_view name = "ars.training.remedied";
  static constexpr auto fields =
      std::tuple{field(0, "job", &TrainingRemedied::job), field(1, "arm", &TrainingRemedied::arm),
                 field(2, "anomaly", &TrainingRemedied::anomaly),
                 field(3, "remedy", &TrainingRemedied::remedy),
                 field(4, "learning_rate", &TrainingRemedied::learning_rate)};
  friend bool operator==(const TrainingRemedied&, const TrainingRemedied&) = default;
};

struct SliceMetric {
  std::string slice;
  std::string metric;
  double value = 0;
  std::uint64_t rows = 0;
  static constexpr auto fields =
      std::tuple{field(0, "slice", &SliceMetric::slice), field(1, "metric", &SliceMetric::metric),
                 field(2, "value", &SliceMetric::value), field(3, "rows", &SliceMetric::rows)};
  friend bool operator==(const SliceMetric&, const SliceMetric&) = default;
};

struct ArmResult {
  std::string label;
  std::uint64_t seed = 0;
  Bytes32 weights{};
  std::vector<SliceMetric> metrics;
  std::vector<double> user_metric;  // per test user in the same order in each arm: GAUC parts
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  double cost = 0;  // by the cost model: rows times parameters
  static constexpr auto fields = std::tuple{field(0, "label", &ArmResult::label),
                                            field(1, "seed", &ArmResult::seed),
                                            field(2, "weights", &ArmResult::weights),
                                            field(3, "metrics", &ArmResult::metrics),
                                            field(4, "user_metric", &ArmResult::user_metric),
                                            field(5, "rows", &ArmResult::rows),
                                            field(6, "bytes", &ArmResult::bytes),
                                            field(7, "cost", &ArmResult::cost)};
  friend bool operator==(const ArmResult&, const ArmResult&) = default;
};

// Input: the job's result.
struct TrainingFinished {
  std::uint64_t job = 0;
  std::uint64_t variant = 0;
  bool ok = false;
  std::string failure;
  std::vector<ArmResult> arms;
  static constexpr std::uint32_t type_id = 406;
  static constexpr std::string_view name = "ars.training.finished";
  static constexpr auto fields = std::tuple{
      field(0, "job", &TrainingFinished::job), field(1, "variant", &TrainingFinished::variant),
      field(2, "ok", &TrainingFinished::ok), field(3, "failure", &TrainingFinished::failure),
      field(4, "arms", &TrainingFinished::arms)};
  friend bool operator==(const TrainingFinished&, const TrainingFinished&) = default;
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

// Fact of AutoPerf: the variant takes a share of requests, or answers all of them in shadow.
struct CanaryStarted {
  std::uint64_t experiment = 0;
  std::uint64_t variant = 0;
  std::uint64_t plan = 0;
  std::uint64_t control_plan = 0;
  double share = 0;
  double alpha = 0;
  double tau = 0;  // sd of the mixing prior, frozen here
  std::string metric;
  std::string guardrail;
  double guardrail_margin = 0;
  bool shadow_pairs = false;  // both arms answer every request; the test runs on the difference
  std::uint64_t clusters_min = 0;
  std::uint64_t requests_max = 0;
  double centre = 0;  // of rewards, frozen here: what the crossover difference is centred at
  static constexpr std::uint32_t type_id = 410;
  static constexpr std::string_view name = "ars.canary.started";
  static constexpr auto fields =
      std::tuple{field(0, "experiment", &CanaryStarted::experiment),
                 field(1, "variant", &CanaryStarted::variant),
                 field(2, "plan", &CanaryStarted::plan),
                 field(3, "control_plan", &CanaryStarted::control_plan),
                 field(4, "share", &CanaryStarted::share),
                 field(5, "alpha", &CanaryStarted::alpha),
                 field(6, "tau", &CanaryStarted::tau),
                 field(7, "metric", &CanaryStarted::metric),
                 field(8, "guardrail", &CanaryStarted::guardrail),
                 field(9, "guardrail_margin", &CanaryStarted::guardrail_margin),
                 field(10, "shadow_pairs", &CanaryStarted::shadow_pairs),
                 field(11, "clusters_min", &CanaryStarted::clusters_min),
                 field(12, "requests_max", &CanaryStarted::requests_max),
                 field(13, "centre", &CanaryStarted::centre)};
  friend bool operator==(const CanaryStarted&, const CanaryStarted&) = default;
};

// Fact of AutoPerf: one look of the sequential test.
struct CanaryLooked {
  std::uint64_t experiment = 0;
  std::uint64_t requests = 0;
  std::uint64_t clusters_control = 0;
  std::uint64_t clusters_variant = 0;
  double effect = 0;
  double low = 0;
  double high = 0;
  double p_value = 0;
  double guardrail_effect = 0;
  double guardrail_low = 0;
  double guardrail_high = 0;
  static constexpr std::uint32_t type_id = 411;
  static constexpr std::string_view name = "ars.canary.looked";
  static constexpr auto fields =
      std::tuple{field(0, "experiment", &CanaryLooked::experiment),
                 field(1, "requests", &CanaryLooked::requests),
                 field(2, "clusters_control", &CanaryLooked::clusters_control),
                 field(3, "clusters_variant", &CanaryLooked::clusters_variant),
                 field(4, "effect", &CanaryLooked::effect),
                 field(5, "low", &CanaryLooked::low),
                 field(6, "high", &CanaryLooked::high),
                 field(7, "p_value", &CanaryLooked::p_value),
                 field(8, "guardrail_effect", &CanaryLooked::guardrail_effect),
                 field(9, "guardrail_low", &CanaryLooked::guardrail_low),
                 field(10, "guardrail_high", &CanaryLooked::guardrail_high)};
  friend bool operator==(const CanaryLooked&, const CanaryLooked&) = default;
};

// Fact of AutoPerf.
struct GuardrailCrossed {
  std::uint64_t experiment = 0;
  std::uint64_t variant = 0;
  std::string guardrail;
  double effect = 0;
  double low = 0;
  double high = 0;
  static constexpr std::uint32_t type_id = 412;
  static constexpr std::string_view name = "ars.guardrail.crossed";
  static constexpr auto fields = std::tuple{field(0, "experiment", &GuardrailCrossed::experiment),
                                            field(1, "variant", &GuardrailCrossed::variant),
                                            field(2, "guardrail", &GuardrailCrossed::guardrail),
                                            field(3, "effect", &GuardrailCrossed::effect),
                                            field(4, "low", &GuardrailCrossed::low),
                                            field(5, "high", &GuardrailCrossed::high)};
  friend bool operator==(const GuardrailCrossed&, const GuardrailCrossed&) = default;
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

struct VariantPromoted {
  std::uint64_t variant = 0;
  std::uint64_t plan = 0;
  std::string reason;
  static constexpr std::uint32_t type_id = 414;
  static constexpr std::string_view name = "ars.variant.promoted";
  static constexpr auto fields = std::tuple{field(0, "variant", &VariantPromoted::variant),
                                            field(1, "plan", &VariantPromoted::plan),
                                            field(2, "reason", &VariantPromoted::reason)};
  friend bool operator==(const VariantPromoted&, const VariantPromoted&) = default;
};

struct VariantRolledBack {
  std::uint64_t variant = 0;
  std::uint64_t plan = 0;
  std::string reason;
  static constexpr std::uint32_t type_id = 415;
  static constexpr std::string_view name = "ars.variant.rolled_back";
  static constexpr auto fields = std::tuple{field(0, "variant", &VariantRolledBack::variant),
                                            field(1, "plan", &VariantRolledBack::plan),
                                            field(2, "reason", &VariantRolledBack::reason)};
  friend bool operator==(const VariantRolledBack&, const VariantRolledBack&) = default;
};

// Fact of the gate: the proposer's forecast against what came.
struct PredictionScored {
  std::uint64_t variant = 0;
  double observed = 0;
  double brier = 0;
  double crps = 0;
  static constexpr std::uint32_t type_id = 416;
  static constexpr std::string_view name = "ars.prediction.scored";
  static constexpr auto fields = std::tuple{field(0, "variant", &PredictionScored::variant),
                                            field(1, "observed", &PredictionScored::observed),
                                            field(2, "brier", &PredictionScored::brier),
                                            field(3, "crps", &PredictionScored::crps)};
  friend bool operator==(const PredictionScored&, const PredictionScored&) = default;
};

// Fact of knowledge: a failed idea, not tried again until its condition holds.
struct NegativeCaseRecorded {
  std::uint64_t variant = 0;
  Bytes32 idea{};
  std::string reason;
  std::uint64_t retry_after_interactions = 0;
  static constexpr std::uint32_t type_id = 417;
  static constexpr std::string_view name = "ars.negative_case.recorded";
  static constexpr auto fields = std::tuple{
      field(0, "variant", &NegativeCaseRecorded::variant),
      field(1, "idea", &NegativeCaseRecorded::idea),
      field(2, "reason", &NegativeCaseRecorded::reason),
      field(3, "retry_after_interactions", &NegativeCaseRecorded::retry_after_interactions)};
  friend bool operator==(const NegativeCaseRecorded&, const NegativeCaseRecorded&) = default;
};

// Fact of AutoTrain: a search over a decision space.
struct StudyStarted {
  std::uint64_t study = 0;
  std::string space;
  std::string method;
  static constexpr std::uint32_t type_id = 418;
  static constexpr std::string_view name = "ars.study.started";
  static constexpr auto fields =
      std::tuple{field(0, "study", &StudyStarted::study), field(1, "space", &StudyStarted::space),
                 field(2, "method", &StudyStarted::method)};
  friend bool operator==(const StudyStarted&, const StudyStarted&) = default;
};

struct TrialSuggested {
  std::uint64_t study = 0;
  std::uint64_t trial = 0;
  std::vector<double> point;
  static constexpr std::uint32_t type_id = 419;
  static constexpr std::string_view name = "ars.trial.suggested";
  static constexpr auto fields = std::tuple{field(0, "study", &TrialSuggested::study),
                                            field(1, "trial", &TrialSuggested::trial),
                                            field(2, "point", &TrialSuggested::point)};
  friend bool operator==(const TrialSuggested&, const TrialSuggested&) = default;
};

struct TrialCompleted {
  std::uint64_t study = 0;
  std::uint64_t trial = 0;
  std::vector<double> point;
  double value = 0;
  std::string status;
  static constexpr std::uint32_t type_id = 420;
  static constexpr std::string_view name = "ars.trial.completed";
  static constexpr auto fields = std::tuple{
      field(0, "study", &TrialCompleted::study), field(1, "trial", &TrialCompleted::trial),
      field(2, "point", &TrialCompleted::point), field(3, "value", &TrialCompleted::value),
      field(4, "status", &TrialCompleted::status)};
  friend bool operator==(const TrialCompleted&, const TrialCompleted&) = default;
};

// Fact of AutoPerf: a serving setting changes from the next batch on.
struct ServingSettingChanged {
  std::string setting;
  double before = 0;
  double after = 0;
  std::string reason;
  static constexpr std::uint32_t type_id = 421;
  static constexpr std::string_view name = "ars.serving_setting.changed";
  static constexpr auto fields = std::tuple{field(0, "setting", &ServingSettingChanged::setting),
                                            field(1, "before", &ServingSettingChanged::before),
                                            field(2, "after", &ServingSettingChanged::after),
                                            field(3, "reason", &ServingSettingChanged::reason)};
  friend bool operator==(const ServingSettingChanged&, const ServingSettingChanged&) = default;
};

// Fact of knowledge: difference reward of an agent over a window of logged requests.
struct CreditAssigned {
  std::string agent;
  std::string method;
  std::string objective;
  double estimate = 0;
  double standard_error = 0;
  std::uint64_t requests = 0;
  std::uint64_t window = 0;
  static constexpr std::uint32_t type_id = 422;
  static constexpr std::string_view name = "ars.credit.assigned";
  static constexpr auto fields =
      std::tuple{field(0, "agent", &CreditAssigned::agent),
                 field(1, "method", &CreditAssigned::method),
                 field(2, "objective", &CreditAssigned::objective),
                 field(3, "estimate", &CreditAssigned::estimate),
                 field(4, "standard_error", &CreditAssigned::standard_error),
                 field(5, "requests", &CreditAssigned::requests),
                 field(6, "window", &CreditAssigned::window)};
  friend bool operator==(const CreditAssigned&, const CreditAssigned&) = default;
};

// Fact of the coordinator: which loop to feed next, and the draws that chose it.
struct StepChosen {
  std::string arm;
  std::uint64_t variant = 0;  // the number that a proposal of this step takes
  std::vector<std::string> arms;
  std::vector<double> draws;
  std::string reason;
  std::uint64_t interactions = 0;
  static constexpr std::uint32_t type_id = 423;
  static constexpr std::string_view name = "ars.step.chosen";
  static constexpr auto fields = std::tuple{
      field(0, "arm", &StepChosen::arm),       field(1, "variant", &StepChosen::variant),
      field(2, "arms", &StepChosen::arms),     field(3, "draws", &StepChosen::draws),
      field(4, "reason", &StepChosen::reason), field(5, "interactions", &StepChosen::interactions)};
  friend bool operator==(const StepChosen&, const StepChosen&) = default;
};

// Fact of the coordinator: a task graph as data.
struct TaskNode {
  std::string id;
  std::string run;
  std::vector<std::string> after;
  static constexpr auto fields =
      std::tuple{field(0, "id", &TaskNode::id), field(1, "run", &TaskNode::run),
                 field(2, "after", &TaskNode::after)};
  friend bool operator==(const TaskNode&, const TaskNode&) = default;
};

struct TaskGraphStarted {
  std::uint64_t graph = 0;
  std::string goal;
  std::uint64_t variant = 0;
  std::vector<TaskNode> nodes;
  static constexpr std::uint32_t type_id = 424;
  static constexpr std::string_view name = "ars.task_graph.started";
  static constexpr auto fields = std::tuple{
      field(0, "graph", &TaskGraphStarted::graph), field(1, "goal", &TaskGraphStarted::goal),
      field(2, "variant", &TaskGraphStarted::variant), field(3, "nodes", &TaskGraphStarted::nodes)};
  friend bool operator==(const TaskGraphStarted&, const TaskGraphStarted&) = default;
};

enum class TaskState : std::uint8_t {
  pending = 0,
  ready = 1,
  running = 2,
  succeeded = 3,
  failed = 4,
  skipped = 5,
  waiting = 6
};

struct TaskNodeChanged {
  std::uint64_t graph = 0;
  std::string node;
  TaskState state;
  std::string sentence;
  static constexpr std::uint32_t type_id = 425;
  static constexpr std::string_view name = "ars.task_node.changed";
  static constexpr auto fields = std::tuple{
      field(0, "graph", &TaskNodeChanged::graph), field(1, "node", &TaskNodeChanged::node),
      field(2, "state", &TaskNodeChanged::state), field(3, "sentence", &TaskNodeChanged::sentence)};
  friend bool operator==(const TaskNodeChanged&, const TaskNodeChanged&) = default;
};

// Fact of AutoFeature: measured marginal gain of a feature.
struct FeatureMeasured {
  std::string feature;
  bool in_plan = false;
  double gain = 0;
  std::string decision;
  static constexpr std::uint32_t type_id = 426;
  static constexpr std::string_view name = "ars.feature.measured";
  static constexpr auto fields = std::tuple{field(0, "feature", &FeatureMeasured::feature),
                                            field(1, "in_plan", &FeatureMeasured::in_plan),
                                            field(2, "gain", &FeatureMeasured::gain),
                                            field(3, "decision", &FeatureMeasured::decision)};
  friend bool operator==(const FeatureMeasured&, const FeatureMeasured&) = default;
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
