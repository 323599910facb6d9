#include "model/ir/graph.hpp"

#include "events/base/prng.hpp"
#include "model/ir/zoo.hpp"
#include "test/model/ir/programs.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::model;

namespace {

std::string error_of(const std::string& text) {
  const auto graph = parse_graph(text);
  return graph ? "accepted" : graph.error().context;
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_ir_graph)

BOOST_AUTO_TEST_CASE(printed_programs_parse_back_to_themselves) {
  const zoo::FeatureNames features{{"item", "user"}, {"age"}};
  for (const Graph& graph : {zoo::logistic_regression(features),
                             zoo::deep_fm(features, {.dim = 4, .hidden = {8}, .dropout = 0.25}),
                             zoo::sasrec(features, {.blocks = 2, .dropout = 0.1})}) {
    const auto parsed = parse_graph(print_graph(graph));

    BOOST_REQUIRE(parsed.has_value());
    BOOST_CHECK(parsed.value() == graph);
  }
}

BOOST_AUTO_TEST_CASE(unknown_key_is_refused_by_name_and_place) {
  BOOST_CHECK(mentions(error_of(R"({"version":1,"output":"p","nodes":[],"epochs":3})"),
                       "program: unknown key 'epochs'"));
  BOOST_CHECK(mentions(error_of(test::program(R"({"id":"p","op":"sigmoid","inn":["w"]})")),
                       "nodes[0]: unknown key 'inn'"));
  BOOST_CHECK(
      mentions(error_of(R"({"version":1,"output":"p","nodes":[],"optimizer":{"momentum":0.9}})"),
               "optimizer: unknown key 'momentum'"));
}

BOOST_AUTO_TEST_CASE(repeated_key_is_refused) {
  BOOST_CHECK(mentions(error_of(R"({"version":1,"version":1,"output":"p","nodes":[]})"),
                       "'version' stands twice"));
}

BOOST_AUTO_TEST_CASE(wrong_types_are_refused_with_the_type_found) {
  BOOST_CHECK(mentions(error_of(test::program(R"({"id":7,"op":"fc"})")),
                       "nodes[0].id: expected a string, found number"));
  BOOST_CHECK(mentions(error_of(test::program(R"({"id":"p","op":"fc","attrs":{"units":{}}})")),
                       "attrs.units: a object is no attribute"));
  BOOST_CHECK(
      mentions(error_of(test::program(R"({"id":"p","op":"fc","attrs":{"columns":["a",1]}})")),
               "expected strings or numbers alone"));
  BOOST_CHECK(mentions(error_of(R"({"version":2,"output":"p","nodes":[]})"), "expected 1"));
  BOOST_CHECK(mentions(error_of("[1,2"), "not JSON"));
}

BOOST_AUTO_TEST_CASE(deep_nesting_and_long_texts_are_refused) {
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  BOOST_CHECK(mentions(error_of(R"({"version":1,"nodes":)" + deep + "}"), "nested too deeply"));
  BOOST_CHECK(mentions(error_of(std::string(300 * 1024, ' ')), "larger than"));
  BOOST_CHECK(
      mentions(error_of(test::program(R"({"op":"fc","id":")" + std::string(65, 'x') + "\"}")),
               "longer than 64"));
}

BOOST_AUTO_TEST_CASE(damaged_text_never_crashes) {
  const std::string whole = print_graph(zoo::sasrec({{"item", "user"}, {"age"}}));
  Philox rng(11, 0);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = whole;
    for (int k = 0; k < 3; ++k) {
      text[rng.below(text.size())] = static_cast<char>(rng.below(256));
    }
    if (round % 3 == 0) text.resize(rng.below(text.size()));
    if (!parse_graph(text)) ++refused;
  }
  BOOST_CHECK_GT(refused, 1000);
}

BOOST_AUTO_TEST_SUITE_END()
