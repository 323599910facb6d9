#include "model/evaluation/ranking_metrics.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace {

using namespace ars;
using namespace ars::model;
namespace tt = boost::test_tools;
using Floats = std::vector<float>;

struct Rows {
  Floats scores, labels;
  std::vector<std::uint64_t> groups;
};

// Few distinct scores, so that ties matter.
Rows random_rows(Philox& random, std::size_t size) {
  Rows rows;
  for (std::size_t i = 0; i < size; ++i) {
    rows.scores.push_back(static_cast<float>(random.below(6)) / 8.0f);
    rows.labels.push_back(random.uniform() < 0.3 ? 1.0f : 0.0f);
    rows.groups.push_back(random.below(7));
  }
  return rows;
}

double auc_by_pairs(const Rows& rows) {
  double won = 0, pairs = 0;
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    for (std::size_t j = 0; j < rows.labels.size(); ++j) {
      if (rows.labels[i] < 0.5f || rows.labels[j] > 0.5f) continue;
      pairs += 1;
      won += rows.scores[i] > rows.scores[j] ? 1 : rows.scores[i] == rows.scores[j] ? 0.5 : 0;
    }
  }
  return won / pairs;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_evaluation_ranking_metrics)

BOOST_AUTO_TEST_CASE(auc_gives_ties_half_credit) {
  BOOST_TEST(auc(Floats{0.1f, 0.4f, 0.35f, 0.8f}, Floats{0, 0, 1, 1}).value() == 0.75);
  BOOST_TEST(auc(Floats{0.5f, 0.5f, 0.5f, 0.5f}, Floats{1, 0, 1, 0}).value() == 0.5);

  Philox random(11, 1);
  for (int i = 0; i < 50; ++i) {
    const auto rows = random_rows(random, 60);
    const auto value = auc(rows.scores, rows.labels);
    if (value) BOOST_TEST(*value == auc_by_pairs(rows), tt::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(auc_of_one_class_is_undefined) {
  BOOST_TEST(!auc(Floats{0.1f, 0.9f}, Floats{1, 1}).has_value());
  BOOST_TEST(!auc(Floats{0.1f, 0.9f}, Floats{0, 0}).has_value());
  BOOST_TEST(!auc(Floats{}, Floats{}).has_value());
}

BOOST_AUTO_TEST_CASE(gauc_weighs_users_by_rows_and_skips_one_class_users) {
  // User 5 ranks right (3 rows), user 2 wrong (2 rows), user 9 has positives only.
  const Floats scores = {0.9f, 0.2f, 0.1f, 0.3f, 0.7f, 0.4f};
  const Floats labels = {1, 0, 0, 1, 0, 1};
  const std::vector<std::uint64_t> groups = {5, 5, 5, 2, 2, 9};

  BOOST_TEST(gauc(scores, labels, groups).value() == 3.0 / 5.0, tt::tolerance(1e-12));
  const auto users = group_aucs(scores, labels, groups);
  BOOST_REQUIRE_EQUAL(users.size(), 2u);
  BOOST_TEST((users[0] == GroupAuc{2, 0.0, 2}));
  BOOST_TEST((users[1] == GroupAuc{5, 1.0, 3}));
}

BOOST_AUTO_TEST_CASE(logloss_clips_and_counts_certain_rows) {
  const auto fair = logloss(Floats{0.5f, 0.25f}, Floats{1, 0});
  BOOST_TEST(fair->value == -(std::log(0.5) + std::log(0.75)) / 2, tt::tolerance(1e-12));
  BOOST_TEST(fair->clipped == 0u);

  const auto certain = logloss(Floats{0.0f, 1.0f}, Floats{1, 1});
  BOOST_TEST(certain->clipped == 2u);
  BOOST_TEST(certain->value == 26 * std::log(2.0), tt::tolerance(1e-9));
  BOOST_TEST(!logloss(Floats{}, Floats{}).has_value());
}

BOOST_AUTO_TEST_CASE(predicting_the_base_rate_has_normalised_entropy_one) {
  const Floats labels = {1, 0, 0, 0};
  BOOST_TEST(normalised_entropy(Floats(4, 0.25f), labels).value() == 1.0, tt::tolerance(1e-12));
  BOOST_TEST(normalised_entropy(Floats{0.7f, 0.1f, 0.1f, 0.1f}, labels).value() < 1.0);
}

BOOST_AUTO_TEST_CASE(calibration_bins_are_equal_width_and_the_last_is_closed) {
  const Floats probabilities = {0.05f, 0.15f, 0.95f, 1.0f, 0.0f};
  const Floats labels = {0, 1, 1, 1, 0};

  const auto bins = calibration_bins(probabilities, labels);

  BOOST_TEST(bins[0].rows == 2u);
  BOOST_TEST(bins[1].rows == 1u);
  BOOST_TEST(bins[9].rows == 2u);
  // (2·|.025 − 0| + 1·|.15 − 1| + 2·|.975 − 1|) / 5
  BOOST_TEST(ece(probabilities, labels).value() == 0.19, tt::tolerance(1e-6));
  BOOST_TEST(brier(Floats{0.5f, 1.0f}, Floats{0, 1}).value() == 0.125);
}

BOOST_AUTO_TEST_CASE(ndcg_takes_its_ideal_from_all_relevant_items) {
  // One of two relevant items found at rank 2.
  const Floats listed = {0, 1, 0};
  const double ideal = 1 + 1 / std::log2(3.0);
  BOOST_TEST(ndcg_at(10, listed, Floats{1, 1}).value() == (1 / std::log2(3.0)) / ideal,
             tt::tolerance(1e-12));
  BOOST_TEST(ndcg_at(1, listed, Floats{1, 1}).value() == 0.0);
  // Linear gain: graded lists in the best order are perfect.
  BOOST_TEST(ndcg_at(3, Floats{3, 2, 1}, Floats{1, 2, 3}).value() == 1.0, tt::tolerance(1e-12));
  BOOST_TEST(!ndcg_at(3, listed, Floats{}).has_value());
}

BOOST_AUTO_TEST_CASE(a_short_list_is_filled_with_misses) {
  BOOST_TEST(recall_at(10, Floats{1}, 4).value() == 0.25);
  BOOST_TEST(hit_at(10, Floats{0, 0}) == 0.0);
  BOOST_TEST(hit_at(1, Floats{0, 1}) == 0.0);
  BOOST_TEST(hit_at(2, Floats{0, 1}) == 1.0);
}

BOOST_AUTO_TEST_CASE(one_relevant_item_needs_only_its_rank) {
  const std::vector<ItemIndex> list = {ItemIndex(7), ItemIndex(3), ItemIndex(9)};

  const auto rank = rank_of(list, ItemIndex(9));

  BOOST_TEST(rank == 3u);
  BOOST_TEST(ndcg_of_rank(rank, 10) == ndcg_at(10, Floats{0, 0, 1}, Floats{1}).value());
  BOOST_TEST(ndcg_of_rank(rank, 2) == 0.0);
  BOOST_TEST(rank_of(list, ItemIndex(1)) == 0u);
  BOOST_TEST(ndcg_of_rank(0, 10) == 0.0);
  BOOST_TEST(hit_of_rank(3, 3) == 1.0);
}

BOOST_AUTO_TEST_CASE(ties_are_ordered_by_item_id_descending_bytewise) {
  const std::vector<std::string> ids = {"10", "9", "8", "100"};

  const auto order = order_by_score(Floats{0.5f, 0.5f, 0.9f, 0.5f}, ids);

  BOOST_TEST(order == (std::vector<std::size_t>{2, 1, 3, 0}));
}

BOOST_AUTO_TEST_SUITE_END()
