#include "model/ir/zoo.hpp"

#include "events/base/narrow.hpp"
#include "model/features/encoder.hpp"
#include "model/ir/canonical.hpp"
#include "model/ir/shape.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace ars;
using namespace ars::model;

namespace {

const zoo::FeatureNames some{{"segment", "category_first"}, {"succession", "idle_days"}};

std::size_t count_of(const Graph& graph, std::string_view op) {
  return narrow<std::size_t>(std::count_if(graph.nodes.begin(), graph.nodes.end(),
                                           [&](const Node& node) { return node.op == op; }));
}

zoo::DeepFmOptions wide() {
  zoo::DeepFmOptions out;
  out.wide = true;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_zoo)

BOOST_AUTO_TEST_CASE(a_wide_network_has_one_linear_part_more_over_the_same_dense_columns) {
  const auto plain = zoo::deep_fm(some);
  const auto graph = zoo::deep_fm(some, wide());

  BOOST_TEST(infer_shapes(graph, columns()).has_value());
  BOOST_TEST(count_of(graph, "dense") == 1u);
  BOOST_TEST(count_of(graph, "fc") == count_of(plain, "fc") + 1);
  BOOST_TEST((genome_of(graph).value() != genome_of(plain).value()));
}

BOOST_AUTO_TEST_CASE(without_dense_columns_there_is_nothing_to_widen) {
  const zoo::FeatureNames ids{{"segment", "category_first"}, {}};

  BOOST_TEST(
      (genome_of(zoo::deep_fm(ids, wide())).value() == genome_of(zoo::deep_fm(ids)).value()));
}

BOOST_AUTO_TEST_SUITE_END()
