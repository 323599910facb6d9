#include "test/actors/decision/recall/sources/recalled.hpp"

using namespace ars;
using namespace ars::model::sample;

BOOST_AUTO_TEST_SUITE(sources_exploration)

BOOST_AUTO_TEST_CASE(exploration_shows_new_items_until_they_were_shown_enough) {
  Folds folds;
  for (std::uint32_t i = 0; i < 40; ++i)
    folds.observe(listing(i, {"war"}, after_days(i)));
  events::SlateServed slate;
  slate.items.resize(1);
  for (int i = 0; i < 30; ++i)
    folds.statistics.observe(slate);
  const auto views = folds.publish();

  const auto first = recalled("exploration", request_of(1, {}, 1), views, 100).items;
  const auto second = recalled("exploration", request_of(1, {}, 2), views, 100).items;

  BOOST_TEST(first.size() == 39u);
  BOOST_TEST((std::find(first.begin(), first.end(), ItemIndex(0)) == first.end()));
  BOOST_TEST((first != second));
}

BOOST_AUTO_TEST_SUITE_END()
