#include "model/features/encoder.hpp"

#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

using namespace ars;
using namespace ars::model;
using namespace ars::model::sample;

namespace {

events::RequestRouted busy_request() {
  auto request = request_of(3, indices({1, 5, 9, 40, 77}));
  request.user_features.category_counts = {5, 0, 2, 1, 0, 0, 9};
  request.context = {{"device", "phone"},
                     {"affinity_item-4", "1.5"},
                     {"daypart", "evening"},
                     {"affinity_item-6", "no number"}};
  return request;
}

float dense_of(const CandidateMatrix& matrix, std::size_t row, std::string_view name) {
  const auto column = feature_column(name);
  BOOST_REQUIRE((column.has_value() && column->kind == FeatureKind::dense));
  return row_dense(matrix, row)[column->column];
}

std::uint32_t id_of(const CandidateMatrix& matrix, std::size_t row, std::string_view name) {
  const auto column = feature_column(name);
  BOOST_REQUIRE((column.has_value() && column->kind == FeatureKind::categorical));
  return row_ids(matrix, row)[column->column];
}

std::vector<ItemIndex> first_items(std::uint32_t n) {
  std::vector<ItemIndex> out;
  for (std::uint32_t i = 0; i < n; ++i)
    out.emplace_back(i);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_encoder)

BOOST_AUTO_TEST_CASE(the_matrix_has_the_columns_of_the_catalogue_within_their_vocabularies) {
  auto folds = busy_folds(600, 3000);
  const auto views = folds.publish();
  const auto layout = columns();

  const auto matrix = encode(busy_request(), first_items(700), views);

  BOOST_TEST(check_columns(layout).has_value());
  BOOST_TEST(matrix.rows == 700u);
  BOOST_TEST(matrix.id_columns == layout.ids.size());
  BOOST_TEST(matrix.dense_columns == layout.dense.size());
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (std::size_t i = 0; i < layout.ids.size(); ++i) {
      BOOST_REQUIRE(row_ids(matrix, row)[i] < layout.ids[i].vocabulary);
    }
    for (const float value : row_dense(matrix, row))
      BOOST_REQUIRE(std::isfinite(value));
  }
  for (const auto id : matrix.sequence)
    BOOST_TEST(id < layout.sequence_vocabulary);
}

BOOST_AUTO_TEST_CASE(a_row_does_not_depend_on_the_other_candidates) {
  auto folds = busy_folds(600, 3000);
  const auto views = folds.publish();
  const auto request = busy_request();
  auto items = first_items(500);
  const auto together = encode(request, items, views);

  std::reverse(items.begin(), items.end());
  const auto reversed = encode(request, items, views);
  for (std::uint32_t i = 0; i < 500; ++i) {
    const ItemIndex one[] = {ItemIndex(i)};
    const auto alone = encode(request, one, views);
    BOOST_REQUIRE(std::ranges::equal(row_ids(alone, 0), row_ids(together, i)));
    BOOST_REQUIRE(std::ranges::equal(row_dense(alone, 0), row_dense(together, i)));
    BOOST_REQUIRE(std::ranges::equal(row_ids(alone, 0), row_ids(reversed, 499 - i)));
    BOOST_REQUIRE(std::ranges::equal(row_dense(alone, 0), row_dense(reversed, 499 - i)));
  }
}

BOOST_AUTO_TEST_CASE(each_column_holds_what_its_name_says) {
  auto folds = busy_folds(600, 3000);
  const auto views = folds.publish();
  const auto request = busy_request();

  const auto matrix = encode(request, first_items(600), views);

  // Item 0 has categories c0 and, (0 / 7) % 7 = 0, no second one; item 7 has c0; item 21 c0 and c3.
  BOOST_TEST(id_of(matrix, 21, "item") == 22u);
  BOOST_TEST(id_of(matrix, 0, "category_first") == id_of(matrix, 7, "category_first"));
  BOOST_TEST(id_of(matrix, 0, "category_second") == 0u);
  BOOST_TEST(id_of(matrix, 21, "category_second") == id_of(matrix, 3, "category_first"));
  BOOST_TEST(id_of(matrix, 0, "last_item") == 78u);
  BOOST_TEST(id_of(matrix, 0, "context_0") != 0u);
  BOOST_TEST(id_of(matrix, 0, "context_1") != 0u);
  BOOST_TEST(id_of(matrix, 0, "context_2") == 0u);
  BOOST_TEST(id_of(matrix, 0, "slot") == 0u);
  BOOST_TEST(id_of(matrix, 0, "user_activity") == 4u);  // 5 interactions
  BOOST_TEST(dense_of(matrix, 4, "affinity") == 1.5f);
  BOOST_TEST(dense_of(matrix, 6, "affinity") == 0);
  BOOST_TEST(dense_of(matrix, 3, "appeal") == 1);
  BOOST_TEST(dense_of(matrix, 13, "category_match") == 2 * 9.0f / 17);
  BOOST_TEST(dense_of(matrix, 1, "category_match") == 0);
  const auto count = to_double(views.statistics->count(ItemIndex(2)));
  BOOST_TEST(to_double(dense_of(matrix, 2, "log_interactions")) == std::log1p(count) / 8,
             boost::test_tools::tolerance(1e-6));
  const auto& near = views.covisitation->neighbours(ItemIndex(77));
  BOOST_REQUIRE(!near.items.empty());
  BOOST_TEST(dense_of(matrix, near.items[0].value(), "covisitation") > 0);
  const auto& after = views.covisitation->successors(ItemIndex(77));
  BOOST_REQUIRE(!after.items.empty());
  BOOST_TEST(dense_of(matrix, after.items[0].value(), "succession") > 0);
  BOOST_TEST((matrix.sequence == std::vector<std::uint32_t>{2, 6, 10, 41, 78}));
}

