#include "model/torch/forward.hpp"

#include "events/base/narrow.hpp"
#include "model/ir/block.hpp"
#include "model/torch/optimizer.hpp"
#include "test/model/torch/synthetic.hpp"

#include <ATen/ATen.h>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <set>

using namespace ars;
using namespace ars::model;

namespace {

// A plan with tables that know all ids of some rows, and parameters that are not zero.
struct Fixture {
  explicit Fixture(const std::string& nodes) {
    auto compiled =
        compile(R"({"version":1,"output":"p","nodes":[)" + nodes + "]}", test::synthetic_columns());
    BOOST_REQUIRE_MESSAGE(compiled.has_value(), (compiled ? "" : compiled.error().context));
    plan = std::move(compiled).value();
    for (const TablePlan& table : plan.tables) {
      tables.emplace_back(table);
      for (std::uint32_t id = 1; id < 201; ++id)
        tables.back().admit(id, tables.size());
    }
    Philox rng(4, 4);
    std::vector<std::vector<float>> values;
    for (const ParameterPlan& parameter : plan.parameters) {
      std::int64_t size = 1;
      for (const auto dimension : parameter.shape)
        size *= dimension;
      values.emplace_back();
      for (std::int64_t i = 0; i < size; ++i) {
        values.back().push_back(static_cast<float>(0.5 * rng.normal()));
      }
    }
    parameters = parameter_tensors(plan, values, Precision::float64, "cpu");
  }

  at::Tensor logits(const std::vector<Example>& examples) {
    RowBatch rows;
    for (const Example& example : examples) {
      rows.ids.push_back(example.ids.data());
      rows.dense.push_back(example.dense.data());
      rows.sequences.push_back({example.sequence.data(), example.sequence.size()});
    }
    feed = make_feed(plan, tables, rows, Precision::float64);
    for (at::Tensor& tensor : feed.gathered)
      tensor.requires_grad_(true);
    for (at::Tensor& tensor : parameters)
      tensor.requires_grad_(true);
    return forward(plan, parameters, feed, nullptr);
  }

  Plan plan;
  std::vector<EmbeddingTable> tables;
  std::vector<at::Tensor> parameters;
  Feed feed;
};

// One program per block beyond the zoo's, so that every block runs and passes gradients on.
const std::vector<std::string> all_blocks = {
    R"({"id":"e","op":"embedding","attrs":{"columns":["item","user"],"dim":4}},
       {"id":"l","op":"linear","attrs":{"columns":["item","hour"]}},
       {"id":"d","op":"dense","attrs":{"columns":["price","noise"],"transform":"symlog",
        "mean":[0.1,0.2],"scale":[2,3]}},
       {"id":"c","op":"concat","in":["e","d"]},{"id":"x1","op":"cross","in":["c","c"]},
       {"id":"x2","op":"cross","in":["c","x1"]},{"id":"n","op":"layer_norm","in":["x2"]},
       {"id":"r","op":"dropout","in":["n"],"attrs":{"rate":0.5}},
       {"id":"f1","op":"fc","in":["r"],"attrs":{"units":3,"activation":"silu"}},
       {"id":"f2","op":"fc","in":["r"],"attrs":{"units":3,"activation":"tanh"}},
       {"id":"f3","op":"fc","in":["r"],"attrs":{"units":3,"activation":"sigmoid"}},
       {"id":"m","op":"mul","in":["f1","f2","f3"]},
       {"id":"o","op":"fc","in":["m"],"attrs":{"units":1}},{"id":"fm","op":"fm","in":["e"]},
       {"id":"a","op":"add","in":["o","fm","l"]},{"id":"p","op":"sigmoid","in":["a"]})",
    R"({"id":"s","op":"sequence_embedding","attrs":{"dim":4}},
       {"id":"q","op":"position","in":["s"]},
       {"id":"t","op":"sdpa","in":["q","q","q"],"attrs":{"heads":2,"mask":"none"}},
       {"id":"u","op":"sdpa","in":["t","q","t"]},
       {"id":"l","op":"last","in":["u"]},{"id":"m","op":"mean_pool","in":["s"]},
       {"id":"e","op":"embedding","attrs":{"columns":["item"],"dim":4}},
       {"id":"c","op":"concat","in":["e"]},
       {"id":"d1","op":"dot","in":["l","c"],"attrs":{"scaled":true}},
       {"id":"d2","op":"dot","in":["m","c"]},
       {"id":"a","op":"add","in":["d1","d2"]},{"id":"p","op":"sigmoid","in":["a"]})"};

}  // namespace

