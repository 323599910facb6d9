#include "model/ir/shape.hpp"

#include "model/ir/block.hpp"
#include "model/ir/zoo.hpp"
#include "test/model/ir/programs.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::model;

namespace {

Result<CheckedGraph> checked(const std::string& nodes) {
  ARS_TRY(const Graph graph, parse_graph(test::program(nodes)));
  return infer_shapes(graph, test::small_columns());
}

std::string error_of(const std::string& nodes) {
  const auto graph = checked(nodes);
  return graph ? "accepted" : graph.error().context;
}

const std::string embedding =
    R"({"id":"e","op":"embedding","attrs":{"columns":["item","user"],"dim":8}},)";
const std::string sequence = R"({"id":"s","op":"sequence_embedding","attrs":{"dim":6}},)";
const std::string end = R"({"id":"p","op":"sigmoid","in":["x"]})";

}  // namespace

BOOST_AUTO_TEST_SUITE(model_ir_shape)

BOOST_AUTO_TEST_CASE(shapes_of_known_programs_are_inferred) {
  const auto graph =
      infer_shapes(zoo::sasrec({{"user"}, {"age"}}, {.dim = 6, .heads = 2}), test::small_columns());

  BOOST_REQUIRE_MESSAGE(graph.has_value(), (graph ? "" : graph.error().context));
  bool saw_attention = false;
  for (const CheckedNode& at : graph.value().nodes) {
    if (at.node.op == "sdpa") {
      saw_attention = true;
      BOOST_CHECK_EQUAL(to_string(at.shape), "(B, T, 6)");
      BOOST_CHECK(at.level == Level::request);
    }
    if (at.node.op == "dot") {
      BOOST_CHECK_EQUAL(to_string(at.shape), "(B, 1)");
      BOOST_CHECK(at.level == Level::row);
    }
  }
  BOOST_CHECK(saw_attention);
  BOOST_CHECK_EQUAL(graph.value().nodes.back().node.op, "sigmoid");
}

BOOST_AUTO_TEST_CASE(misfits_name_node_place_expected_and_found) {
  BOOST_CHECK_EQUAL(
      error_of(embedding + R"({"id":"x","op":"fc","in":["e"],"attrs":{"units":1}},)" + end),
      "node 'p' (sigmoid): in[0]: expected (B, 1), found (B, 2, 1)");
  BOOST_CHECK_EQUAL(error_of(sequence + R"({"id":"x","op":"fm","in":["s"]},)" + end),
                    "node 'x' (fm): in[0]: expected (B, F, n), found (B, T, 6)");
  BOOST_CHECK_EQUAL(error_of(embedding + sequence + R"({"id":"l","op":"last","in":["s"]},
               {"id":"c","op":"concat","in":["e"]},{"id":"x","op":"dot","in":["l","c"]},)" +
                             end),
                    "node 'x' (dot): in[1]: expected (B, 6), found (B, 16)");
  BOOST_CHECK_EQUAL(
      error_of(sequence + R"({"id":"x","op":"sdpa","in":["s","s","s"],"attrs":{"heads":4}},)" +
               end),
      "node 'x' (sdpa): heads: expected a divisor of 6, found 4");
  BOOST_CHECK_EQUAL(error_of(sequence + R"({"id":"x","op":"concat","in":["s"]},)" + end),
                    "node 'x' (concat): in[0]: expected (B, numbers), found (B, T, 6)");
}

BOOST_AUTO_TEST_CASE(names_that_do_not_exist_are_refused) {
  BOOST_CHECK_EQUAL(error_of(R"({"id":"x","op":"linear","attrs":{"columns":["label"]}},)" + end),
                    "node 'x' (linear): columns: expected names of categorical columns, "
                    "found 'label'");
  BOOST_CHECK_EQUAL(error_of(R"({"id":"x","op":"dense","attrs":{"columns":["item"]}},)" + end),
                    "node 'x' (dense): columns: expected names of dense columns, found 'item'");
  BOOST_CHECK_EQUAL(error_of(end), "node 'p' (sigmoid): in: expected a node, found 'x'");
  BOOST_CHECK_EQUAL(error_of(R"({"id":"x","op":"conv"},)" + end), "node 'x': no such block 'conv'");
  BOOST_CHECK_EQUAL(error_of(test::lr_nodes() + "," + test::lr_nodes()), "node 'w' stands twice");
}

