#include "model/evolution/operators/catalog.hpp"

#include "model/evolution/gate.hpp"
#include "model/evolution/proposal.hpp"
#include "test/model/evolution/plans.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace {

using namespace ars;
using namespace ars::model;

}  // namespace

// The contract of every line of the catalogue.
BOOST_AUTO_TEST_SUITE(model_evolution_operators_catalog)

BOOST_AUTO_TEST_CASE(every_mutation_is_one_small_change_that_the_gate_lets_in) {
  const auto base = test::base_plan();
  for (const auto& each : operators) {
    int made = 0;
    for (std::uint64_t i = 0; i < 200; ++i) {
      Philox random(1, i);
      auto plan = each.mutate(base, random);
      if (!plan) continue;
      ++made;
      BOOST_TEST(plan->version == 0u);
      plan->version = 8;
      const auto verdict = check_plan(*plan, base, {1'000, 1e3}, {});
      BOOST_REQUIRE_MESSAGE(verdict.passed, each.name << ": " << verdict.reason);
      BOOST_TEST(describe_change(base, *plan).size() == 1u, each.name);
    }
    BOOST_TEST(made > 100, each.name);
  }
}

BOOST_AUTO_TEST_CASE(the_same_stream_makes_the_same_mutation) {
  for (const auto& each : operators) {
    Philox one(1, 4), two(1, 4);
    BOOST_TEST((each.mutate(test::base_plan(), one) == each.mutate(test::base_plan(), two)));
    BOOST_TEST(one.draws() == two.draws());
  }
}

BOOST_AUTO_TEST_CASE(mutations_of_mutations_stay_within_bounds) {
  for (const auto& each : operators) {
    auto plan = test::base_plan();
    for (std::uint64_t i = 0; i < 500; ++i) {
      Philox random(2, i);
      auto next = each.mutate(plan, random);
      if (!next) continue;
      next->version = plan.version + 1;
      const auto verdict = check_plan(*next, plan, {1'000, 1e3}, {});
      BOOST_REQUIRE_MESSAGE(verdict.passed, each.name << ": " << verdict.reason);
      plan = *next;
    }
  }
}

BOOST_AUTO_TEST_CASE(a_change_of_training_drops_the_weights_and_others_keep_them) {
  const auto base = test::base_plan();
  for (const auto& each : operators) {
    for (std::uint64_t i = 0; i < 20; ++i) {
      Philox random(3, i);
      const auto plan = each.mutate(base, random);
      if (!plan) continue;
      const bool trains = each.kind == events::ChangeKind::parameters;
      BOOST_TEST((plan->ranker.weights == (trains ? Bytes32{} : base.ranker.weights)));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_plan_without_the_part_is_left_alone) {
  events::ServingPlan empty;
  for (const auto& each : operators) {
    if (each.name == "change_diversity") continue;  // every plan has a policy
    Philox random(4, 1);
    BOOST_TEST(!each.mutate(empty, random).has_value(), each.name);
  }
}

BOOST_AUTO_TEST_CASE(names_are_distinct) {
  std::set<std::string_view> names;
  for (const auto& each : operators)
    names.insert(each.name);
  BOOST_TEST(names.size() == operators.size());
}

BOOST_AUTO_TEST_SUITE_END()
