#include "test/actors/decision/recall/sources/recalled.hpp"

using namespace ars;
using namespace ars::model::sample;

BOOST_AUTO_TEST_SUITE(sources_collaborative)

BOOST_AUTO_TEST_CASE(collaborative_recall_follows_the_history) {
  Folds folds;
  for (std::uint32_t i = 0; i < 6; ++i)
    folds.observe(listing(i, {"war"}));
  for (int i = 0; i < 10; ++i) {
    folds.observe(interaction(0, after_days(i)));
    folds.observe(interaction(1, after_days(i), 4, indices({0})));
    folds.observe(interaction(2, after_days(i)));
    folds.observe(interaction(3, after_days(i), 4, indices({2})));
  }
  const auto views = folds.publish();

  BOOST_TEST((recalled("collaborative", request_of(1, indices({0})), views).items == indices({1})));
  BOOST_TEST((recalled("collaborative", request_of(1, indices({2})), views).items == indices({3})));
  BOOST_TEST(recalled("collaborative", request_of(1), views).items.empty());
  // What was taken last weighs more.
  const auto both = recalled("collaborative", request_of(1, indices({0, 4, 4, 4, 2})), views);
  BOOST_TEST((both.items == indices({3, 1})));
}

BOOST_AUTO_TEST_SUITE_END()
