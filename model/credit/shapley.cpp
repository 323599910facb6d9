#include "model/credit/shapley.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ars::model {
namespace {

constexpr std::uint64_t shapley_stream = 0x73686170;  // "shap"

struct Ends {
  double empty = 0;
  double full = 0;
};

// Adds the marginal contributions along one permutation; returns what was left when the walk
// stopped.
double walk(const std::vector<std::uint32_t>& order, const Game& game, const Ends& ends,
            double tolerance, std::vector<double>& marginals) {
  std::uint64_t coalition = 0;
  double before = ends.empty;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double left = ends.full - before;
    if (tolerance > 0 && std::abs(left) < tolerance) return left;
    coalition |= std::uint64_t{1} << order[i];
    const double after = i + 1 == order.size() ? ends.full : game(coalition);
    marginals[order[i]] += after - before;
    before = after;
  }
  return 0;
}

}  // namespace

ShapleyShares shapley_monte_carlo(std::uint32_t players, const Game& game,
                                  const ShapleySpec& spec) {
  ARS_CHECK(players >= 1 && players <= 63 && spec.pairs >= 2, "{} players, {} pairs", players,
            spec.pairs);
  const Ends ends{game(0), game((std::uint64_t{1} << players) - 1)};
  ShapleyShares out;
  out.pairs = spec.pairs;
  out.value.assign(players, 0);
  out.standard_error.assign(players, 0);
  std::vector<double> squares(players, 0);
  for (std::uint32_t pair = 0; pair < spec.pairs; ++pair) {
    Philox random(mix_key(spec.seed, shapley_stream), pair);
    std::vector<std::uint32_t> order(players);
    for (std::uint32_t i = 0; i < players; ++i)
      order[i] = i;
    random.shuffle(order);
    std::vector<double> marginals(players, 0);
    double left = walk(order, game, ends, spec.tolerance, marginals);
    std::reverse(order.begin(), order.end());
    left += walk(order, game, ends, spec.tolerance, marginals);
    out.remainder += 0.5 * left;
    for (std::uint32_t i = 0; i < players; ++i) {
      const double mean = 0.5 * marginals[i];
      out.value[i] += mean;
      squares[i] += mean * mean;
    }
  }
  const double n = to_double(spec.pairs);
  out.remainder /= n;
  for (std::uint32_t i = 0; i < players; ++i) {
    out.value[i] /= n;
    const double variance = std::max(0.0, squares[i] / n - out.value[i] * out.value[i]);
    out.standard_error[i] = std::sqrt(variance / (n - 1));
  }
  return out;
}

std::vector<double> shapley_exact(std::uint32_t players, const Game& game) {
  ARS_CHECK(players >= 1 && players <= 20, "{} players cannot be enumerated", players);
  const std::uint64_t coalitions = std::uint64_t{1} << players;
  std::vector<double> worth(coalitions);
  for (std::uint64_t s = 0; s < coalitions; ++s)
    worth[s] = game(s);
  // |S|! (n − |S| − 1)! / n! by size.
  std::vector<double> weight(players);
  for (std::uint32_t size = 0; size < players; ++size) {
    weight[size] = std::exp(std::lgamma(size + 1.0) + std::lgamma(players - size + 0.0) -
                            std::lgamma(players + 1.0));
  }
  std::vector<double> out(players, 0);
  for (std::uint32_t i = 0; i < players; ++i) {
    const std::uint64_t me = std::uint64_t{1} << i;
    for (std::uint64_t s = 0; s < coalitions; ++s) {
      if ((s & me) != 0) continue;
      out[i] += weight[narrow<std::size_t>(std::popcount(s))] * (worth[s | me] - worth[s]);
    }
  }
  return out;
}

}  // namespace ars::model
