#include "model/retrieval/affinity.hpp"

#include "model/limits.hpp"
#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace ars;
using namespace ars::model;
using namespace ars::model::sample;

namespace {

// Item 1 is followed by 2, item 2 by 3; all went together.
std::shared_ptr<const CovisitationView> chain_view() {
  CovisitationFold fold;
  for (int i = 0; i < 20; ++i) {
    fold.observe(interaction(1, after_days(i)));
    fold.observe(interaction(2, after_days(i), 4, indices({1})));
    fold.observe(interaction(3, after_days(i), 4, indices({1, 2})));
  }
  return fold.publish().view;
}

events::UserFeatures user_with(std::vector<ItemIndex> history, std::vector<float> values) {
  events::UserFeatures out;
  double sum = 0;
  for (const float value : values)
    sum += to_double(value);
  out.mean_value = values.empty() ? 0 : sum / to_double(values.size());
  out.interactions = narrow<std::uint32_t>(history.size());
  out.history = std::move(history);
  out.history_values = std::move(values);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_affinity)

BOOST_AUTO_TEST_CASE(succession_looks_ahead_and_never_back) {
  const auto view = chain_view();

  const auto scores = succession_scores(user_with(indices({2}), {4}), *view);

  BOOST_TEST(scores.score(ItemIndex(3)) == view->successors(ItemIndex(2)).scores[0]);
  BOOST_TEST(scores.score(ItemIndex(1)) == 0);
}

BOOST_AUTO_TEST_CASE(succession_weighs_the_latest_item_most) {
  const auto view = chain_view();

  const auto scores = succession_scores(user_with(indices({1, 2}), {4, 4}), *view);

  const double latest = to_double(view->successors(ItemIndex(2)).scores[0]);
  const double earlier = to_double(view->successors(ItemIndex(1)).scores[1]);
  BOOST_TEST((view->successors(ItemIndex(1)).items[1] == ItemIndex(3)));
  BOOST_TEST(to_double(scores.score(ItemIndex(3))) == latest + earlier * std::exp2(-0.5),
             boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(a_user_without_a_history_has_no_scores) {
  const auto view = chain_view();

  BOOST_TEST(succession_scores({}, *view).entries().empty());
  BOOST_TEST(NeighbourValues({}, *view).of(ItemIndex(1)) == 0);
}

BOOST_AUTO_TEST_CASE(neighbours_valued_high_speak_for_an_item_and_low_ones_against_it) {
  CovisitationFold fold;
  for (int i = 0; i < 10; ++i) {
    fold.observe(interaction(5, after_days(i), 4, indices({1})));
    fold.observe(interaction(6, after_days(i), 4, indices({2})));
  }
  const auto view = fold.publish().view;

  const NeighbourValues values(user_with(indices({1, 2}), {5, 2}), *view);

  BOOST_TEST(values.of(ItemIndex(5)) > 0.5);
  BOOST_TEST(values.of(ItemIndex(6)) < -0.5);
  BOOST_TEST(values.of(ItemIndex(5)) == -values.of(ItemIndex(6)),
             boost::test_tools::tolerance(1e-6));
  BOOST_TEST(values.of(ItemIndex(7)) == 0);
}

BOOST_AUTO_TEST_CASE(a_history_at_the_limit_is_read_to_the_limit) {
  auto folds = busy_folds(600, 6000);
  const auto views = folds.publish();
  std::vector<ItemIndex> history;
  for (std::uint32_t i = 0; i < 2 * limits::history_max; ++i)
    history.emplace_back(i);
  const std::vector<float> fours(history.size(), 4);
  const std::vector<ItemIndex> newest(history.end() - limits::history_max, history.end());
  const std::vector<float> as_many(newest.size(), 4);

  auto whole = succession_scores(user_with(history, fours), *views.covisitation);
  auto kept = succession_scores(user_with(newest, as_many), *views.covisitation);

  BOOST_TEST(whole.entries().size() > 20u);
  BOOST_REQUIRE(whole.entries().size() == kept.entries().size());
  for (std::size_t i = 0; i < kept.entries().size(); ++i) {
    BOOST_REQUIRE((whole.entries()[i].item == kept.entries()[i].item));
    BOOST_REQUIRE(whole.entries()[i].score == kept.entries()[i].score);
  }
}

BOOST_AUTO_TEST_SUITE_END()
