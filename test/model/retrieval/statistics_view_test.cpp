#include "model/retrieval/statistics_view.hpp"

#include "model/limits.hpp"
#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

using namespace ars;
using namespace ars::model;
using namespace ars::model::sample;

namespace {

bool same(const StatisticsView& a, const StatisticsView& b) {
  bool equal = a.size() == b.size() && a.totals() == b.totals() && a.newest() == b.newest();
  for (std::size_t rung = 0; rung < rungs; ++rung) {
    equal = equal && a.top(rung).items == b.top(rung).items && a.top(rung).heat == b.top(rung).heat;
  }
  for (std::uint16_t category = 0; category < 8; ++category) {
    equal = equal && a.top_of_category(category).items == b.top_of_category(category).items &&
            a.newest_of_category(category) == b.newest_of_category(category);
  }
  return equal;
}

// Every item with an interaction, ordered from scratch.
std::vector<ItemIndex> sorted_by_heat(const StatisticsView& view, std::size_t rung) {
  std::vector<ItemIndex> out;
  for (std::uint32_t i = 0; i < view.size(); ++i) {
    if (view.item(ItemIndex(i)).interactions > 0) out.emplace_back(i);
  }
  std::sort(out.begin(), out.end(), [&](ItemIndex a, ItemIndex b) {
    const double heat_a = view.item(a).heat[rung];
    const double heat_b = view.item(b).heat[rung];
    if (heat_a != heat_b) return heat_a > heat_b;
    return fmt::format("item-{}", a.value()) > fmt::format("item-{}", b.value());
  });
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_statistics_view)

BOOST_AUTO_TEST_CASE(counts_sums_and_times_are_those_of_the_events) {
  StatisticsFold fold;
  fold.observe(listing(0, {"war"}));
  fold.observe(interaction(0, after_days(2), 5));
  fold.observe(interaction(0, after_days(1), 2));
  events::SlateServed slate;
  slate.items.resize(2);
  slate.items[0].item = ItemIndex(0);
  slate.items[1].item = ItemIndex(3);
  fold.observe(slate);
  events::FeedbackReceived feedback;
  feedback.outcomes = {{.item = ItemIndex(0), .slot = 0, .viewed = true, .click = 1, .value = 1},
                       {.item = ItemIndex(3), .slot = 1, .viewed = true, .click = 0, .value = 0},
                       {.item = ItemIndex(4), .slot = 2, .viewed = false, .click = 0, .value = 0}};
  fold.observe(feedback);
  events::LoggedActionReceived logged;
  logged.item = ItemIndex(3);
  logged.reward = 1;
  fold.observe(logged);

  const auto view = fold.publish().view;

  const auto& first = view->item(ItemIndex(0));
  BOOST_TEST(first.interactions == 2u);
  BOOST_TEST(first.positives == 1u);
  BOOST_TEST(first.value_sum == 7);
  BOOST_TEST(first.impressions == 1u);
  BOOST_TEST(first.views == 1u);
  BOOST_TEST(first.clicks == 1u);
  BOOST_TEST((first.last_at == after_days(2)));
  BOOST_TEST(view->item(ItemIndex(3)).impressions == 2u);
  BOOST_TEST(view->item(ItemIndex(3)).views == 2u);
  BOOST_TEST(view->item(ItemIndex(3)).clicks == 1u);
  BOOST_TEST(view->item(ItemIndex(4)).views == 0u);
  BOOST_TEST(view->totals().clicks == 2u);
  BOOST_TEST(view->count(ItemIndex(0)) == 2u);
  BOOST_TEST(view->count(ItemIndex(77)) == 0u);
}

BOOST_AUTO_TEST_CASE(popularity_halves_with_each_half_life_whatever_the_order_of_times) {
  StatisticsFold fold;
  fold.observe(interaction(0, after_days(28)));
  fold.observe(interaction(0, after_days(14)));
  fold.observe(interaction(0, after_days(0)));

  const auto view = fold.publish().view;

  const auto rung = rung_of(14 * 86400.0);
  BOOST_TEST(half_lives_s[rung] == 14 * 86400.0);
  BOOST_TEST(view->popularity(ItemIndex(0), rung, after_days(28)) == 1 + 0.5 + 0.25,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(view->popularity(ItemIndex(0), rung, after_days(42)) == 0.875,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(view->popularity(ItemIndex(0), 0, after_days(42)) == 3);
}

BOOST_AUTO_TEST_CASE(the_rung_is_the_nearest_half_life) {
  BOOST_TEST(rung_of(0) == 0u);
  BOOST_TEST(rung_of(-1) == 0u);
  BOOST_TEST(rung_of(60) == 1u);
  BOOST_TEST(half_lives_s[rung_of(7 * 3600)] == 6 * 3600.0);
  BOOST_TEST(rung_of(1e12) == rungs - 1);
}

BOOST_AUTO_TEST_CASE(maintained_top_lists_equal_a_sort_of_everything) {
  auto folds = busy_folds(3000, 0);
  Philox draws(11, 1);

  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 200; ++i) {
      const auto item = truncate<std::uint32_t>(draws.uniform() * draws.uniform() * 3000);
      // Times run back and forth.
      folds.statistics.observe(interaction(item, after_days(round + 5 * draws.uniform())));
    }
    folds.statistics.publish();
  }

  const auto& view = *folds.statistics.latest();
  for (std::size_t rung = 0; rung < rungs; ++rung) {
    auto expected = sorted_by_heat(view, rung);
    BOOST_TEST(expected.size() > limits::top_list_max);
    expected.resize(limits::top_list_max);
    BOOST_TEST((view.top(rung).items == expected));
  }
}

BOOST_AUTO_TEST_CASE(ties_go_to_the_item_id_that_is_larger_as_bytes) {
  StatisticsFold fold;
  for (const std::uint32_t i : {2u, 9u, 10u, 100u}) {
    fold.observe(listing(i, {"war"}));
    fold.observe(interaction(i, after_days(1)));
  }

  const auto view = fold.publish().view;

  BOOST_TEST((view->top(0).items == indices({9, 2, 100, 10})));
  BOOST_TEST((view->top(3).items == indices({9, 2, 100, 10})));
  BOOST_TEST((view->top_of_category(0).items == indices({9, 2, 100, 10})));
}

BOOST_AUTO_TEST_CASE(an_item_used_before_it_is_listed_enters_the_lists_of_its_categories) {
  StatisticsFold fold;
  fold.observe(interaction(5, after_days(1)));
  fold.publish();
  fold.observe(listing(5, {"war"}, after_days(2)));

  const auto view = fold.publish().view;

  BOOST_TEST((view->top_of_category(0).items == indices({5})));
  BOOST_TEST((view->newest_of_category(0) == indices({5})));
  BOOST_TEST(view->totals().items == 1u);
}

BOOST_AUTO_TEST_CASE(the_newest_come_first_and_the_list_is_capped) {
  StatisticsFold fold;
  for (std::uint32_t i = 0; i < 700; ++i) {
    fold.observe(listing(i, {"war"}, after_days(i == 3 ? 9000 : i)));
  }

  const auto view = fold.publish().view;

  BOOST_TEST(view->newest().size() == limits::newest_list_max);
  BOOST_TEST((view->newest()[0] == ItemIndex(3)));
  BOOST_TEST((view->newest()[1] == ItemIndex(699)));
  BOOST_TEST(view->newest_of_category(0).size() == limits::category_newest_max);
}

BOOST_AUTO_TEST_CASE(rates_and_means_shrink_to_the_overall_ones) {
  auto folds = busy_folds(50, 2000);
  events::LoggedActionReceived logged;
  for (int i = 0; i < 1000; ++i) {
    logged.item = ItemIndex(i % 2 == 0 ? 0 : 1);
    logged.reward = i % 10 == 0 ? 1.0f : 0.0f;
    folds.statistics.observe(logged);
  }
  const auto view = folds.statistics.publish().view;

  BOOST_TEST(view->click_rate(ItemIndex(49)) == 0.1, boost::test_tools::tolerance(0.05));
  BOOST_TEST(view->click_rate(ItemIndex(0)) > 0.19);
  BOOST_TEST(view->click_rate(ItemIndex(1)) < 0.01);
  const double mean = view->totals().value_sum / to_double(view->totals().interactions);
  BOOST_TEST(view->mean_value(ItemIndex(777)) == mean, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(publishing_one_interaction_costs_the_same_at_any_size) {
  const auto cost_at = [](std::uint32_t items) {
    auto folds = busy_folds(items, items);
    folds.statistics.publish();
    const auto before = folds.statistics.nodes_made();
    folds.statistics.observe(interaction(items / 2, after_days(90)));
    folds.statistics.publish();
    return folds.statistics.nodes_made() - before;
  };

  const auto small = cost_at(200);
  BOOST_TEST(small <= 8u);
  BOOST_TEST(cost_at(40'000) == small);
}

BOOST_AUTO_TEST_CASE(deltas_replay_to_the_same_views_and_chain) {
  StatisticsFold live;
  StatisticsFold replayed;
  Philox draws(5, 5);
  for (std::uint32_t i = 0; i < 3000; ++i) {
    const auto item = narrow<std::uint32_t>(draws.below(400));
    const auto at = after_days(to_double(i) / 100);
    switch (draws.below(5)) {
      case 0:
        live.observe(listing(item, {fmt::format("c{}", item % 5)}, at));
        break;
      case 1: {
        events::SlateServed slate;
        slate.items.resize(1);
        slate.items[0].item = ItemIndex(item);
        live.observe(slate);
        break;
      }
      case 2: {
        events::FeedbackReceived feedback;
        feedback.outcomes.push_back({.item = ItemIndex(item),
                                     .slot = 0,
                                     .viewed = true,
                                     .click = draws.uniform() < 0.3 ? 1.0f : 0.0f,
                                     .value = 0});
        live.observe(feedback);
        break;
      }
      default:
        live.observe(interaction(item, at, static_cast<float>(draws.below(6))));
    }
    if (i % 211 != 0) continue;
    const auto published = live.publish();
    const auto again = replayed.apply(published.delta);
    BOOST_REQUIRE(again.has_value());
    BOOST_REQUIRE((again.value().view->sha256 == published.view->sha256));
    BOOST_REQUIRE((again.value().delta == published.delta));
    BOOST_REQUIRE(same(*again.value().view, *published.view));
  }
}

BOOST_AUTO_TEST_CASE(the_chain_is_the_hash_of_the_previous_one_and_the_delta) {
  StatisticsFold fold;
  fold.observe(interaction(0, after_days(1)));
  const auto first = fold.publish();
  fold.observe(interaction(1, after_days(1)));
  const auto second = fold.publish();

  BOOST_TEST((first.view->sha256 == chain_views(Bytes32{}, first.delta)));
  BOOST_TEST((second.view->sha256 == chain_views(first.view->sha256, second.delta)));
  std::vector<std::uint8_t> joined(first.view->sha256.begin(), first.view->sha256.end());
  joined.insert(joined.end(), second.delta.begin(), second.delta.end());
  BOOST_TEST((second.view->sha256 == sha256(ByteSpan(joined))));
}

BOOST_AUTO_TEST_CASE(a_bent_delta_is_refused_or_gives_another_chain) {
  StatisticsFold live;
  live.observe(listing(0, {"war"}));
  for (std::uint32_t i = 0; i < 5; ++i)
    live.observe(interaction(i, after_days(i)));
  const auto published = live.publish();

  for (std::size_t i = 0; i < published.delta.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      auto bent = published.delta;
      bent[i] = narrow<std::uint8_t>(bent[i] ^ (1 << bit));
      StatisticsFold fold;
      const auto taken = fold.apply(bent);
      const bool passed = taken.has_value() && taken.value().view->sha256 == published.view->sha256;
      BOOST_REQUIRE(!passed || taken.value().delta == published.delta);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
