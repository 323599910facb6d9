#include "model/evaluation/paired_test.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"
#include "model/evaluation/distributions.hpp"
#include "model/limits.hpp"
#include "model/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ars::model {
namespace {

constexpr std::uint64_t bootstrap_stream = 0x626f6f74;  // "boot"
constexpr std::size_t resamples_per_piece = 16;

std::uint32_t affordable(std::uint32_t asked, std::size_t users) {
  const auto room = limits::bootstrap_draws_max / std::max<std::size_t>(users, 1);
  const auto most = std::max<std::size_t>(room, limits::bootstrap_resamples_min);
  return narrow<std::uint32_t>(std::min<std::size_t>(asked, most));
}

double quantile_of_sorted(const std::vector<double>& sorted, double p) {
  const double at = p * to_double(sorted.size() - 1);
  const auto below = truncate<std::size_t>(at);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - to_double(below)) * (sorted[above] - sorted[below]);
}

double weighted_mean(double sum, double weight) { return weight > 0 ? sum / weight : 0; }

// Each resample has a stream of its own, so that they can be drawn in any order.
double resampled_mean(std::span<const UserDifference> users, std::uint64_t seed, std::size_t b) {
  Philox random(mix_key(seed, bootstrap_stream), b);
  double sum = 0, weight = 0;
  for (std::size_t i = 0; i < users.size(); ++i) {
    const auto& user = users[random.below(users.size())];
    sum += user.weight * user.difference;
    weight += user.weight;
  }
  return weighted_mean(sum, weight);
}

}  // namespace

PairedInterval paired_bootstrap(std::span<const UserDifference> users, const BootstrapSpec& spec) {
  ARS_CHECK(spec.confidence > 0 && spec.confidence < 1, "confidence {}", spec.confidence);
  PairedInterval out;
  out.users = users.size();
  double sum = 0, weight = 0;
  for (const auto& user : users) {
    sum += user.weight * user.difference;
    weight += user.weight;
  }
  out.mean = weighted_mean(sum, weight);
  if (weight <= 0 || spec.resamples == 0) return out;

  out.resamples = affordable(spec.resamples, users.size());
  std::vector<double> means(out.resamples);
  parallel_pieces(means.size(), resamples_per_piece, [&](IndexRange range) {
    for (auto b = range.begin; b < range.end; ++b)
      means[b] = resampled_mean(users, spec.seed, b);
  });
  const auto not_above =
      std::count_if(means.begin(), means.end(), [](double mean) { return mean <= 0; });
  const auto not_below =
      std::count_if(means.begin(), means.end(), [](double mean) { return mean >= 0; });
  std::sort(means.begin(), means.end());
  const double tail = 0.5 * (1 - spec.confidence);
  out.low = quantile_of_sorted(means, tail);
  out.high = quantile_of_sorted(means, 1 - tail);
  const double count = to_double(out.resamples);
  out.share_not_above_zero = to_double(not_above) / count;
  out.p_value = std::min(1.0, 2 * (to_double(std::min(not_above, not_below)) + 1) / (count + 1));
  return out;
}

MeanAndSd mean_and_sd(std::span<const double> values) {
  MeanAndSd out;
  if (values.empty()) return out;
  const double n = to_double(values.size());
  for (const double value : values)
    out.mean += value;
  out.mean /= n;
  if (values.size() < 2) return out;
  double squares = 0;
  for (const double value : values)
    squares += (value - out.mean) * (value - out.mean);
  out.sd = std::sqrt(squares / (n - 1));
  return out;
}

SeedTest t_over_seeds(std::span<const double> differences, double confidence) {
  SeedTest out;
  const auto [mean, sd] = mean_and_sd(differences);
  out.seeds = differences.size();
  out.mean = out.low = out.high = mean;
  out.sd = sd;
  if (differences.size() < 2) return out;
  const double n = to_double(differences.size());
  out.standard_error = sd / std::sqrt(n);
  const double half = student_t_quantile(1 - 0.5 * (1 - confidence), n - 1) * out.standard_error;
  out.low = mean - half;
  out.high = mean + half;
  if (out.standard_error > 0) {
    out.t = mean / out.standard_error;
    out.p_value = 2 * student_t_cdf(-std::abs(out.t), n - 1);
  } else {
    // Identical differences: as sure as it gets, or no difference at all.
    out.p_value = mean == 0 ? 1 : 0;
  }
  return out;
}

}  // namespace ars::model
