#include "test/actors/decision/recall/sources/recalled.hpp"

using namespace ars;
using namespace ars::model::sample;

BOOST_AUTO_TEST_SUITE(sources_sequence)

BOOST_AUTO_TEST_CASE(sequence_proposes_what_followed_and_not_what_came_before) {
  Folds folds;
  for (std::uint32_t i = 0; i < 4; ++i)
    folds.observe(listing(i, {"war"}));
  for (int i = 0; i < 10; ++i) {
    folds.observe(interaction(0, after_days(i)));
    folds.observe(interaction(1, after_days(i), 4, indices({0})));
    folds.observe(interaction(2, after_days(i), 4, indices({0, 1})));
  }
  const auto views = folds.publish();

  BOOST_TEST((recalled("sequence", request_of(1, indices({1})), views).items == indices({2})));
  BOOST_TEST((recalled("sequence", request_of(1, indices({0})), views).items == indices({1, 2})));
  BOOST_TEST(recalled("sequence", request_of(1), views).items.empty());
}

BOOST_AUTO_TEST_SUITE_END()
