#include "test/actors/decision/recall/sources/recalled.hpp"

using namespace ars;
using namespace ars::model::sample;

BOOST_AUTO_TEST_SUITE(sources_popularity)

BOOST_AUTO_TEST_CASE(popularity_reaches_beyond_its_list_for_who_has_seen_all_of_it) {
  auto folds = busy_folds(4000, 20'000);
  const auto views = folds.publish();
  auto request = request_of(1);
  request.user_features.seen = views.statistics->top(0).items;

  const auto result = recalled("popularity", request, views, 30);

  BOOST_TEST(result.items.size() == 30u);
  const auto least = views.statistics->top(0).heat.back();
  for (const auto item : result.items) {
    BOOST_TEST(to_double(views.statistics->count(item)) <= least);
  }
}

BOOST_AUTO_TEST_SUITE_END()
