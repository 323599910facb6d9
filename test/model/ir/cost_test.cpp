#include "model/ir/cost.hpp"

#include "model/ir/zoo.hpp"
#include "test/model/ir/programs.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::model;

namespace {

Cost cost(const Graph& graph) {
  const auto checked = infer_shapes(graph, test::small_columns());
  BOOST_REQUIRE_MESSAGE(checked.has_value(), (checked ? "" : checked.error().context));
  return cost_of(checked.value(), test::small_columns());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_ir_cost)

BOOST_AUTO_TEST_CASE(parameters_are_counted_exactly) {
  // 100 + 50 weights, one dense weight, one bias.
  BOOST_CHECK_EQUAL(cost(zoo::logistic_regression({{"item", "user"}, {"age"}})).parameters, 152u);
  // First order 150, tables 150 x 4, network (8 + 1 -> 3 -> 1) and the output's bias.
  const Cost deep = cost(zoo::deep_fm({{"item", "user"}, {"age"}}, {.dim = 4, .hidden = {3}}));
  BOOST_CHECK_EQUAL(deep.parameters, 150u + 600 + (9 * 3 + 3) + (3 + 1) + 1);
  BOOST_CHECK_EQUAL(deep.dense_parameters, (9u * 3 + 3) + (3 + 1) + 1);
}

BOOST_AUTO_TEST_CASE(a_shared_table_counts_once) {
  const auto apart = [] {
    Graph graph = zoo::sasrec({{}, {}}, {.dim = 8});
    for (Node& node : graph.nodes)
      node.attributes.erase("table");
    return graph;
  }();
  BOOST_CHECK_EQUAL(cost(apart).parameters - cost(zoo::sasrec({{}, {}}, {.dim = 8})).parameters,
                    100u * 8);
}

BOOST_AUTO_TEST_CASE(sequence_work_is_charged_to_the_request) {
  const Cost one = cost(zoo::sasrec({{}, {}}, {.blocks = 1}));
  const Cost two = cost(zoo::sasrec({{}, {}}, {.blocks = 2}));
  BOOST_CHECK_EQUAL(one.flops_per_row, two.flops_per_row);
  BOOST_CHECK_GT(two.flops_per_request, 1.8 * one.flops_per_request);
}

BOOST_AUTO_TEST_CASE(training_cost_grows_with_rows_and_epochs) {
  const Cost lr = cost(zoo::logistic_regression({{"item"}, {}}));
  BOOST_CHECK_CLOSE(training_cost(lr, 200, 3), 6 * training_cost(lr, 100, 1), 1e-9);
}

BOOST_AUTO_TEST_CASE(caps_refuse_what_is_too_large) {
  Cost large = cost(zoo::logistic_regression({{"item"}, {}}));
  BOOST_CHECK(check_caps(large).has_value());
  large.parameters = 1'000'000'000;
  const auto refused = check_caps(large);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_CHECK_EQUAL(refused.error().context, "parameters 1000000000 is above the cap of 256000000");
}

BOOST_AUTO_TEST_SUITE_END()