BOOST_AUTO_TEST_SUITE(model_torch_forward)

BOOST_AUTO_TEST_CASE(gradients_reach_every_parameter_and_table) {
  auto rows = test::synthetic_rows(40, 2);
  for (auto& row : rows)
    row.sequence = {1, 2, 3, row.ids[0]};
  for (const auto& nodes : all_blocks) {
    Fixture fixture(nodes);

    fixture.logits(rows).sum().backward();

    for (std::size_t i = 0; i < fixture.parameters.size(); ++i) {
      BOOST_TEST_CONTEXT(fixture.plan.parameters[i].path) {
        const at::Tensor& gradient = fixture.parameters[i].grad();
        BOOST_REQUIRE(gradient.defined());
        const bool all_finite = gradient.isfinite().all().item<bool>();
        BOOST_CHECK(all_finite);
        // Attention does not feel a constant added to every key.
        if (fixture.plan.parameters[i].path.ends_with("key_bias")) continue;
        BOOST_CHECK_GT(gradient.abs().max().item<double>(), 1e-9);
      }
    }
    for (const at::Tensor& gathered : fixture.feed.gathered) {
      BOOST_REQUIRE(gathered.grad().defined());
      BOOST_CHECK_GT(gathered.grad().abs().max().item<double>(), 1e-9);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_block_of_the_catalogue_runs) {
  std::set<std::string> seen;
  for (const auto& nodes : all_blocks) {
    for (const CheckedNode& at : Fixture(nodes).plan.graph.nodes)
      seen.insert(at.node.op);
  }
  for (const BlockSpec& block : blocks())
    BOOST_CHECK(seen.contains(std::string(block.op)));
}

BOOST_AUTO_TEST_CASE(the_factorisation_machine_equals_its_pairs) {
  Fixture fixture(R"({"id":"e","op":"embedding","attrs":{"columns":["item","user","hour"],"dim":5}},
                     {"id":"f","op":"fm","in":["e"]},
                     {"id":"p","op":"sigmoid","in":["f"],"attrs":{"bias":false}})");
  const auto rows = test::synthetic_rows(6, 2);

  const at::Tensor logits = fixture.logits(rows);

  const at::Tensor x = fixture.feed.gathered[0];
  const at::Tensor pairs = (x.select(1, 0) * x.select(1, 1) + x.select(1, 0) * x.select(1, 2) +
                            x.select(1, 1) * x.select(1, 2))
                               .sum(1);
  const bool equal = at::allclose(logits, pairs, 1e-12, 1e-12);
  BOOST_CHECK(equal);
}

// The sum of the states of a sequence, or its last state, through one weight vector.
double through_attention(const std::string& mask, const std::string& pooling,
                         std::vector<std::uint32_t> sequence) {
  Fixture fixture(R"({"id":"s","op":"sequence_embedding","attrs":{"dim":4}},
                     {"id":"t","op":"sdpa","in":["s","s","s"],"attrs":{"mask":")" +
                  mask + R"("}},{"id":"m","op":")" + pooling + R"(","in":["t"]},
                     {"id":"f","op":"fc","in":["m"],"attrs":{"units":1,"bias":false}},
                     {"id":"p","op":"sigmoid","in":["f"],"attrs":{"bias":false}})");
  auto rows = test::synthetic_rows(1, 2);
  rows[0].sequence = std::move(sequence);
  const double logit = fixture.logits(rows)[0].item<double>();
  return pooling == "mean_pool" ? logit * to_double(rows[0].sequence.size()) : logit;
}

BOOST_AUTO_TEST_CASE(a_causal_step_does_not_see_later_items) {
  // The states before the last one add up to the same, whether an item follows or not.
  const auto earlier_states = [](const std::string& mask, std::uint32_t newest) {
    return through_attention(mask, "mean_pool", {7, 8, 9, newest}) -
           through_attention(mask, "last", {7, 8, 9, newest});
  };
  const double alone = through_attention("causal", "mean_pool", {7, 8, 9});

  BOOST_CHECK_CLOSE(earlier_states("causal", 10), alone, 1e-9);
  BOOST_CHECK_CLOSE(earlier_states("causal", 11), alone, 1e-9);
  const double seeing = earlier_states("none", 10) - earlier_states("none", 11);
  BOOST_CHECK_GT(std::abs(seeing), 1e-6);
}

BOOST_AUTO_TEST_CASE(an_empty_sequence_has_a_zero_state) {
  Fixture fixture(R"({"id":"s","op":"sequence_embedding","attrs":{"dim":4}},
                     {"id":"q","op":"position","in":["s"]},
                     {"id":"t","op":"sdpa","in":["q","q","q"]},{"id":"l","op":"last","in":["t"]},
                     {"id":"f","op":"fc","in":["l"],"attrs":{"units":1,"bias":false}},
                     {"id":"p","op":"sigmoid","in":["f"],"attrs":{"bias":false}})");
  auto rows = test::synthetic_rows(2, 2);
  rows[0].sequence = {};
  rows[1].sequence = {3};
  const at::Tensor logits = fixture.logits(rows);
  BOOST_CHECK_EQUAL(logits[0].item<double>(), 0);
  BOOST_CHECK_NE(logits[1].item<double>(), 0);
}

BOOST_AUTO_TEST_CASE(dropout_keeps_the_mean_and_repeats_by_name) {
  Fixture fixture(R"({"id":"e","op":"embedding","attrs":{"columns":["item"],"dim":64}},
                     {"id":"c","op":"concat","in":["e"]},
                     {"id":"r","op":"dropout","in":["c"],"attrs":{"rate":0.4}},
                     {"id":"f","op":"fc","in":["r"],"attrs":{"units":1}},
                     {"id":"p","op":"sigmoid","in":["f"]})");
  const auto rows = test::synthetic_rows(200, 2);
  const at::Tensor plain = fixture.logits(rows);
  const auto with = [&](std::uint64_t step) {
    const DropoutDraws draws{99, step};
    return forward(fixture.plan, fixture.parameters, fixture.feed, &draws);
  };
  at::Tensor mean = at::zeros_like(plain);
  for (std::uint64_t step = 0; step < 400; ++step)
    mean = mean + with(step) / 400.0;

  const bool same = at::equal(with(3), with(3));
  const bool different = !at::equal(with(3), with(4));
  BOOST_CHECK(same);
  BOOST_CHECK(different);
  BOOST_CHECK_LT((mean - plain).abs().mean().item<double>(), 0.02);
}

BOOST_AUTO_TEST_CASE(row_optimizer_sums_repeated_rows_before_it_steps) {
  EmbeddingTable once({"t", 10, 2, 0});
  EmbeddingTable twice({"t", 10, 2, 0});
  const auto slot = once.admit(3, 1);
  twice.admit(3, 1);
  RowOptimizer one(Method::adagrad, 2);
  RowOptimizer two(Method::adagrad, 2);
  const float half[] = {0.5F, -1.0F};
  const float whole[] = {1.0F, -2.0F};

  one.add(slot, whole);
  two.add(slot, half);
  two.add(slot, half);
  two.add(0, whole);  // the default row never moves
  BOOST_CHECK_CLOSE(one.squared_norm(), 5.0, 1e-6);
  one.update(once, {0.1, 0, 1});
  two.update(twice, {0.1, 0, 1});

  BOOST_CHECK_EQUAL(once.row(slot)[1], twice.row(slot)[1]);
  BOOST_CHECK_GT(once.row(slot)[1], 0);
  BOOST_CHECK_EQUAL(twice.row(0)[0], 0);
  BOOST_CHECK_EQUAL(two.squared_norm(), 0);
}

BOOST_AUTO_TEST_SUITE_END()
