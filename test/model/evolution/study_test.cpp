#include "model/evolution/study.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::model;

Parameter whole(double low, double high, double step = 0) {
  return {"n", ParameterKind::whole, low, high, Scale::linear, step, {}};
}

std::string refused(Parameter parameter) {
  const auto checked = check_space({{std::move(parameter)}});
  return checked.has_value() ? "" : checked.error().context;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_evolution_study)

BOOST_AUTO_TEST_CASE(a_space_that_cannot_be_searched_is_refused_with_its_reason) {
  BOOST_TEST(refused(whole(1, 4)) == "");
  BOOST_TEST(refused(whole(4, 1)) == "n: bounds [4, 1] are not an interval");
  BOOST_TEST(refused(whole(1.5, 4)) == "n: bounds and step must be whole");
  BOOST_TEST(refused(whole(1, 4, 5)) == "n: step 5 leaves no second value");
  BOOST_TEST(refused({"r", ParameterKind::real, 0, 1, Scale::log, 0, {}}) ==
             "r: a log scale must stay above 0");
  BOOST_TEST(refused({"c", ParameterKind::categorical, 0, 0, Scale::linear, 0, {"one"}}) ==
             "c: fewer than two choices");
  BOOST_TEST((check_space({}).error().code == Errc::invalid));
  BOOST_TEST((check_space({{whole(1, 2), whole(1, 2)}}).error().code == Errc::invalid));
}

BOOST_AUTO_TEST_CASE(points_lie_on_their_steps_and_inside_their_bounds) {
  const Space space{{whole(1, 10, 4)}};

  BOOST_TEST(check_point(space, {5}).has_value());
  BOOST_TEST(!check_point(space, {6}).has_value());
  BOOST_TEST(!check_point(space, {13}).has_value());
  BOOST_TEST(!check_point(space, {}).has_value());
  BOOST_TEST(snap(space.parameters[0], 100) == 9.0);
  BOOST_TEST(snap(space.parameters[0], -100) == 1.0);
  BOOST_TEST(snap(space.parameters[0], 6.9) == 5.0);
}

BOOST_AUTO_TEST_CASE(a_space_reads_as_one_line) {
  const Space space{{{"lr", ParameterKind::real, 0.001, 0.1, Scale::log, 0, {}},
                     whole(1, 9, 2),
                     {"opt", ParameterKind::categorical, 0, 0, Scale::linear, 0, {"a", "b"}}}};
  BOOST_TEST(describe(space) ==
             "lr real in [0.001, 0.1] log; n whole in [1, 9] step 2; opt in {a, b}");
}

BOOST_AUTO_TEST_SUITE_END()
