#include "test/actors/decision/recall/sources/recalled.hpp"

using namespace ars;
using namespace ars::model::sample;

BOOST_AUTO_TEST_SUITE(sources_content)

BOOST_AUTO_TEST_CASE(content_recall_matches_categories_and_finds_items_nobody_took) {
  Folds folds;
  for (std::uint32_t i = 0; i < 10; ++i) {
    folds.observe(listing(i, {i % 2 == 0 ? "war" : "love"}, after_days(i)));
  }
  const auto views = folds.publish();
  auto request = request_of(1, indices({2}));

  auto result = recalled("content", request, views);
  BOOST_TEST(result.items.size() == 4u);
  for (const auto item : result.items)
    BOOST_TEST(item.value() % 2 == 0u);
  BOOST_TEST((result.items.front() == ItemIndex(8)));

  request.user_features.category_counts = {1, 9};
  result = recalled("content", request, views);
  BOOST_TEST(result.items.front().value() % 2 == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
