#include "model/features/feature_plan.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace ars;
using namespace ars::model;

BOOST_AUTO_TEST_SUITE(model_feature_plan)

BOOST_AUTO_TEST_CASE(names_of_the_catalogue_are_unique_and_have_columns) {
  std::set<std::string_view> names;
  std::uint32_t ids = 0;
  std::uint32_t values = 0;
  for (const auto& each : feature_catalog()) {
    BOOST_TEST(names.insert(each.name).second);
    const auto column = feature_column(each.name);
    BOOST_REQUIRE(column.has_value());
    BOOST_TEST(column->column == (each.kind == FeatureKind::categorical ? ids++ : values++));
    if (each.kind == FeatureKind::categorical) BOOST_TEST(each.vocabulary >= 2u);
  }
  BOOST_TEST(ids == id_column_count());
  BOOST_TEST(values == dense_column_count());
  BOOST_TEST(!feature_column("horoscope").has_value());
}

BOOST_AUTO_TEST_CASE(the_default_plan_is_valid_and_leaves_room_for_evolution) {
  const auto plan = default_feature_plan();

  BOOST_TEST(check_plan(plan).has_value());
  const auto absent = absent_features(plan);
  BOOST_TEST(plan.size() + absent.size() == feature_catalog().size());
  for (const auto* name : {"appeal", "category_rate", "covisitation"}) {
    BOOST_TEST((std::find(absent.begin(), absent.end(), name) != absent.end()));
  }
}

BOOST_AUTO_TEST_CASE(the_choice_plan_reads_history_and_question_and_leaves_ids_to_evolution) {
  const auto plan = choice_feature_plan();

  BOOST_TEST(check_plan(plan).has_value());
  const auto absent = absent_features(plan);
  for (const auto* name : {"question", "succession", "covisitation", "neighbour_value"}) {
    BOOST_TEST((std::find(plan.begin(), plan.end(), name) != plan.end()));
  }
  for (const auto& name : default_feature_plan()) {
    const bool left_out = std::find(absent.begin(), absent.end(), name) != absent.end();
    BOOST_TEST(left_out == (name == "user" || name == "item"));
  }
}

BOOST_AUTO_TEST_CASE(adding_and_removing_are_inverse_and_keep_the_order) {
  const auto plan = default_feature_plan();

  for (const auto& name : absent_features(plan)) {
    const auto wider = with_feature(plan, name);
    BOOST_REQUIRE(wider.has_value());
    BOOST_TEST(check_plan(wider.value()).has_value());
    BOOST_TEST((without_feature(wider.value(), name).value() == plan));
    BOOST_TEST((with_feature(wider.value(), name).error().code == Errc::conflict));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_plan_is_refused_with_its_name) {
  BOOST_TEST((check_plan({}).error().code == Errc::invalid));
  BOOST_TEST((check_plan({"user", "user"}).error().code == Errc::invalid));
  BOOST_TEST((check_plan({"item", "user"}).error().code == Errc::invalid));
  const auto unknown = check_plan({"user", "horoscope"});
  BOOST_TEST(unknown.error().context.find("horoscope") != std::string::npos);
  BOOST_TEST((with_feature({"user"}, "horoscope").error().code == Errc::invalid));
  BOOST_TEST((without_feature({"user"}, "item").error().code == Errc::not_found));
  BOOST_TEST((without_feature({"user"}, "user").error().code == Errc::invalid));
}

BOOST_AUTO_TEST_SUITE_END()
