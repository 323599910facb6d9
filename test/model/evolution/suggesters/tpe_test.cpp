#include "model/evolution/suggesters/catalog.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

namespace {

using namespace ars;
using namespace ars::model;

using Objective = std::function<double(const Point&)>;

Parameter real(std::string name, double low, double high, Scale scale = Scale::linear) {
  return {std::move(name), ParameterKind::real, low, high, scale, 0, {}};
}

double branin(const Point& x) {
  constexpr double pi = std::numbers::pi;
  const double t = x[1] - 5.1 * x[0] * x[0] / (4 * pi * pi) + 5 * x[0] / pi - 6;
  return t * t + 10 * (1 - 1 / (8 * pi)) * std::cos(x[0]) + 10;
}

double sphere(const Point& x) {
  double sum = 0;
  for (const double value : x)
    sum += (value - 1) * (value - 1);
  return sum;
}

Space branin_space() { return {{real("x1", -5, 10), real("x2", 0, 15)}}; }

Space sphere_space() {
  Space space;
  for (int i = 0; i < 5; ++i)
    space.parameters.push_back(real("x" + std::to_string(i), -5, 5));
  return space;
}

Space mixed_space() {
  return {
      {real("learning_rate", 1e-4, 1e-1, Scale::log),
       {"layers", ParameterKind::whole, 1, 6, Scale::linear, 0, {}},
       {"width", ParameterKind::whole, 8, 512, Scale::log, 0, {}},
       {"dropout", ParameterKind::real, 0, 0.5, Scale::linear, 0.1, {}},
       {"optimizer", ParameterKind::categorical, 0, 0, Scale::linear, 0, {"sgd", "adam", "ftrl"}}}};
}

Trial completed(std::uint64_t number, Point point, double value) {
  return {number, std::move(point), TrialStatus::completed, value, 0, 0};
}

// Runs a study and gives the best value after each of the marks.
std::vector<double> run(const Suggester& suggester, const Space& space, const Objective& objective,
                        std::uint64_t id, const std::vector<std::uint64_t>& marks) {
  StudyState study{id, space, {}};
  std::vector<double> out;
  double best = std::numeric_limits<double>::infinity();
  for (std::uint64_t trial = 0; trial < marks.back(); ++trial) {
    auto random = suggestion_stream(id, trial);
    const auto proposal = suggester.suggest(study, random);
    const double value = objective(proposal.point);
    best = std::min(best, value);
    study.trials.push_back(completed(trial, proposal.point, value));
    if (std::find(marks.begin(), marks.end(), trial + 1) != marks.end()) out.push_back(best);
  }
  return out;
}

struct Cell {
  std::string_view suggester;
  double at_50, at_100;  // reference medians of the parity table; at_50 = 0: no reference
};

// The reference median must lie inside the inter-quartile range over our seeds.
void check_parity(const Space& space, const Objective& objective, const std::vector<Cell>& cells) {
  constexpr std::uint64_t seeds = 50;
  for (const auto& cell : cells) {
    std::vector<double> at_50, at_100;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const auto best =
          run(*find_suggester(cell.suggester), space, objective, 1'000 + seed, {50, 100});
      at_50.push_back(best[0]);
      at_100.push_back(best[1]);
    }
    std::sort(at_50.begin(), at_50.end());
    std::sort(at_100.begin(), at_100.end());
    const auto inside = [&](const std::vector<double>& values, double reference) {
      return values[seeds / 4] <= reference && reference <= values[seeds - 1 - seeds / 4];
    };
    BOOST_TEST_MESSAGE(cell.suggester << ": median " << at_50[seeds / 2] << " at 50, "
                                      << at_100[seeds / 2] << " at 100");
    if (cell.at_50 > 0) BOOST_TEST(inside(at_50, cell.at_50), cell.suggester << " at 50");
    BOOST_TEST(inside(at_100, cell.at_100), cell.suggester << " at 100");
  }
}

StudyState studied(std::size_t trials, const Objective& objective) {
  StudyState study{42, mixed_space(), {}};
  for (std::uint64_t i = 0; i < trials; ++i) {
    auto random = suggestion_stream(42, i);
    auto point = suggest_uniform(study, random).point;
    const double value = objective(point);
    study.trials.push_back(completed(i, std::move(point), value));
  }
  return study;
}

double likes_adam_and_small_rates(const Point& x) {
  return std::abs(std::log10(x[0]) + 3) + (x[4] == 1 ? 0 : 2) + 0.1 * std::abs(x[1] - 3);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_evolution_suggesters_tpe)

BOOST_AUTO_TEST_CASE(branin_is_searched_as_well_as_the_reference_does) {
  check_parity(
      branin_space(), branin,
      {{"uniform", 1.164, 0.705}, {"tpe_independent", 0.672, 0.456}, {"tpe", 0.552, 0.427}});
}

BOOST_AUTO_TEST_CASE(sphere_is_searched_as_well_as_the_reference_does) {
  check_parity(sphere_space(), sphere,
               {{"uniform", 0, 6.49}, {"tpe_independent", 0, 0.976}, {"tpe", 0, 0.231}});
}

BOOST_AUTO_TEST_CASE(every_suggester_stays_in_a_mixed_space) {
  for (const auto& suggester : suggesters) {
    auto study = studied(30, likes_adam_and_small_rates);
    for (std::uint64_t i = 30; i < 80; ++i) {
      auto random = suggestion_stream(study.id, i);
      auto proposal = suggester.suggest(study, random);
      const auto checked = check_point(study.space, proposal.point);
      BOOST_REQUIRE_MESSAGE(
          checked.has_value(),
          suggester.name << ": " << (checked.has_value() ? "" : checked.error().context));
      BOOST_TEST(!proposal.reason.empty());
      const double value = likes_adam_and_small_rates(proposal.point);
      study.trials.push_back(completed(i, std::move(proposal.point), value));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_same_log_proposes_the_same_points) {
  for (const auto& suggester : suggesters) {
    const auto study = studied(25, likes_adam_and_small_rates);
    auto one = suggestion_stream(study.id, 25), two = suggestion_stream(study.id, 25);
    auto other = suggestion_stream(study.id, 26);

    const auto point = suggester.suggest(study, one).point;

    BOOST_TEST(point == suggester.suggest(study, two).point);
    BOOST_TEST((point != suggester.suggest(study, other).point));
    BOOST_TEST(one.draws() == two.draws());
  }
}

BOOST_AUTO_TEST_CASE(good_choices_are_drawn_more_often_than_bad_ones) {
  const auto study = studied(60, likes_adam_and_small_rates);
  for (const auto* name : {"tpe", "tpe_independent"}) {
    int adam = 0, near = 0;
    for (std::uint64_t i = 0; i < 100; ++i) {
      Philox random(9, i);
      const auto point = find_suggester(name)->suggest(study, random).point;
      adam += point[4] == 1 ? 1 : 0;
      near += std::abs(std::log10(point[0]) + 3) < 0.5 ? 1 : 0;
    }
    BOOST_TEST(adam > 80, name);  // uniform would give 33
    BOOST_TEST(near > 60, name);  // and a third here
  }
}

BOOST_AUTO_TEST_CASE(running_trials_count_as_bad_and_failed_ones_do_not_count) {
  auto study = studied(40, likes_adam_and_small_rates);
  const auto distance_to = [&](const Point& target) {
    double sum = 0;
    for (std::uint64_t i = 0; i < 200; ++i) {
      Philox random(10, i);
      const auto point = suggest_tpe_multivariate(study, random).point;
      sum += std::abs(std::log(point[0]) - std::log(target[0]));
    }
    return sum;
  };
  Philox random(10, 999);
  const Point target = suggest_tpe_multivariate(study, random).point;
  const double before = distance_to(target);

  for (std::uint64_t i = 40; i < 60; ++i) {
    study.trials.push_back({i, target, TrialStatus::running, 0, 0, 0});
  }
  BOOST_TEST(distance_to(target) > 1.05 * before);

  for (std::size_t i = 40; i < 60; ++i)
    study.trials[i].status = TrialStatus::failed;
  BOOST_TEST(distance_to(target) == before);
}

BOOST_AUTO_TEST_CASE(infeasible_and_pruned_trials_rank_behind_completed_ones) {
  // The best value is infeasible: the search must not settle there.
  StudyState study{1, {{real("x", 0, 1)}}, {}};
  for (std::uint64_t i = 0; i < 20; ++i) {
    const double x = (static_cast<double>(i) + 0.5) / 20;
    auto trial = completed(i, {x}, x);
    if (x < 0.5) trial.violation = 1 - x;
    if (x > 0.9) trial.status = TrialStatus::pruned;
    study.trials.push_back(trial);
  }
  int feasible = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    Philox random(3, i);
    feasible += suggest_tpe_independent(study, random).point[0] > 0.4 ? 1 : 0;
  }
  BOOST_TEST(feasible > 85);
}

BOOST_AUTO_TEST_CASE(ten_trials_come_first) {
  auto study = studied(9, likes_adam_and_small_rates);
  Philox random(1, 1);
  BOOST_TEST(suggest_tpe_multivariate(study, random).reason ==
             "uniform: 9 of 10 first trials have finished");
  study.trials.push_back(study.trials.front());
  BOOST_TEST(suggest_tpe_multivariate(study, random).reason ==
             "tpe: 1 good against 9 other trials");
}

BOOST_AUTO_TEST_SUITE_END()
