#include "model/credit/shapley.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numeric>

namespace {

using namespace ars;
using namespace ars::model;
namespace tt = boost::test_tools;

// A game with a random worth for each coalition.
Game random_game(std::uint32_t players, std::uint64_t seed) {
  std::vector<double> worth;
  Philox random(seed, 1);
  for (std::uint64_t s = 0; s < (std::uint64_t{1} << players); ++s)
    worth.push_back(random.normal());
  return [worth](std::uint64_t coalition) { return worth[coalition]; };
}

double total(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_credit_shapley)

BOOST_AUTO_TEST_CASE(exact_values_of_the_glove_game_are_known) {
  // Player 0 holds a left glove, 1 and 2 a right one; a pair is worth 1.
  const Game gloves = [](std::uint64_t s) { return (s & 1) != 0 && (s & 6) != 0 ? 1.0 : 0.0; };

  const auto shares = shapley_exact(3, gloves);

  BOOST_TEST(shares[0] == 2.0 / 3, tt::tolerance(1e-12));
  BOOST_TEST(shares[1] == 1.0 / 6, tt::tolerance(1e-12));
  BOOST_TEST(shares[2] == 1.0 / 6, tt::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(shares_are_efficient_and_their_error_covers_the_exact_value) {
  int checked = 0, covered = 0;
  for (std::uint32_t players = 2; players <= 8; ++players) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const auto game = random_game(players, 100 * players + seed);
      const auto exact = shapley_exact(players, game);
      const auto shares = shapley_monte_carlo(players, game, {300, 0, seed});

      const double gain = game((std::uint64_t{1} << players) - 1) - game(0);
      BOOST_TEST(std::abs(total(shares.value) - gain) < 1e-9);
      BOOST_TEST(shares.remainder == 0.0);
      for (std::uint32_t i = 0; i < players; ++i) {
        ++checked;
        covered += std::abs(shares.value[i] - exact[i]) <= 3 * shares.standard_error[i] + 1e-9;
      }
    }
  }
  BOOST_TEST(covered > 0.98 * checked);
}

BOOST_AUTO_TEST_CASE(a_dummy_gets_nothing_and_equals_get_the_same) {
  // Player 3 is a dummy; 0 and 1 are interchangeable.
  const Game game = [](std::uint64_t s) {
    const double pair = (s & 3) == 3 ? 2 : (s & 3) != 0 ? 0.5 : 0;
    return pair + ((s & 4) != 0 ? 1.0 : 0.0);
  };

  const auto exact = shapley_exact(4, game);
  const auto shares = shapley_monte_carlo(4, game, {50, 0, 1});

  BOOST_TEST(shares.value[3] == 0.0);
  BOOST_TEST(exact[0] == exact[1], tt::tolerance(1e-12));
  // A permutation and its reverse together treat equals alike in a game of pairs.
  BOOST_TEST(shares.value[0] == shares.value[1], tt::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(exact_values_are_additive) {
  const auto a = random_game(5, 1), b = random_game(5, 2);
  const Game sum = [&](std::uint64_t s) { return a(s) + b(s); };

  const auto of_a = shapley_exact(5, a), of_b = shapley_exact(5, b), of_sum = shapley_exact(5, sum);

  for (std::size_t i = 0; i < 5; ++i) {
    BOOST_TEST(std::abs(of_a[i] + of_b[i] - of_sum[i]) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(a_truncated_walk_reports_what_it_left) {
  const Game game = [](std::uint64_t s) {
    return (s & 1) != 0 ? 1.0 : 1e-3 * static_cast<double>(s != 0);
  };

  const auto shares = shapley_monte_carlo(6, game, {100, 0.01, 3});

  BOOST_TEST(total(shares.value) + shares.remainder == 1.0, tt::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()
