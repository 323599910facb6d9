#include "model/features/screening.hpp"

#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"
#include "model/features/feature_catalog.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

namespace {

using namespace ars;
using namespace ars::model;

struct Fixture {
  std::vector<Example> rows;
  std::vector<float> scores;
  Philox draws{7, 0};

  // A row of an item of this category whose dense feature has this value; the model says 1/2.
  void add(std::uint32_t category, const char* feature, double value, bool click) {
    Example row;
    row.ids.assign(id_column_count(), 1);
    row.dense.assign(dense_column_count(), 0);
    row.ids[feature_column("category_first")->column] = category;
    row.dense[feature_column(feature)->column] = static_cast<float>(value);
    row.label = click ? 1.0F : 0.0F;
    rows.push_back(std::move(row));
    scores.push_back(0.5F);
  }
  double gain(std::string_view feature) const {
    for (const auto& each : screen_features(rows, scores)) {
      if (each.feature == feature) return each.gain;
    }
    return -1;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(model_features_screening, Fixture)

BOOST_AUTO_TEST_CASE(feature_that_explains_the_residuals_gains_most) {
  for (int i = 0; i < 2000; ++i) {
    const double value = draws.normal();
    add(1, "appeal", value, draws.uniform() < (value > 0 ? 0.7 : 0.3));
  }

  const auto screened = screen_features(rows, scores);

  const auto best = std::max_element(screened.begin(), screened.end(),
                                     [](const auto& a, const auto& b) { return a.gain < b.gain; });
  BOOST_TEST(best->feature == "appeal");
  // Means of +-0.2 explain 0.04 of the squared error of a row.
  BOOST_TEST(best->gain > 0.03);
  BOOST_TEST(best->gain < 0.045);
  BOOST_TEST(screened.size() == feature_catalog().size());
}

BOOST_AUTO_TEST_CASE(feature_that_matters_within_categories_only_is_seen) {
  for (int i = 0; i < 4000; ++i) {
    const auto category = narrow<std::uint32_t>(1 + draws.below(2));
    const double value = draws.normal();
    const bool likely = (value > 0) == (category == 1);
    add(category, "affinity", value, draws.uniform() < (likely ? 0.7 : 0.3));
  }

  BOOST_TEST(gain("affinity") > 0.03);
}

BOOST_AUTO_TEST_CASE(noise_comes_out_as_no_gain) {
  for (int i = 0; i < 4000; ++i)
    add(1, "covisitation", draws.normal(), draws.uniform() < 0.5);

  BOOST_TEST(gain("covisitation") < 0.001);
}

BOOST_AUTO_TEST_CASE(too_few_rows_name_no_feature) {
  for (int i = 0; i < 100; ++i)
    add(1, "appeal", draws.normal(), true);

  BOOST_TEST(screen_features(rows, scores).empty());
}

BOOST_AUTO_TEST_CASE(rows_of_other_columns_name_no_feature) {
  for (int i = 0; i < 300; ++i)
    add(1, "appeal", draws.normal(), true);
  rows.back().ids.pop_back();

  BOOST_TEST(screen_features(rows, scores).empty());
}

BOOST_AUTO_TEST_CASE(metric_names_a_feature_and_other_metrics_name_none) {
  BOOST_TEST(screened_feature(screening_metric("appeal")) == "appeal");
  BOOST_TEST(screened_feature("auc").empty());
}

BOOST_AUTO_TEST_SUITE_END()
