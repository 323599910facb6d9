#include "test/store/projections/fold.hpp"

using namespace ars;
using namespace ars::test;
using namespace ars::store::projections;

BOOST_AUTO_TEST_SUITE(projections_negative_cases)

BOOST_AUTO_TEST_CASE(failed_idea_keeps_its_reason_and_condition) {
  Fold<NegativeCases> fold;
  const auto idea = sha256("deeper network");

  fold.fact(events::NegativeCaseRecorded{3, idea, "no gain", 1000});
  fold.fact(events::NegativeCaseRecorded{9, idea, "slower", 5000});

  const auto& row = fold.row<NegativeCaseRow>(store::projections::key_of(idea));
  BOOST_TEST(row.failures == 2u);
  BOOST_TEST(row.variant == 9u);
  BOOST_TEST(row.reason == "slower");
  BOOST_TEST(row.retry_after_interactions == 5000u);
  fold.check_reloads();
}

BOOST_AUTO_TEST_SUITE_END()
