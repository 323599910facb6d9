#include "model/retrieval/covisitation_view.hpp"

#include "model/limits.hpp"
#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace ars;
using namespace ars::model;
using namespace ars::model::sample;

BOOST_AUTO_TEST_SUITE(model_covisitation_view)

BOOST_AUTO_TEST_CASE(scores_are_the_shrunk_cosine_of_the_counts) {
  CovisitationFold fold;
  for (int i = 0; i < 4; ++i)
    fold.observe(interaction(0, after_days(i)));
  for (int i = 0; i < 3; ++i)
    fold.observe(interaction(1, after_days(i), 4, indices({0})));
  for (int i = 0; i < 6; ++i)
    fold.observe(interaction(1, after_days(i)));

  const auto view = fold.publish().view;

  const double expected = 3 / std::sqrt(4.0 * 9.0) * 3 / (3 + CovisitationView::shrinkage);
  BOOST_TEST(to_double(view->similarity(ItemIndex(0), ItemIndex(1))) == expected,
             boost::test_tools::tolerance(1e-6));
  BOOST_TEST(view->similarity(ItemIndex(1), ItemIndex(0)) ==
             view->similarity(ItemIndex(0), ItemIndex(1)));
  BOOST_TEST(view->similarity(ItemIndex(0), ItemIndex(2)) == 0);
}

BOOST_AUTO_TEST_CASE(neighbours_are_best_first_and_never_the_item_itself) {
  auto folds = busy_folds(300, 20'000);

  const auto view = folds.covisitation.publish().view;

  std::size_t full = 0;
  for (std::uint32_t i = 0; i < 300; ++i) {
    const auto& list = view->neighbours(ItemIndex(i));
    BOOST_REQUIRE(list.items.size() <= limits::neighbours_max);
    full += list.items.size() == limits::neighbours_max ? 1u : 0u;
    for (std::size_t k = 0; k < list.items.size(); ++k) {
      BOOST_REQUIRE(list.items[k] != ItemIndex(i));
      BOOST_REQUIRE(list.scores[k] > 0 && list.scores[k] <= 1);
      BOOST_REQUIRE(k == 0 || list.scores[k - 1] >= list.scores[k]);
    }
  }
  BOOST_TEST(full > 50u);
}

BOOST_AUTO_TEST_CASE(only_the_newest_companions_count_and_each_once) {
  CovisitationFold fold;
  std::vector<ItemIndex> companions;
  for (std::uint32_t i = 1; i <= 60; ++i)
    companions.emplace_back(i);
  companions.emplace_back(60);
  companions.emplace_back(0);
  fold.observe(interaction(0, after_days(0), 4, companions));

  const auto& list = fold.publish().view->neighbours(ItemIndex(0));

  BOOST_TEST(list.items.size() == limits::companions_max);
  for (const auto item : list.items)
    BOOST_TEST(item.value() > 60 - limits::companions_max);
}

BOOST_AUTO_TEST_CASE(a_full_table_keeps_the_strong_pairs) {
  CovisitationFold fold;
  for (int i = 0; i < 50; ++i)
    fold.observe(interaction(0, after_days(i), 4, indices({1})));

  // Ten times as many different weak pairs as there are counters.
  for (std::uint32_t i = 0; i < 10 * limits::covisitation_counters_max; ++i) {
    fold.observe(interaction(0, after_days(60), 4, indices({10 + i})));
  }

  const auto& list = fold.publish().view->neighbours(ItemIndex(0));
  BOOST_TEST((list.items.front() == ItemIndex(1)));
}

BOOST_AUTO_TEST_CASE(successors_follow_in_one_direction_and_nearer_steps_weigh_more) {
  CovisitationFold fold;
  fold.observe(interaction(1, after_days(0)));
  fold.observe(interaction(2, after_days(1), 4, indices({1})));
  fold.observe(interaction(3, after_days(2), 4, indices({1, 2})));

  const auto view = fold.publish().view;

  const auto& after_one = view->successors(ItemIndex(1));
  BOOST_TEST((after_one.items == indices({2, 3})));
  const double all = 1 + 0.5 + CovisitationView::successor_shrinkage;
  BOOST_TEST(to_double(after_one.scores[0]) == 1 / all, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(to_double(after_one.scores[1]) == 0.5 / all, boost::test_tools::tolerance(1e-6));
  BOOST_TEST((view->successors(ItemIndex(2)).items == indices({3})));
  BOOST_TEST(view->successors(ItemIndex(3)).items.empty());
  BOOST_TEST(view->successors(ItemIndex(9)).items.empty());
}

BOOST_AUTO_TEST_CASE(a_full_table_keeps_the_strong_successors) {
  CovisitationFold fold;
  for (int i = 0; i < 50; ++i)
    fold.observe(interaction(1, after_days(i), 4, indices({0})));

  for (std::uint32_t i = 0; i < 10 * limits::covisitation_counters_max; ++i)
    fold.observe(interaction(10 + i, after_days(60), 4, indices({0})));

  const auto& list = fold.publish().view->successors(ItemIndex(0));
  BOOST_TEST((list.items.front() == ItemIndex(1)));
  BOOST_TEST(list.items.size() == limits::neighbours_max);
}

BOOST_AUTO_TEST_CASE(deltas_replay_to_the_same_views_and_chain) {
  CovisitationFold live;
  CovisitationFold replayed;
  Philox draws(3, 3);
  std::vector<ItemIndex> history;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const auto item = truncate<std::uint32_t>(draws.uniform() * draws.uniform() * 300);
    live.observe(interaction(item, after_days(i), 4, history));
    history.emplace_back(item);
    if (history.size() > 12) history.erase(history.begin());
    if (i % 499 != 0) continue;
    const auto published = live.publish();
    const auto again = replayed.apply(published.delta);
    BOOST_REQUIRE(again.has_value());
    BOOST_REQUIRE((again.value().view->sha256 == published.view->sha256));
    for (std::uint32_t k = 0; k < 300; ++k) {
      const auto& a = again.value().view->neighbours(ItemIndex(k));
      const auto& b = published.view->neighbours(ItemIndex(k));
      BOOST_REQUIRE((a.items == b.items && a.scores == b.scores));
      const auto& after_a = again.value().view->successors(ItemIndex(k));
      const auto& after_b = published.view->successors(ItemIndex(k));
      BOOST_REQUIRE((after_a.items == after_b.items && after_a.scores == after_b.scores));
    }
  }
}

BOOST_AUTO_TEST_CASE(publishing_one_interaction_costs_the_same_at_any_size) {
  const auto cost_at = [](std::uint32_t items) {
    auto folds = busy_folds(items, items);
    folds.covisitation.publish();
    const auto before = folds.covisitation.nodes_made();
    folds.covisitation.observe(interaction(0, after_days(90), 4, indices({1})));
    folds.covisitation.publish();
    return folds.covisitation.nodes_made() - before;
  };

  const auto small = cost_at(200);
  BOOST_TEST(small <= 8u);
  BOOST_TEST(cost_at(40'000) == small);
}

BOOST_AUTO_TEST_SUITE_END()
