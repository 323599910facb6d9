#include "model/torch/torch_trainer.hpp"

#include "model/torch/compile.hpp"
#include "model/torch/weights.hpp"
#include "test/model/torch/synthetic.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>

using namespace ars;
using namespace ars::model;

namespace {

TrainSpec spec_of(const Graph& graph, std::uint64_t seed = 7) {
  TrainSpec spec;
  spec.architecture = print_graph(graph);
  spec.seed = seed;
  spec.learning_rate = 0.02;
  spec.epochs = 4;
  spec.batch_rows = 128;
  spec.report_every_steps = 10;
  return spec;
}

TrainOutcome trained(const TrainSpec& spec, const std::vector<Example>& rows,
                     const std::vector<Example>& tested, const TrainObserver& observe = {}) {
  auto outcome = TorchTrainer(test::synthetic_columns(), {}).train(spec, rows, tested, observe);
  BOOST_REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : outcome.error().context));
  return std::move(outcome).value();
}

double auc_of(const Graph& graph) {
  const auto rows = test::synthetic_rows(8000, 1);
  const auto tested = test::synthetic_rows(1000, 2);
  TrainSpec spec = spec_of(graph);
  spec.learning_rate = 0.01;
  spec.epochs = 6;
  return test::pairwise_auc(trained(spec, rows, tested).test_scores, tested);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_torch_torch_trainer)

// In this world the dense value alone gives about .6, both groups together about .75, and the
// newest item adds the rest.
BOOST_AUTO_TEST_CASE(logistic_regression_learns_the_linear_part) {
  const double auc = auc_of(zoo::logistic_regression(test::synthetic_features()));
  BOOST_TEST_MESSAGE("AUC " << auc);
  BOOST_CHECK_GT(auc, 0.56);
}

BOOST_AUTO_TEST_CASE(deep_fm_learns_the_interaction) {
  const double lr = auc_of(zoo::logistic_regression(test::synthetic_features()));
  const double auc = auc_of(zoo::deep_fm(test::synthetic_features(), {.dim = 8, .dropout = 0.1}));
  BOOST_TEST_MESSAGE("AUC " << auc << " against " << lr);
  BOOST_CHECK_GT(auc, lr + 0.05);
}

BOOST_AUTO_TEST_CASE(sasrec_learns_from_the_newest_item) {
  const double lr = auc_of(zoo::logistic_regression(test::synthetic_features()));
  const double auc = auc_of(zoo::sasrec({{}, {"price"}}, {.dim = 16}));
  BOOST_TEST_MESSAGE("AUC " << auc << " against " << lr);
  BOOST_CHECK_GT(auc, lr + 0.05);
}

BOOST_AUTO_TEST_CASE(same_seed_gives_the_same_bytes_and_another_seed_does_not) {
  const auto rows = test::synthetic_rows(700, 1);
  const auto tested = test::synthetic_rows(50, 2);
  for (const Graph& graph : {zoo::deep_fm(test::synthetic_features(), {.dropout = 0.2}),
                             zoo::sasrec(test::synthetic_features(), {.dropout = 0.2})}) {
    const auto one = trained(spec_of(graph), rows, tested);
    const auto again = trained(spec_of(graph), rows, tested);
    const auto other = trained(spec_of(graph, 8), rows, tested);

    BOOST_CHECK(one.weights == again.weights);
    BOOST_CHECK(one.test_scores == again.test_scores);
    BOOST_CHECK(one.weights != other.weights);
  }
}

BOOST_AUTO_TEST_CASE(loss_falls_and_every_report_has_a_gradient) {
  std::vector<TrainStep> steps;
  const auto outcome =
      trained(spec_of(zoo::deep_fm(test::synthetic_features())), test::synthetic_rows(4000, 1),
              test::synthetic_rows(10, 2), [&](const TrainStep& step) { steps.push_back(step); });

  BOOST_CHECK_EQUAL(outcome.steps, 4u * 32);
  BOOST_REQUIRE_EQUAL(steps.size(), 13u);
  BOOST_CHECK_LT(steps.back().loss, steps.front().loss - 0.05);
  for (const TrainStep& step : steps)
    BOOST_CHECK_GT(step.gradient_norm, 1e-4);
}

BOOST_AUTO_TEST_CASE(optimizers_and_schedules_all_learn) {
  const auto rows = test::synthetic_rows(4000, 1);
  const auto tested = test::synthetic_rows(500, 2);
  for (const char* method : {"adam", "adagrad", "sgd"}) {
    Graph graph = zoo::logistic_regression(test::synthetic_features());
    graph.optimizer = {method, method, 1, 5};
    graph.schedule = {"cosine", 0.1, 0.05};
    TrainSpec spec = spec_of(graph);
    spec.learning_rate = std::string(method) == "sgd" ? 0.5 : 0.05;
    spec.weight_decay = 1e-4;
    const double auc = test::pairwise_auc(trained(spec, rows, tested).test_scores, tested);
    BOOST_TEST_MESSAGE(method << " AUC " << auc);
    BOOST_CHECK_GT(auc, 0.56);
  }
}

