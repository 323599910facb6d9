#include "actors/evolution/autotrain/ranker_space.hpp"

#include "model/features/feature_plan.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace ars;
using namespace ars::actors;

BOOST_AUTO_TEST_SUITE(actors_ranker_space)

BOOST_AUTO_TEST_CASE(both_starting_points_lie_in_the_space) {
  BOOST_TEST(model::check_point(ranker_space(), default_ranker_point()).has_value());
  BOOST_TEST(model::check_point(ranker_space(), choice_ranker_point()).has_value());
}

BOOST_AUTO_TEST_CASE(every_family_makes_a_program_of_its_own_for_both_feature_plans) {
  const auto families = ranker_space().parameters.front().choices;
  BOOST_REQUIRE(families.size() >= 4u);
  for (const auto& features : {model::default_feature_plan(), model::choice_feature_plan()}) {
    std::vector<Bytes32> genomes;
    for (std::size_t family = 0; family < families.size(); ++family) {
      auto point = default_ranker_point();
      point.front() = static_cast<double>(family);
      const auto ranker = ranker_at(point, features);
      BOOST_TEST((ranker.features == features));
      BOOST_TEST((std::find(genomes.begin(), genomes.end(), ranker.genome) == genomes.end()));
      genomes.push_back(ranker.genome);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_starting_point_says_its_family_in_words) {
  BOOST_TEST(describe_point(default_ranker_point()).starts_with("deepfm of size 8"));
  BOOST_TEST(describe_point(choice_ranker_point()).starts_with("wide_deepfm of size 8"));
}

BOOST_AUTO_TEST_SUITE_END()
