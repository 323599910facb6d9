#include "model/ir/canonical.hpp"

#include "events/base/prng.hpp"
#include "model/ir/zoo.hpp"
#include "test/model/ir/programs.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace ars;
using namespace ars::model;

namespace {

Bytes32 genome(const Graph& graph) {
  const auto hash = genome_of(graph);
  BOOST_REQUIRE_MESSAGE(hash.has_value(), (hash ? "" : hash.error().context));
  return hash.value();
}

Bytes32 genome(const std::string& text) {
  const auto graph = parse_graph(text);
  BOOST_REQUIRE_MESSAGE(graph.has_value(), (graph ? "" : graph.error().context));
  return genome(graph.value());
}

std::vector<Graph> programs() {
  const zoo::FeatureNames features{{"item", "user"}, {"age", "price"}};
  return {zoo::logistic_regression(features), zoo::deep_fm(features, {.dropout = 0.2}),
          zoo::sasrec(features, {.blocks = 2, .heads = 2, .dropout = 0.1})};
}

// The same program with other names, in another order, with commutative inputs turned round.
Graph disguised(const Graph& graph, std::uint64_t seed) {
  Philox rng(seed, 5);
  Graph out = graph;
  std::map<std::string, std::string> names;
  for (const Node& node : graph.nodes)
    names[node.id] = "x" + std::to_string(rng.next_u64());
  for (Node& node : out.nodes) {
    node.id = names[node.id];
    for (auto& input : node.inputs)
      input = names[input];
    if (node.op == "add" || node.op == "mul" || node.op == "dot") rng.shuffle(node.inputs);
    const auto table = node.attributes.find("table");
    if (table != node.attributes.end()) table->second = std::string("renamed");
  }
  out.output = names[graph.output];
  rng.shuffle(out.nodes);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_ir_canonical)

BOOST_AUTO_TEST_CASE(names_and_order_do_not_change_the_genome) {
  for (const Graph& graph : programs()) {
    const auto text = canonical_json(graph).value();
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      BOOST_CHECK_EQUAL(canonical_json(disguised(graph, seed)).value(), text);
    }
  }
}

BOOST_AUTO_TEST_CASE(key_order_and_blanks_do_not_change_the_genome) {
  const auto one = genome(test::program(test::lr_nodes()));
  const auto other = genome(
      R"(  {"nodes" : [ {"in":["w"],"op":"sigmoid","id":"p"},
           {"attrs":{"columns":["item","user"]}, "op":"linear", "id":"w"} ],
           "output":"p", "version": 1}  )");
  BOOST_CHECK(one == other);
}

BOOST_AUTO_TEST_CASE(dead_nodes_do_not_change_the_genome) {
  BOOST_CHECK(genome(test::program(test::lr_nodes() +
                                   R"(,{"id":"d","op":"dense","attrs":{"columns":["age"]}})")) ==
              genome(test::program(test::lr_nodes())));
}

BOOST_AUTO_TEST_CASE(explicit_defaults_do_not_change_the_genome) {
  const auto with = [](const std::string& attributes, const std::string& more) {
    return genome(R"({"version":1,"output":"p","nodes":[
      {"id":"e","op":"embedding","attrs":{"columns":["item"],"dim":4}},
      {"id":"c","op":"concat","in":["e"]},
      {"id":"f","op":"fc","in":["c"],"attrs":{"units":1)" +
                  attributes + R"(}},{"id":"p","op":"sigmoid","in":["f"]}])" + more + "}");
  };
  const auto plain = with("", "");
  BOOST_CHECK(with(R"(,"bias":true,"activation":"none")", "") == plain);
  BOOST_CHECK(with("", R"(,"loss":"bce","optimizer":{"dense":"adam","embedding_rate":1})") ==
              plain);
  BOOST_CHECK(with("", R"(,"schedule":{})") == plain);
  BOOST_CHECK(with(R"(,"bias":false)", "") != plain);
  BOOST_CHECK(with(R"(,"activation":"tanh")", "") != plain);
  BOOST_CHECK(with("", R"(,"optimizer":{"dense":"sgd"})") != plain);
  BOOST_CHECK(with("", R"(,"schedule":{"kind":"cosine"})") != plain);
}

BOOST_AUTO_TEST_CASE(a_table_of_one_node_is_no_name) {
  const auto one = [](const std::string& table) {
    return genome(
        test::program(R"({"id":"e","op":"embedding","attrs":{"columns":["item"],"dim":1)" + table +
                      R"(}},{"id":"c","op":"concat","in":["e"]},
                                {"id":"p","op":"sigmoid","in":["c"]})"));
  };
  BOOST_CHECK(one(R"(,"table":"mine")") == one(""));
}

BOOST_AUTO_TEST_CASE(sharing_a_table_changes_the_genome) {
  const Graph shared = zoo::sasrec({{"user"}, {}});
  Graph apart = shared;
  for (Node& node : apart.nodes)
    node.attributes.erase("table");
  BOOST_CHECK(genome(shared) != genome(apart));
}

BOOST_AUTO_TEST_CASE(every_effective_change_changes_the_genome) {
  const zoo::FeatureNames features{{"item", "user"}, {"age"}};
  std::set<Bytes32> seen;
  std::vector<Graph> graphs = programs();
  graphs.push_back(zoo::deep_fm(features, {.dim = 9}));
  graphs.push_back(zoo::deep_fm(features, {.hidden = {32, 64}}));
  graphs.push_back(zoo::deep_fm(features, {.hidden = {64, 32, 16}}));
  graphs.push_back(zoo::deep_fm({{"user", "item"}, {"age"}}));
  graphs.push_back(zoo::sasrec(features, {.blocks = 1}));
  graphs.push_back(zoo::sasrec(features, {.blocks = 2}));
  for (const Graph& graph : graphs)
    seen.insert(genome(graph));
  BOOST_CHECK_EQUAL(seen.size(), graphs.size());
}

BOOST_AUTO_TEST_CASE(order_of_inputs_counts_where_it_means_something) {
  const auto cross = [](const std::string& in) {
    return genome(test::program(R"({"id":"a","op":"dense","attrs":{"columns":["age"]}},
      {"id":"b","op":"dense","attrs":{"columns":["price"]}},
      {"id":"x","op":"cross","in":)" +
                                in + R"(},{"id":"p","op":"sigmoid","in":["x"]})"));
  };
  BOOST_CHECK(cross(R"(["a","b"])") != cross(R"(["b","a"])"));
}

BOOST_AUTO_TEST_CASE(canonical_form_is_a_fixed_point) {
  for (const Graph& graph : programs()) {
    const auto once = canonicalise(graph).value();
    BOOST_CHECK(canonicalise(once).value() == once);
    BOOST_CHECK(parse_graph(canonical_json(graph).value()).value() == once);
  }
}

BOOST_AUTO_TEST_CASE(genome_of_a_known_program_never_changes) {
  // Golden: stored genomes name weights; a change here orphans them.
  BOOST_CHECK_EQUAL(canonical_json(parse_graph(test::program(test::lr_nodes())).value()).value(),
                    R"({"nodes":[{"attrs":{"columns":["item","user"]},"id":"n0","op":"linear"},)"
                    R"({"id":"n1","in":["n0"],"op":"sigmoid"}],"output":"n1","version":1})");
}

BOOST_AUTO_TEST_SUITE_END()
