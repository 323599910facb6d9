#include "test/store/projections/fold.hpp"

using namespace ars;
using namespace ars::test;
using namespace ars::store::projections;

BOOST_AUTO_TEST_SUITE(projections_model_registry)

BOOST_AUTO_TEST_CASE(who_served_when_can_be_told) {
  Fold<ModelRegistry> fold;
  const auto weights = sha256("weights");
  events::TrainingFinished finished;
  finished.job = 5;
  finished.variant = 17;
  finished.ok = true;
  finished.arms.push_back({"variant", 1, weights, {{"all", "auc", 0.7, 100}}, {}, 100, 4096, 2.5});
  finished.arms.push_back({"base", 1, Bytes32{}, {}, {}, 0, 0, 0});
  events::PlanProposed proposed;
  proposed.variant = 17;
  proposed.plan.version = 2;
  proposed.plan.parent = 1;
  proposed.plan.ranker.weights = weights;

  fold.input(finished).fact(proposed).fact(events::PlanFrozen{1, 500});
  fold.fact(events::PlanPromoted{2, 1, 17, "better"});
  const auto promoted_ns = fold.clock_ns;

  BOOST_TEST(fold.row<ModelRow>(store::projections::key_of(weights)).metrics.at(0).value == 0.7);
  BOOST_TEST(fold.projection.table<ModelRow>().size() == 1u);
  BOOST_TEST((fold.row<PlanRow>(store::projections::key_of(std::uint64_t{2})).weights == weights));
  BOOST_TEST(fold.row<PlanRow>(store::projections::key_of(std::uint64_t{1})).frozen);
  std::vector<ServedRow> served;
  fold.projection.table<ServedRow>().each(
      [&](const std::string&, const ServedRow& row) { served.push_back(row); });
  BOOST_REQUIRE_EQUAL(served.size(), 1u);
  BOOST_TEST(served[0].plan == 2u);
  BOOST_TEST(served[0].from_ns == promoted_ns);
  BOOST_TEST(served[0].at == store::to_string(fold.last_at()));
  fold.check_reloads();
}

BOOST_AUTO_TEST_SUITE_END()
