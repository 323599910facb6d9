#include "model/torch/weights.hpp"

#include "events/base/prng.hpp"
#include "test/model/torch/synthetic.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::model;

namespace {

Plan plan_of(const Graph& graph) {
  auto plan = compile(print_graph(graph), test::synthetic_columns());
  BOOST_REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().context));
  return std::move(plan).value();
}

Weights sample(const Plan& plan) {
  Weights out;
  for (const TablePlan& table : plan.tables) {
    EmbeddingTable held(table);
    for (const std::uint32_t id : {9u, 2u, 5u})
      held.admit(id, 77);
    out.tables.push_back(std::move(held));
  }
  for (const ParameterPlan& parameter : plan.parameters) {
    std::int64_t size = 1;
    for (const auto dimension : parameter.shape)
      size *= dimension;
    out.parameters.emplace_back(static_cast<std::size_t>(size), 0.25F);
  }
  return out;
}

const Plan& small_plan() {
  static const Plan plan =
      plan_of(zoo::sasrec({{"item", "user"}, {"price"}}, {.dim = 2, .hidden = 2}));
  return plan;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_torch_weights)

BOOST_AUTO_TEST_CASE(weights_survive_their_bytes) {
  const auto bytes = weights_bytes(small_plan(), sample(small_plan()));

  const auto read = weights_from_bytes(small_plan(), bytes);

  BOOST_REQUIRE(read.has_value());
  BOOST_CHECK(weights_bytes(small_plan(), read.value()) == bytes);
  BOOST_CHECK_EQUAL(read.value().tables[0].rows(), 4u);
  BOOST_CHECK_EQUAL(parameter_count(read.value()), parameter_count(sample(small_plan())));
}

BOOST_AUTO_TEST_CASE(the_order_of_admission_does_not_change_the_bytes) {
  const Plan plan = plan_of(zoo::deep_fm({{"item", "user"}, {}}, {.dim = 3, .hidden = {2}}));
  Weights one = sample(plan);
  Weights other = sample(plan);
  for (const std::uint32_t id : {30u, 20u})
    one.tables[0].admit(id, 5);
  for (const std::uint32_t id : {20u, 30u})
    other.tables[0].admit(id, 5);
  BOOST_CHECK(weights_bytes(plan, one) == weights_bytes(plan, other));
}

BOOST_AUTO_TEST_CASE(any_flipped_byte_is_corrupt) {
  const auto whole = weights_bytes(small_plan(), sample(small_plan()));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto bytes = whole;
    bytes[i] ^= 0x40;
    const auto read = weights_from_bytes(small_plan(), bytes);
    BOOST_REQUIRE(!read.has_value());
    BOOST_CHECK(read.error().code == Errc::corrupt);
  }
}

BOOST_AUTO_TEST_CASE(hostile_bytes_behind_a_valid_seal_never_crash) {
  const auto whole = weights_bytes(small_plan(), sample(small_plan()));
  Philox rng(8, 0);
  int refused = 0;
  for (int round = 0; round < 4000; ++round) {
    auto bytes = whole;
    bytes.resize(bytes.size() - 32);
    for (int k = 0; k < 3; ++k) {
      // Behind the genome and the columns, which would refuse everything else.
      bytes[68 + rng.below(bytes.size() - 68)] = static_cast<std::uint8_t>(rng.below(256));
    }
    if (round % 4 == 0) bytes.resize(rng.below(bytes.size()));
    const auto seal = sha256(bytes);
    bytes.insert(bytes.end(), seal.begin(), seal.end());
    if (!weights_from_bytes(small_plan(), bytes)) ++refused;
  }
  BOOST_CHECK_GT(refused, 1500);
  BOOST_CHECK(!weights_from_bytes(small_plan(), {}).has_value());
}

BOOST_AUTO_TEST_CASE(values_that_are_not_finite_are_corrupt) {
  Weights weights = sample(small_plan());
  weights.parameters[0][0] = std::numeric_limits<float>::quiet_NaN();
  const auto read = weights_from_bytes(small_plan(), weights_bytes(small_plan(), weights));
  BOOST_REQUIRE(!read.has_value());
  BOOST_CHECK(read.error().code == Errc::corrupt);
}

BOOST_AUTO_TEST_CASE(tables_name_ids_beyond_the_vocabulary_without_meeting_zero) {
  EmbeddingTable table({"t", 10, 1, 0.1});
  const auto slot = table.admit(9, 1);
  BOOST_CHECK_EQUAL(table.slot(18), slot);  // 1 + (18 - 1) % 9
  BOOST_CHECK_EQUAL(table.slot(0), 0u);
  for (std::uint32_t id = 1; id < 1000; ++id)
    BOOST_CHECK_NE(table.admit(id, 1), 0u);
  BOOST_CHECK_EQUAL(table.rows(), 10u);
}

BOOST_AUTO_TEST_SUITE_END()
