#include "model/training/job.hpp"

#include "events/base/narrow.hpp"
#include "model/training/run_job.hpp"
#include "test/model/torch/synthetic.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

using namespace ars;
using namespace ars::model;

namespace {

TrainJob sample_job() {
  TrainJob job;
  job.job = 18446744073709551615u;
  job.columns = test::synthetic_columns();
  job.rows_sha256[3] = 0xab;
  job.test_share = 0.3;
  TrainSpec spec;
  spec.architecture = print_graph(zoo::logistic_regression(test::synthetic_features()));
  spec.seed = 9876543210987654321u;
  spec.learning_rate = 0.1;
  job.arms = {{"base", spec}, {"variant", spec}};
  job.arms[1].spec.epochs = 2;
  return job;
}

// Answers what it is told to; its scores are the labels, softened.
class ScriptedTrainer final : public Trainer {
 public:
  explicit ScriptedTrainer(std::uint64_t failing_seed) : failing_seed_(failing_seed) {}

  Result<TrainOutcome> train(const TrainSpec& spec, const std::vector<Example>& rows,
                             const std::vector<Example>& tested,
                             const TrainObserver& observe) const override {
    if (spec.seed == failing_seed_) return fail(Errc::invalid, "it diverged");
    observe({1, 0.5, 0.25});
    TrainOutcome out;
    out.weights = {1, 2, 3};
    out.steps = rows.size();
    out.remedies = {{"gradient_explodes", "lower", 0.01}};
    for (const Example& row : tested)
      out.test_scores.push_back(row.label > 0.5F ? 0.75F : 0.25F);
    return out;
  }

 private:
  std::uint64_t failing_seed_;
};

double rows_of(const ArmOutcome& arm, std::string_view slice) {
  for (const auto& metric : arm.metrics) {
    if (metric.slice == slice && metric.name == "logloss") return to_double(metric.rows);
  }
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_training_job)

BOOST_AUTO_TEST_CASE(jobs_survive_their_text) {
  const TrainJob job = sample_job();

  const auto read = parse_job(print_job(job));

  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().context));
  BOOST_CHECK_EQUAL(read.value().job, job.job);
  BOOST_CHECK(read.value().columns == job.columns);
  BOOST_CHECK(read.value().rows_sha256 == job.rows_sha256);
  BOOST_CHECK_EQUAL(read.value().arms[1].spec.seed, job.arms[1].spec.seed);
  BOOST_CHECK_EQUAL(read.value().arms[1].spec.epochs, 2u);
  BOOST_CHECK_EQUAL(print_job(read.value()), print_job(job));
}

BOOST_AUTO_TEST_CASE(malformed_jobs_are_refused_by_name) {
  const auto error = [](std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    const auto read = parse_job(text);
    return read ? std::string("accepted") : read.error().context;
  };
  const std::string text = print_job(sample_job());
  BOOST_CHECK_EQUAL(error(text, "\"threads\":2", "\"threads\":0"), "job.threads: expected 1 to 64");
  BOOST_CHECK_EQUAL(error(text, "\"threads\":2", "\"threads\":2,\"thread\":2"),
                    "job: unknown key 'thread'");
  BOOST_CHECK_EQUAL(error(text, "\"epochs\":1", "\"epochs\":-1"),
                    "arms.epochs: expected a whole number in range");
  BOOST_CHECK_EQUAL(error(text, "\"vocabulary\":4096", "\"vocabulary\":1"),
                    "column 'user': vocabulary 1 is not in [2, 268435456]");
  BOOST_CHECK_EQUAL(error(text, "\"label\":\"base\",", ""), "arms: no 'label'");
  BOOST_CHECK_EQUAL(error(text, "{", "["), "job: not a JSON object");
}

