#include "test/store/projections/fold.hpp"

using namespace ars;
using namespace ars::test;
using namespace ars::store::projections;

BOOST_AUTO_TEST_SUITE(projections_feature_registry)

BOOST_AUTO_TEST_CASE(last_measurement_of_a_feature_stands) {
  Fold<FeatureRegistry> fold;

  fold.fact(events::FeatureMeasured{"age", false, 0.01, "add"});
  fold.fact(events::FeatureMeasured{"age", true, -0.002, "retire"});

  const auto& row = fold.row<FeatureRow>("age");
  BOOST_TEST(row.measurements == 2u);
  BOOST_TEST(row.in_plan);
  BOOST_TEST(row.gain == -0.002);
  BOOST_TEST(row.decision == "retire");
  fold.check_reloads();
}

BOOST_AUTO_TEST_SUITE_END()
