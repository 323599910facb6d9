#include "model/evaluation/slices.hpp"

#include <boost/test/unit_test.hpp>

namespace {
using namespace ars::model;
}  // namespace

BOOST_AUTO_TEST_SUITE(model_evaluation_slices)

BOOST_AUTO_TEST_CASE(item_slices_split_the_interactions_and_unseen_items_are_tail) {
  const std::vector<std::uint64_t> counts = {0, 60, 30, 6, 4};

  const auto slices = item_slices(counts);

  const std::vector<std::string> expected = {"tail_items", "head_items", "middle_items",
                                             "tail_items", "tail_items"};
  BOOST_TEST(slices == expected);
}

BOOST_AUTO_TEST_CASE(a_gain_in_the_pool_can_be_a_loss_in_every_slice) {
  // Within each slice the order is wrong; across slices the scores follow the base rates.
  const std::vector<float> scores = {0.8f, 0.9f, 0.7f, 0.1f, 0.2f, 0.3f};
  const std::vector<float> labels = {1, 0, 1, 0, 0, 0};
  std::vector<float> with_positive = labels;
  with_positive[3] = 1;
  const std::vector<std::string> names = {"a", "a", "a", "b", "b", "b"};
  const std::vector<std::uint64_t> users = {1, 2, 3, 4, 5, 6};

  const auto measured = measure_slices(scores, with_positive, users, rows_by_slice(names));

  BOOST_REQUIRE_EQUAL(measured.size(), 3u);
  BOOST_TEST(measured[0].slice == "all");
  BOOST_TEST(measured[1].auc.value() == 0.0);
  BOOST_TEST(measured[2].auc.value() == 0.0);
  BOOST_TEST(measured[0].auc.value() > 0.4);
  BOOST_TEST(measured[1].positives == 2u);
  BOOST_TEST(measured[1].users == 3u);
}

BOOST_AUTO_TEST_CASE(gauc_counts_only_rows_of_users_with_both_labels) {
  const std::vector<float> scores = {0.8f, 0.2f, 0.9f, 0.4f, 0.1f};
  const std::vector<float> labels = {1, 0, 1, 1, 0};
  const std::vector<std::uint64_t> users = {1, 1, 2, 2, 3};

  const auto all = measure_slices(scores, labels, users, {}).front();

  BOOST_TEST(all.rows == 5u);
  BOOST_TEST(all.gauc_rows == 2u);
  BOOST_TEST(all.gauc.value() == 1.0);
}

BOOST_AUTO_TEST_CASE(what_one_label_cannot_say_stays_undefined) {
  const std::vector<float> scores = {0.8f, 0.9f};
  const std::vector<float> labels = {1, 1};
  const std::vector<std::uint64_t> users = {1, 2};

  const auto all = measure_slices(scores, labels, users, {}).front();

  BOOST_TEST(!all.auc.has_value());
  BOOST_TEST(!all.gauc.has_value());
  BOOST_TEST(all.logloss.has_value());
  BOOST_TEST(all.rows == 2u);
}

BOOST_AUTO_TEST_CASE(users_are_new_light_or_heavy_by_what_came_before) {
  BOOST_TEST(user_slice(0) == "new_users");
  BOOST_TEST(user_slice(1) == "light_users");
  BOOST_TEST(user_slice(20) == "heavy_users");
}

BOOST_AUTO_TEST_SUITE_END()
