#include "model/features/leakage.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace ars;
using namespace ars::model;

namespace {

std::vector<Example> noise_rows(std::size_t n) {
  std::vector<Example> out;
  Philox draws(1, 2);
  for (std::size_t i = 0; i < n; ++i) {
    Example row;
    row.ids.resize(id_column_count());
    row.dense.resize(dense_column_count());
    for (auto& id : row.ids)
      id = static_cast<std::uint32_t>(draws.below(8));
    for (auto& value : row.dense)
      value = static_cast<float>(draws.normal());
    row.label = draws.uniform() < 0.2 ? 1.0f : 0.0f;
    out.push_back(std::move(row));
  }
  return out;
}

FeatureNames everything() {
  FeatureNames out;
  for (const auto& each : feature_catalog())
    out.emplace_back(each.name);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_leakage)

BOOST_AUTO_TEST_CASE(nothing_in_the_catalogue_leaks_by_declaration) {
  BOOST_TEST(check_leakage(everything()).has_value());
}

BOOST_AUTO_TEST_CASE(a_feature_of_the_label_or_the_future_is_refused_by_name) {
  const auto label = check_leakage({"user", "click"});
  BOOST_TEST((label.error().code == Errc::invalid));
  BOOST_TEST(label.error().context.find("'click' reads an outcome") != std::string::npos);
  const auto later = check_leakage({"next_item"});
  BOOST_TEST(later.error().context.find("later than the decision") != std::string::npos);
  const auto unknown = check_leakage({"horoscope"});
  BOOST_TEST(unknown.error().context.find("does not state") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(noise_is_not_suspected) {
  BOOST_TEST(suspect_leaks(everything(), noise_rows(2000)).empty());
}

BOOST_AUTO_TEST_CASE(a_constant_column_is_not_suspected) {
  auto rows = noise_rows(2000);
  for (auto& row : rows)
    row.ids[3] = 1;
  for (auto& row : rows)
    row.dense[3] = 1;

  BOOST_TEST(suspect_leaks(everything(), rows).empty());
}

BOOST_AUTO_TEST_CASE(a_column_with_another_id_in_each_row_is_not_suspected) {
  auto rows = noise_rows(2000);
  std::uint32_t next = 1;
  for (auto& row : rows)
    row.ids[1] = next++;

  BOOST_TEST(suspect_leaks(everything(), rows).empty());
}

BOOST_AUTO_TEST_CASE(a_column_that_holds_the_label_is_suspected) {
  auto rows = noise_rows(2000);
  const auto dense = *feature_column("item_click_rate");
  const auto id = *feature_column("last_item");
  for (auto& row : rows) {
    row.dense[dense.column] = -row.label;
    row.ids[id.column] = row.label > 0.5f ? 3 + row.ids[0] : 20 + row.ids[0];
  }

  const auto suspects = suspect_leaks(everything(), rows);

  BOOST_REQUIRE(suspects.size() == 2u);
  BOOST_TEST(suspects[0].feature == "last_item");
  BOOST_TEST(suspects[1].feature == "item_click_rate");
  BOOST_TEST(suspects[1].auc == 1);
  const FeatureNames without{"user", "item"};
  BOOST_TEST(suspect_leaks(without, rows).empty());
}

BOOST_AUTO_TEST_CASE(too_few_rows_suspect_nothing) {
  auto rows = noise_rows(60);
  for (auto& row : rows)
    row.dense[0] = row.label;

  BOOST_TEST(suspect_leaks(everything(), rows).empty());
}

BOOST_AUTO_TEST_SUITE_END()