BOOST_AUTO_TEST_CASE(attributes_are_checked) {
  const auto fc = [](const std::string& attributes) {
    return error_of(embedding + R"({"id":"x","op":"fc","in":["e"],"attrs":)" + attributes + "}," +
                    end);
  };
  BOOST_CHECK_EQUAL(fc(R"({"units":0})"),
                    "node 'x' (fc): units: expected a number in [1, 8192], found 0");
  BOOST_CHECK_EQUAL(fc(R"({"units":2.5})"), "node 'x' (fc): units: expected an integer, found 2.5");
  BOOST_CHECK_EQUAL(fc("{}"), "node 'x' (fc): units: expected a value, found nothing");
  BOOST_CHECK_EQUAL(fc(R"({"units":2,"unit":2})"), "node 'x' (fc): unknown attribute 'unit'");
  BOOST_CHECK_EQUAL(
      fc(R"({"units":2,"activation":"gelu"})"),
      "node 'x' (fc): activation: expected none|relu|tanh|sigmoid|silu, found 'gelu'");
  BOOST_CHECK_EQUAL(error_of(R"({"id":"x","op":"add","in":["x"]},)" + end),
                    "node 'x' (add): in: expected 2 to 64 inputs, found 1");
  BOOST_CHECK_EQUAL(
      error_of(R"({"id":"x","op":"dense","attrs":{"columns":["age","price"],"mean":[1]}},)" + end),
      "node 'x' (dense): mean: expected 2 numbers, one per column, found 1");
}

BOOST_AUTO_TEST_CASE(cycles_are_refused) {
  BOOST_CHECK_EQUAL(error_of(R"({"id":"a","op":"dropout","in":["x"]},
                                {"id":"x","op":"dropout","in":["a"]},)" +
                             end),
                    "node 'a' (dropout): in: expected no cycle, found 'x' which depends on it");
}

BOOST_AUTO_TEST_CASE(shared_tables_must_agree) {
  BOOST_CHECK_EQUAL(
      error_of(R"({"id":"s","op":"sequence_embedding","attrs":{"dim":6,"table":"t"}},
                  {"id":"e","op":"embedding","attrs":{"columns":["user"],"dim":6,"table":"t"}},
                  {"id":"l","op":"last","in":["s"]},{"id":"c","op":"concat","in":["e"]},
                  {"id":"x","op":"dot","in":["l","c"]},)" +
               end),
      "node 'e' (embedding): table 't': expected 100 x 6 at init_scale 0.05 as in 's', "
      "found 50 x 6 at 0.05");
}

BOOST_AUTO_TEST_CASE(output_must_be_a_sigmoid_and_sigmoids_only_outputs) {
  BOOST_CHECK_EQUAL(error_of(R"({"id":"p","op":"linear","attrs":{"columns":["item"]}})"),
                    "node 'p' (linear): output: expected a sigmoid node, found linear");
  BOOST_CHECK_EQUAL(error_of(R"({"id":"w","op":"linear","attrs":{"columns":["item"]}},
                                {"id":"x","op":"sigmoid","in":["w"]},)" +
                             end),
                    "node 'p' (sigmoid): in: expected a node before the output, found 'x'");
}

BOOST_AUTO_TEST_CASE(training_settings_are_checked) {
  Graph graph = zoo::logistic_regression({{"item"}, {}});
  graph.optimizer.dense = "lamb";
  const auto refused = infer_shapes(graph, test::small_columns());
  BOOST_REQUIRE(!refused.has_value());
  BOOST_CHECK_EQUAL(refused.error().context, "optimizer.dense: no such choice 'lamb'");
}

BOOST_AUTO_TEST_CASE(every_block_has_a_shape_rule) {
  for (const BlockSpec& block : blocks()) {
    BOOST_TEST_CONTEXT(block.op) {
      BOOST_CHECK(find_block(block.op) == &block);
      BOOST_CHECK(!block.summary.empty());
      BOOST_CHECK_LE(block.inputs_min, block.inputs_max);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
