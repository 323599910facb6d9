#include "test/actors/decision/recall/sources/recalled.hpp"

#include <set>

using namespace ars;
using namespace ars::model::sample;

BOOST_AUTO_TEST_SUITE(sources_catalog)

BOOST_AUTO_TEST_CASE(every_source_keeps_the_contract) {
  auto folds = busy_folds(2000, 8000);
  const auto views = folds.publish();
  const auto request = request_of(3, indices({1, 5, 9, 40, 77, 78, 100, 203}));

  for (const auto& source : actors::recall_sources) {
    BOOST_TEST_CONTEXT(source.name) {
      const auto result = recalled(source.name, request, views, 60);
      BOOST_TEST(!result.items.empty());
      BOOST_TEST(result.items.size() <= 60u);
      BOOST_TEST(result.items.size() == result.scores.size());
      const std::set<ItemIndex> distinct(result.items.begin(), result.items.end());
      BOOST_TEST(distinct.size() == result.items.size());
      for (const auto item : request.user_features.seen)
        BOOST_TEST(!distinct.contains(item));
      BOOST_TEST(std::is_sorted(result.scores.rbegin(), result.scores.rend()));
      const auto again = recalled(source.name, request, views, 60);
      BOOST_TEST((again.items == result.items && again.scores == result.scores));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_source_works_on_empty_views) {
  const auto views = model::empty_views();

  for (const auto& source : actors::recall_sources) {
    BOOST_TEST(recalled(source.name, request_of(1), views).items.empty());
  }
}

BOOST_AUTO_TEST_CASE(an_item_never_listed_is_never_recalled) {
  Folds folds;
  folds.observe(listing(0, {"war"}));
  for (int i = 0; i < 5; ++i)
    folds.observe(interaction(9, after_days(i), 4, indices({0})));
  const auto views = folds.publish();

  for (const auto& source : actors::recall_sources) {
    for (const auto item : recalled(source.name, request_of(1, {}), views).items) {
      BOOST_TEST((item == ItemIndex(0)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