BOOST_AUTO_TEST_CASE(a_huge_rate_diverges_and_is_remedied) {
  Graph graph = zoo::deep_fm(test::synthetic_features());
  graph.optimizer.dense = "sgd";
  graph.optimizer.embedding = "sgd";
  TrainSpec spec = spec_of(graph);
  spec.learning_rate = 40;
  const auto rows = test::synthetic_rows(2000, 1);

  const auto outcome = trained(spec, rows, test::synthetic_rows(20, 2));

  BOOST_REQUIRE(!outcome.remedies.empty());
  BOOST_CHECK_LT(outcome.remedies.back().learning_rate, spec.learning_rate);
  for (const float score : outcome.test_scores)
    BOOST_CHECK(score >= 0 && score <= 1);
}

BOOST_AUTO_TEST_CASE(a_hopeless_rate_is_given_up_with_its_anomaly) {
  Graph graph = zoo::deep_fm(test::synthetic_features());
  graph.optimizer.dense = "sgd";
  graph.optimizer.embedding = "sgd";
  TrainSpec spec = spec_of(graph);
  spec.learning_rate = 1e30;

  const auto outcome =
      TorchTrainer(test::synthetic_columns(), {}).train(spec, test::synthetic_rows(500, 1), {}, {});

  BOOST_REQUIRE(!outcome.has_value());
  BOOST_CHECK(outcome.error().code == Errc::invalid);
  BOOST_CHECK(outcome.error().context.find("after 3 remedies") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(wrong_specs_and_rows_are_refused) {
  const TorchTrainer trainer(test::synthetic_columns(), {});
  const auto rows = test::synthetic_rows(20, 1);
  TrainSpec spec = spec_of(zoo::logistic_regression(test::synthetic_features()));
  const auto refused = [&](const TrainSpec& changed, const std::vector<Example>& given) {
    const auto outcome = trainer.train(changed, given, {}, {});
    return !outcome && outcome.error().code == Errc::invalid;
  };

  BOOST_CHECK(refused(spec, {}));
  auto narrow_rows = rows;
  narrow_rows[3].ids.pop_back();
  BOOST_CHECK(refused(spec, narrow_rows));
  auto changed = spec;
  changed.epochs = 0;
  BOOST_CHECK(refused(changed, rows));
  changed = spec;
  changed.learning_rate = -1;
  BOOST_CHECK(refused(changed, rows));
  changed = spec;
  changed.architecture = "{}";
  BOOST_CHECK(refused(changed, rows));
}

BOOST_AUTO_TEST_CASE(adding_a_block_leaves_other_initial_values_alone) {
  // One step at a vanishing rate keeps the initial values.
  const auto rows = test::synthetic_rows(64, 1);
  const auto initial = [&](const zoo::DeepFmOptions& options) {
    TrainSpec spec = spec_of(zoo::deep_fm(test::synthetic_features(), options));
    spec.learning_rate = 1e-30;
    spec.epochs = 1;
    const Plan plan = compile(spec.architecture, test::synthetic_columns()).value();
    const Weights weights = weights_from_bytes(plan, trained(spec, rows, {}).weights).value();
    std::map<std::string, std::vector<float>> out;
    for (std::size_t i = 0; i < plan.tables.size(); ++i) {
      const EmbeddingTable& table = weights.tables[i];
      for (std::uint32_t id = 1; id < 100; ++id) {
        const float* row = table.row(table.slot(id));
        out[plan.tables[i].path].insert(out[plan.tables[i].path].end(), row, row + table.dim());
      }
    }
    for (std::size_t i = 0; i < plan.parameters.size(); ++i) {
      out[plan.parameters[i].path] = weights.parameters[i];
    }
    return out;
  };
  const auto plain = initial({.dim = 4, .hidden = {8}});
  const auto more = initial({.dim = 4, .hidden = {8, 5}, .dropout = 0.3});

  std::size_t compared = 0;
  for (const auto& [path, values] : plain) {
    if (!more.contains(path) || more.at(path).size() != values.size()) continue;
    for (std::size_t i = 0; i < values.size(); ++i) {
      BOOST_CHECK_MESSAGE(std::abs(values[i] - more.at(path)[i]) < 1e-20F, path);
    }
    ++compared;
  }
  // Eight tables, the first layer with its bias, the head's and the output's bias.
  BOOST_CHECK_EQUAL(compared, 8u + 4);
}

BOOST_AUTO_TEST_SUITE_END()
