#include "test/actors/decision/recall/sources/recalled.hpp"

using namespace ars;
using namespace ars::model::sample;

BOOST_AUTO_TEST_SUITE(sources_trending)

BOOST_AUTO_TEST_CASE(popularity_counts_and_trending_prefers_the_recent) {
  Folds folds;
  for (std::uint32_t i = 0; i < 3; ++i)
    folds.observe(listing(i, {"war"}));
  for (int i = 0; i < 50; ++i)
    folds.observe(interaction(0, after_days(1)));
  for (int i = 0; i < 5; ++i)
    folds.observe(interaction(1, after_days(39)));
  const auto views = folds.publish();

  BOOST_TEST((recalled("popularity", request_of(1), views).items == indices({0, 1})));
  BOOST_TEST((recalled("trending", request_of(1), views).items == indices({1, 0})));
  BOOST_TEST((recalled("popularity", request_of(1), views, 10, 86400).items == indices({1, 0})));
}

BOOST_AUTO_TEST_SUITE_END()
