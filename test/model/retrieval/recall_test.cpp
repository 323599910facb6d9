#include "model/retrieval/recall.hpp"

#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace ars;
using namespace ars::model;
using namespace ars::model::sample;

namespace {

RecallResult recalled(std::string_view source, const events::RequestRouted& request,
                      const ViewSet& views, std::uint32_t quota = 100, double half_life_s = 0) {
  events::RecallSetting setting;
  setting.source = source;
  setting.quota = quota;
  setting.half_life_s = half_life_s;
  auto result = recall({request, views, setting});
  BOOST_REQUIRE(result.has_value());
  return result.value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_recall)

BOOST_AUTO_TEST_CASE(every_source_keeps_the_contract) {
  auto folds = busy_folds(2000, 8000);
  const auto views = folds.publish();
  const auto request = request_of(3, indices({1, 5, 9, 40, 77, 78, 100, 203}));

  for (const auto& source : recall_sources()) {
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
  const auto views = empty_views();

  for (const auto& source : recall_sources()) {
    BOOST_TEST(recalled(source.name, request_of(1), views).items.empty());
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_source_is_not_found) {
  events::RecallSetting setting;
  setting.source = "psychic";
  const auto request = request_of(1);
  const auto views = empty_views();

  BOOST_TEST((recall({request, views, setting}).error().code == Errc::not_found));
}

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

BOOST_AUTO_TEST_CASE(an_item_never_listed_is_never_recalled) {
  Folds folds;
  folds.observe(listing(0, {"war"}));
  for (int i = 0; i < 5; ++i)
    folds.observe(interaction(9, after_days(i), 4, indices({0})));
  const auto views = folds.publish();

  for (const auto& source : recall_sources()) {
    for (const auto item : recalled(source.name, request_of(1, {}), views).items) {
      BOOST_TEST((item == ItemIndex(0)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
