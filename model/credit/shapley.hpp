// Shapley values: the share of each of several simultaneous changes in one gain. Exact by
// enumeration for few players, Monte Carlo over antithetic pairs of permutations for more. Pure
// functions of the game, its players and a seed, any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace ars::model {

// The worth of a coalition; bit i is player i. Must be a pure function.
using Game = std::function<double(std::uint64_t coalition)>;

struct ShapleySpec {
  std::uint32_t pairs = 200;  // of a permutation and its reverse
  double tolerance = 0;       // a walk stops when |v(N) − v(S)| falls below; 0: never
  std::uint64_t seed = 0;
};

struct ShapleyShares {
  std::vector<double> value;           // one a player; they add up to v(N) − v(∅) − remainder
  std::vector<double> standard_error;  // over pairs
  double remainder = 0;                // what truncated walks left unassigned, mean
  std::uint32_t pairs = 0;
};

// REQUIRES: 1 <= players <= 63, pairs >= 2.
ShapleyShares shapley_monte_carlo(std::uint32_t players, const Game& game, const ShapleySpec& spec);
// REQUIRES: 1 <= players <= 20.
std::vector<double> shapley_exact(std::uint32_t players, const Game& game);

}  // namespace ars::model