BOOST_AUTO_TEST_CASE(counts_times_and_shares_have_their_stated_scale) {
  Folds folds;
  auto film = listing(0, {"war", "drama"}, after_days(8));
  film.attributes = {{"year", 2010}, {"appeal", -0.5}};
  folds.observe(film);
  folds.observe(listing(1, {"love"}, after_days(8)));
  folds.observe(listing(2, {"war"}, after_days(8)));
  for (int i = 0; i < 3; ++i)
    folds.observe(interaction(0, after_days(38), 5));
  folds.observe(interaction(1, after_days(38), 1));
  events::LoggedActionReceived shown;
  shown.item = ItemIndex(0);
  for (int i = 0; i < 40; ++i) {
    shown.reward = i < 20 ? 1 : 0;
    folds.statistics.observe(shown);
  }
  auto request = request_of(3, indices({2, 1}));
  request.user_features.interactions = 20;
  request.user_features.mean_value = 4.5;
  request.user_features.category_counts = {3, 1};
  request.user_features.category_passes = {7, 0};

  const auto matrix = encode(request, first_items(3), folds.publish());

  const auto near = boost::test_tools::tolerance(1e-5);
  const auto dense = [&](std::string_view name) { return to_double(dense_of(matrix, 0, name)); };
  BOOST_TEST(dense("log_interactions") == std::log1p(3.0) / 8, near);
  BOOST_TEST(dense("item_mean_value") == (15 + 5 * 4.0) / 8 - 4, near);
  BOOST_TEST(dense("item_click_rate") == std::log((20 + 20 * 0.35) / 60 / 0.35), near);
  BOOST_TEST(dense("user_mean_value") == 0.5, near);
  BOOST_TEST(dense("days_since_listed") == std::log1p(32.0) / 6, near);
  BOOST_TEST(dense("recent_popularity") == 1, near);
  BOOST_TEST(dense("log_impressions") == std::log1p(40.0) / 8, near);
  BOOST_TEST(dense("user_log_interactions") == std::log1p(20.0) / 8, near);
  BOOST_TEST(dense("category_match") == 2 / std::sqrt(2.0), near);
  BOOST_TEST(dense("recent_category_match") == 0.5, near);
  BOOST_TEST(dense("category_rate") ==
                 (std::log((3 + 3.5) / 20 / 0.35) + std::log((1 + 3.5) / 11 / 0.35)) / 2,
             near);
  BOOST_TEST(dense("release_year") == 1, near);
  BOOST_TEST(dense("appeal") == -0.5, near);
  BOOST_TEST(dense("cold_popularity") == std::log1p(3.0) / 21, near);
  BOOST_TEST(dense("idle_days") == std::log1p(2.0) / 6, near);
  BOOST_TEST(to_double(dense_of(matrix, 2, "idle_days")) == std::log1p(1000.0) / 6, near);
  BOOST_TEST(to_double(dense_of(matrix, 1, "recent_popularity")) == 1 - std::log(3.0) / 10, near);
  BOOST_TEST(dense_of(matrix, 2, "recent_popularity") == 0);
  BOOST_TEST(id_of(matrix, 0, "item_age") == 1u + 6);                // 32 days
  BOOST_TEST(id_of(matrix, 0, "item_popularity") == 1u + 2);         // 3 interactions
  BOOST_TEST(id_of(matrix, 0, "user_activity") == 1u + 5);           // 20 interactions
  BOOST_TEST(id_of(matrix, 0, "user_category_affinity") == 1u + 7);  // 0.707
  BOOST_TEST(id_of(matrix, 0, "segment_category") == id_of(matrix, 2, "segment_category"));
  BOOST_TEST(id_of(matrix, 0, "segment_category") != id_of(matrix, 1, "segment_category"));
}

