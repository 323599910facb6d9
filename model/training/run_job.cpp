#include "model/training/run_job.hpp"

#include "events/base/check.hpp"
#include "events/base/hash.hpp"
#include "events/base/narrow.hpp"
#include "model/evaluation/slices.hpp"
#include "model/features/screening.hpp"
#include "model/ir/cost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace ars::model {

namespace {

// Columns of the test rows as the metrics take them.
struct TestRows {
  std::vector<float> labels;
  std::vector<std::uint64_t> users;
};

TestRows columns_of(const std::vector<Example>& rows) {
  TestRows out;
  for (const Example& row : rows) {
    out.labels.push_back(row.label);
    out.users.push_back(row.user);
  }
  return out;
}

// The test rows by what training saw of their users, and of their items where there is a column of
// them.
std::vector<SliceRows> slices_of(const Split& split, const Columns& columns) {
  std::map<std::uint64_t, std::uint64_t> by_user;
  for (const Example& row : split.train)
    ++by_user[row.user];
  std::vector<std::string> names;
  for (const Example& row : split.test) {
    const auto seen = by_user.find(row.user);
    names.emplace_back(user_slice(seen == by_user.end() ? 0 : seen->second));
  }
  auto out = rows_by_slice(names);
  const auto column = find_column(columns.ids, "item");
  if (!column.has_value()) return out;
  const auto vocabulary = columns.ids[*column].vocabulary;
  const auto item_of = [&](const Example& row) { return wrap_id(row.ids[*column], vocabulary); };
  std::vector<std::uint64_t> counts(vocabulary, 0);
  for (const Example& row : split.train)
    ++counts[item_of(row)];
  const auto by_item = item_slices(counts);
  for (std::size_t i = 0; i < split.test.size(); ++i)
    names[i] = by_item[item_of(split.test[i])];
  for (auto& slice : rows_by_slice(names))
    out.push_back(std::move(slice));
  return out;
}

std::vector<TrainMetric> metrics_of(const TestRows& rows, const std::vector<float>& scores,
                                    const std::vector<SliceRows>& slices) {
  std::vector<TrainMetric> out;
  for (const auto& measured : measure_slices(scores, rows.labels, rows.users, slices)) {
    out.push_back({measured.slice, "auc", measured.auc, measured.rows});
    out.push_back({measured.slice, "gauc", measured.gauc, measured.gauc_rows});
    out.push_back({measured.slice, "logloss", measured.logloss, measured.rows});
    out.push_back({measured.slice, "ece", measured.ece, measured.rows});
  }
  return out;
}

// What the first arm, which is the base or the only one, leaves for other features to explain.
void add_screening(const std::vector<Example>& rows, const std::vector<float>& scores,
                   std::vector<TrainMetric>& metrics) {
  for (const auto& each : screen_features(rows, scores))
    metrics.push_back({"all", screening_metric(each.feature), each.gain, rows.size()});
}

Result<double> cost_of_arm(const TrainArm& arm, const Columns& columns, std::uint64_t rows) {
  ARS_TRY(const Graph graph, parse_graph(arm.spec.architecture));
  ARS_TRY(const CheckedGraph checked, infer_shapes(graph, columns));
  return training_cost(cost_of(checked, columns), rows, arm.spec.epochs);
}

}  // namespace

UserMetric user_log_likelihood(const std::vector<Example>& rows, const std::vector<float>& scores) {
  ARS_CHECK(rows.size() == scores.size(), "{} rows, {} scores", rows.size(), scores.size());
  struct Sum {
    double value = 0;
    std::uint64_t rows = 0;
  };
  constexpr double edge = 0x1.0p-52;
  std::map<std::uint64_t, Sum> sums;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double p = std::clamp(double{scores[i]}, edge, 1 - edge);
    const double y = double{rows[i].label};
    Sum& sum = sums[rows[i].user];
    sum.value += y * std::log(p) + (1 - y) * std::log1p(-p);
    ++sum.rows;
  }
  UserMetric out;
  for (const auto& [user, sum] : sums) {
    out.users.push_back(user);
    out.values.push_back(sum.value / to_double(sum.rows));
  }
  return out;
}

Result<TrainJobResult> run_job(const TrainJob& job, const Split& split, const Trainer& trainer,
                               const JobSinks& sinks) {
  TrainJobResult result;
  result.job = job.job;
  const TestRows test = columns_of(split.test);
  const auto slices = slices_of(split, job.columns);
  for (std::size_t i = 0; i < job.arms.size(); ++i) {
    const TrainArm& arm = job.arms[i];
    sinks.report({i, {}, {}, "train"});
    const auto observe = [&](const TrainStep& step) { sinks.report({i, step, {}, {}}); };
    auto trained = trainer.train(arm.spec, split.train, split.test, observe);
    if (!trained) {
      result.failure = fmt::format("arm {} ({}): {}", i, arm.label, trained.error().context);
      return result;
    }
    const TrainOutcome& outcome = trained.assume_value();
    for (const TrainRemedy& remedy : outcome.remedies)
      sinks.report({i, {}, remedy, {}});
    sinks.report({i, {}, {}, "measure"});
    ARS_TRY(sinks.weights(i, outcome.weights));
    UserMetric users = user_log_likelihood(split.test, outcome.test_scores);
    ArmOutcome out;
    out.label = arm.label;
    out.seed = arm.spec.seed;
    out.weights_sha256 = sha256(outcome.weights);
    out.metrics = metrics_of(test, outcome.test_scores, slices);
    if (i == 0) add_screening(split.test, outcome.test_scores, out.metrics);
    out.user_metric = std::move(users.values);
    out.rows = split.train.size();
    out.test_rows = split.test.size();
    out.steps = outcome.steps;
    out.parameters = outcome.parameters;
    out.bytes = outcome.weights.size();
    ARS_TRY(out.cost, cost_of_arm(arm, job.columns, out.rows));
    out.remedies = outcome.remedies;
    result.users = std::move(users.users);
    result.arms.push_back(std::move(out));
  }
  return result;
}

}  // namespace ars::model