BOOST_AUTO_TEST_CASE(reports_survive_their_line) {
  for (const TrainReport& report :
       {TrainReport{3, TrainStep{50, 0.6931, 1.25e-3}, {}, {}},
        TrainReport{1, {}, TrainRemedy{"loss_not_finite", "again", 0.03}, {}},
        TrainReport{0, {}, {}, "rows"}}) {
    const auto read = parse_report(print_report(report));
    BOOST_REQUIRE(read.has_value());
    BOOST_CHECK_EQUAL(print_report(read.value()), print_report(report));
    BOOST_CHECK_EQUAL(read.value().step.has_value(), report.step.has_value());
  }
  BOOST_CHECK_EQUAL(print_report({3, TrainStep{50, 0.5, 2}, {}, {}}),
                    R"({"arm":3,"gradient_norm":2.0,"loss":0.5,"step":50})");
  BOOST_CHECK(!parse_report("training…").has_value());
}

BOOST_AUTO_TEST_CASE(every_arm_is_measured_on_the_same_users) {
  const TrainJob job = sample_job();
  const Split split{test::synthetic_rows(60, 1), test::synthetic_rows(40, 2)};
  std::vector<TrainReport> reports;
  std::size_t kept = 0;

  const auto result = run_job(job, split, ScriptedTrainer(0),
                              {[&](const TrainReport& report) { reports.push_back(report); },
                               [&](std::size_t, const std::vector<std::uint8_t>&) -> Result<void> {
                                 ++kept;
                                 return success();
                               }});

  BOOST_REQUIRE(result.has_value());
  BOOST_CHECK_EQUAL(result.value().failure, "");
  BOOST_CHECK_EQUAL(kept, 2u);
  BOOST_REQUIRE_EQUAL(result.value().arms.size(), 2u);
  const ArmOutcome& arm = result.value().arms[1];
  BOOST_CHECK_EQUAL(arm.user_metric.size(), result.value().users.size());
  BOOST_CHECK(std::is_sorted(result.value().users.begin(), result.value().users.end()));
  for (const double value : arm.user_metric)
    BOOST_CHECK_CLOSE(value, std::log(0.75), 1e-6);
  std::map<std::uint64_t, int> trained;
  for (const auto& row : split.train)
    ++trained[row.user];
  const auto unknown = std::count_if(split.test.begin(), split.test.end(),
                                     [&](const auto& row) { return !trained.contains(row.user); });
  BOOST_CHECK_GT(unknown, 0);
  BOOST_CHECK_EQUAL(rows_of(arm, "new_users"), static_cast<double>(unknown));
  BOOST_CHECK_EQUAL(rows_of(arm, "light_users"), static_cast<double>(40 - unknown));
  const auto items =
      rows_of(arm, "head_items") + rows_of(arm, "middle_items") + rows_of(arm, "tail_items");
  BOOST_CHECK_EQUAL(items, 40);
  BOOST_CHECK_GT(rows_of(arm, "head_items"), 0);
  BOOST_CHECK_EQUAL(arm.metrics[0].name, "auc");
  BOOST_CHECK_EQUAL(*arm.metrics[0].value, 1);
  BOOST_CHECK_EQUAL(arm.rows, 60u);
  BOOST_CHECK_CLOSE(arm.cost, 2 * result.value().arms[0].cost, 1e-9);
  BOOST_CHECK(reports[1].step.has_value() && reports[2].remedy.has_value());
  const auto text = print_result(result.value());
  BOOST_CHECK_EQUAL(print_result(parse_result(text).value()), text);
}

BOOST_AUTO_TEST_CASE(an_arm_that_fails_ends_the_job_with_its_name) {
  TrainJob job = sample_job();
  job.arms[1].spec.seed = 13;
  const Split split{test::synthetic_rows(60, 1), test::synthetic_rows(40, 2)};

  const auto result = run_job(
      job, split, ScriptedTrainer(13),
      {[](const TrainReport&) {},
       [](std::size_t, const std::vector<std::uint8_t>&) -> Result<void> { return success(); }});

  BOOST_REQUIRE(result.has_value());
  BOOST_CHECK_EQUAL(result.value().failure, "arm 1 (variant): it diverged");
  BOOST_CHECK_EQUAL(result.value().arms.size(), 1u);
}

BOOST_AUTO_TEST_SUITE_END()