BOOST_AUTO_TEST_CASE(unknown_users_and_items_are_encoded_not_refused) {
  const auto views = empty_views();

  const auto matrix = encode(events::RequestRouted{}, first_items(3), views);

  BOOST_TEST(matrix.rows == 3u);
  BOOST_TEST(id_of(matrix, 2, "item") == 3u);
  BOOST_TEST(id_of(matrix, 2, "segment") == 0u);
  BOOST_TEST(matrix.sequence.empty());
}

BOOST_AUTO_TEST_CASE(extreme_values_stay_finite_and_bounded) {
  Folds folds;
  auto row = listing(0, {"war"});
  row.attributes = {{"appeal", 1e300}, {"year", -1e300}};
  folds.observe(row);
  folds.observe(interaction(0, Timestamp(std::numeric_limits<std::int64_t>::min() / 2), 1e30f));
  const auto views = folds.publish();
  auto request = request_of(1);
  request.occurred_at = Timestamp(std::numeric_limits<std::int64_t>::max() / 2);
  request.context = {{"affinity_item-0", "1e400"}, {"affinity_item-0", "nan"}};

  const ItemIndex items[] = {ItemIndex(0)};
  const auto matrix = encode(request, items, views);

  for (const float value : matrix.dense)
    BOOST_TEST((std::isfinite(value) && std::abs(value) <= 8));
}

BOOST_AUTO_TEST_CASE(the_slot_is_written_into_training_rows_only) {
  auto folds = busy_folds(10, 10);
  const auto matrix = encode(request_of(1), first_items(1), folds.publish());
  std::vector<std::uint32_t> ids(row_ids(matrix, 0).begin(), row_ids(matrix, 0).end());

  place_in_slot(ids, 3);

  BOOST_TEST(ids[feature_column("slot")->column] == 4u);
  place_in_slot(ids, 9999);
  BOOST_TEST(ids[feature_column("slot")->column] == feature_column("slot")->vocabulary - 1);
}

BOOST_AUTO_TEST_CASE(the_value_of_a_neighbour_speaks_for_an_item) {
  Folds folds;
  for (std::uint32_t i = 0; i < 5; ++i)
    folds.observe(listing(i, {"war"}));
  for (int i = 0; i < 10; ++i) {
    folds.observe(interaction(3, after_days(i), 4, indices({1})));
    folds.observe(interaction(4, after_days(i), 4, indices({2})));
  }
  auto request = request_of(1, indices({1, 2}));
  request.user_features.history_values = {5, 3};

  const auto matrix = encode(request, first_items(5), folds.publish());

  BOOST_TEST(dense_of(matrix, 3, "neighbour_value") > 0.5);
  BOOST_TEST(dense_of(matrix, 4, "neighbour_value") < -0.5);
  BOOST_TEST(dense_of(matrix, 0, "neighbour_value") == 0);
}

BOOST_AUTO_TEST_CASE(a_row_asks_whether_the_item_is_taken_until_told_otherwise) {
  auto folds = busy_folds(10, 10);
  const auto matrix = encode(request_of(1), first_items(1), folds.publish());
  std::vector<std::uint32_t> ids(row_ids(matrix, 0).begin(), row_ids(matrix, 0).end());
  const auto column = feature_column("question")->column;
  const auto before = ids;

  ask(ids, Question::valued);

  BOOST_TEST(before[column] == to_underlying(Question::taken));
  BOOST_TEST(ids[column] == to_underlying(Question::valued));
  ask(ids, Question::taken);
  BOOST_TEST((ids == before));
}

BOOST_AUTO_TEST_CASE(items_beyond_the_vocabulary_share_ids_but_never_the_unknown_one) {
  BOOST_TEST(item_feature_id(ItemIndex(0)) == 1u);
  BOOST_TEST(item_feature_id(ItemIndex(item_vocabulary - 2)) == item_vocabulary - 1);
  for (std::uint32_t i = 0; i < 100'000; i += 13) {
    BOOST_REQUIRE(item_feature_id(ItemIndex(i)) > 0);
    BOOST_REQUIRE(item_feature_id(ItemIndex(i)) < item_vocabulary);
  }
}

BOOST_AUTO_TEST_SUITE_END()
