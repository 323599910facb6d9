// How models are trained and searched for: jobs, their reports and results, studies and trials.
#pragma once

#include "events/composition.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ars::events {

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

}  // namespace ars::events
