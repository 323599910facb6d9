#include "events/base/narrow.hpp"
#include "model/evaluation/distributions.hpp"
#include "model/evolution/suggesters/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace ars::model {
namespace {

constexpr std::size_t startup_trials = 10;
constexpr std::size_t below_max = 25;
constexpr std::size_t full_weight_trials = 25;
constexpr int draws = 24;

using Trials = std::vector<const Trial*>;

struct Split {
  Trials below;
  Trials above;
};

// Feasible completed trials by value; then pruned ones, those that went further first; then
// infeasible ones by violation. Ties by trial number.
bool better(const Trial* a, const Trial* b) {
  const auto rank = [](const Trial& trial) {
    if (trial.violation > 0) return 2;
    return trial.status == TrialStatus::pruned ? 1 : 0;
  };
  const int ra = rank(*a), rb = rank(*b);
  if (ra != rb) return ra < rb;
  if (ra == 2 && a->violation != b->violation) return a->violation < b->violation;
  if (ra == 1 && a->last_step != b->last_step) return a->last_step > b->last_step;
  return std::tie(a->value, a->number) < std::tie(b->value, b->number);
}

Trials finished_trials(const StudyState& study) {
  Trials out;
  for (const auto& trial : study.trials) {
    const bool finished =
        trial.status == TrialStatus::completed || trial.status == TrialStatus::pruned;
    if (finished && std::isfinite(trial.value)) out.push_back(&trial);
  }
  return out;
}

Split split(const StudyState& study, Trials finished) {
  std::sort(finished.begin(), finished.end(), better);
  const auto tenth = (finished.size() + 9) / 10;
  const auto size = narrow<std::ptrdiff_t>(std::min(tenth, below_max));
  Split out;
  out.below.assign(finished.begin(), finished.begin() + size);
  out.above.assign(finished.begin() + size, finished.end());
  // A running trial counts as a bad one, so that parallel workers spread out.
  for (const auto& trial : study.trials) {
    if (trial.status == TrialStatus::running) out.above.push_back(&trial);
  }
  const auto by_number = [](const Trial* a, const Trial* b) { return a->number < b->number; };
  std::sort(out.below.begin(), out.below.end(), by_number);
  std::sort(out.above.begin(), out.above.end(), by_number);
  return out;
}

// Logarithms of the mixture weights of m trials and the prior, which comes last.
std::vector<double> log_weights(std::size_t m) {
  std::vector<double> weights(m + 1, 1.0);
  const auto ramp = m < full_weight_trials ? 0 : m - full_weight_trials;
  for (std::size_t i = 0; i < ramp; ++i) {
    const double first = 1.0 / to_double(m);
    const double share = ramp == 1 ? 0.0 : to_double(i) / to_double(ramp - 1);
    weights[i] = first + share * (1.0 - first);
  }
  double sum = 0;
  for (const double weight : weights)
    sum += weight;
  for (double& weight : weights)
    weight = std::log(weight / sum);
  return weights;
}

double log_sum_exp(const std::vector<double>& values) {
  const double top = *std::max_element(values.begin(), values.end());
  if (!std::isfinite(top)) return top;
  double sum = 0;
  for (const double value : values)
    sum += std::exp(value - top);
  return top + std::log(sum);
}

// The kernels of one parameter: one a trial, and the prior last.
class Kernels {
 public:
  Kernels(const Parameter& parameter, const Trials& trials, std::size_t column)
      : parameter_(parameter) {
    if (parameter.kind == ParameterKind::categorical) {
      place_categorical(trials, column);
    } else {
      place_numeric(trials, column);
    }
  }

  double draw(std::size_t kernel, Philox& random) const {
    if (parameter_.kind == ParameterKind::categorical) {
      return to_double(random.pick(choices_[kernel]));
    }
    const double mu = mu_[kernel], sigma = sigma_[kernel];
    const double z =
        truncated_normal_quantile(random.uniform(), (low_ - mu) / sigma, (high_ - mu) / sigma);
    return snap(parameter_, out_of_scale(mu + sigma * z));
  }

  double log_density(std::size_t kernel, double value) const {
    if (parameter_.kind == ParameterKind::categorical) {
      return std::log(choices_[kernel][truncate<std::size_t>(value)]);
    }
    const double mu = mu_[kernel], sigma = sigma_[kernel];
    const double half = 0.5 * step_of(parameter_);
    if (half > 0) {
      const double from = std::max(into_scale(value - half), low_);
      const double to = std::min(into_scale(value + half), high_);
      return log_normal_mass((from - mu) / sigma, (to - mu) / sigma) - log_mass_[kernel];
    }
    const double z = (into_scale(value) - mu) / sigma;
    constexpr double log_sqrt_2pi = 0.91893853320467274178;
    return -0.5 * z * z - log_sqrt_2pi - std::log(sigma) - log_mass_[kernel];
  }

 private:
  double into_scale(double value) const {
    return parameter_.scale == Scale::log ? std::log(value) : value;
  }
  double out_of_scale(double value) const {
    return parameter_.scale == Scale::log ? std::exp(value) : value;
  }

  void place_categorical(const Trials& trials, std::size_t column) {
    const auto count = parameter_.choices.size();
    const double prior = 1.0 / to_double(trials.size() + 1);
    for (const auto* trial : trials) {
      std::vector<double> kernel(count, prior);
      kernel[truncate<std::size_t>(trial->point[column])] += 1.0;
      const double sum = 1.0 + prior * to_double(count);
      for (double& p : kernel)
        p /= sum;
      choices_.push_back(std::move(kernel));
    }
    choices_.emplace_back(count, 1.0 / to_double(count));
  }

  void place_numeric(const Trials& trials, std::size_t column) {
    const double half = 0.5 * step_of(parameter_);
    low_ = into_scale(parameter_.low - half);
    high_ = into_scale(parameter_.high + half);
    for (const auto* trial : trials)
      mu_.push_back(into_scale(trial->point[column]));
    sigma_ = bandwidths();
    mu_.push_back(0.5 * (low_ + high_));
    sigma_.push_back(high_ - low_);
    for (std::size_t i = 0; i < mu_.size(); ++i) {
      log_mass_.push_back(
          log_normal_mass((low_ - mu_[i]) / sigma_[i], (high_ - mu_[i]) / sigma_[i]));
    }
  }

  // The larger distance to a neighbour; the bounds are the outer neighbours of a single
  // observation.
  std::vector<double> bandwidths() const {
    const auto m = mu_.size();
    std::vector<std::size_t> order(m);
    for (std::size_t i = 0; i < m; ++i)
      order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return mu_[a] != mu_[b] ? mu_[a] < mu_[b] : a < b;
    });
    const double widest = high_ - low_;
    const double narrowest = widest / std::min(100.0, to_double(m + 2));
    std::vector<double> out(m);
    for (std::size_t i = 0; i < m; ++i) {
      const double here = mu_[order[i]];
      double left = i == 0 ? here - low_ : here - mu_[order[i - 1]];
      double right = i + 1 == m ? high_ - here : mu_[order[i + 1]] - here;
      if (m >= 2 && i == 0) left = 0;
      if (m >= 2 && i + 1 == m) right = 0;
      out[order[i]] = std::clamp(std::max(left, right), narrowest, widest);
    }
    return out;
  }

  const Parameter& parameter_;
  double low_ = 0, high_ = 0;
  std::vector<double> mu_, sigma_, log_mass_;
  std::vector<std::vector<double>> choices_;
};

// A mixture over all columns at once: component i is trial i in every dimension.
class Mixture {
 public:
  Mixture(const Space& space, const Trials& trials, const std::vector<std::size_t>& columns)
      : log_weights_(log_weights(trials.size())) {
    for (const auto column : columns) {
      kernels_.emplace_back(space.parameters[column], trials, column);
    }
    for (const double weight : log_weights_)
      weights_.push_back(std::exp(weight));
  }

  Point draw(Philox& random) const {
    const auto component = random.pick(weights_);
    Point out;
    for (const auto& kernel : kernels_)
      out.push_back(kernel.draw(component, random));
    return out;
  }

  double log_density(const Point& point) const {
    std::vector<double> terms = log_weights_;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      for (std::size_t k = 0; k < kernels_.size(); ++k) {
        terms[i] += kernels_[k].log_density(i, point[k]);
      }
    }
    return log_sum_exp(terms);
  }

 private:
  std::vector<Kernels> kernels_;
  std::vector<double> log_weights_;
  std::vector<double> weights_;
};

// The best of the draws in these columns, by log l − log g.
Point best_draw(const Space& space, const Split& parts, const std::vector<std::size_t>& columns,
                Philox& random) {
  const Mixture good(space, parts.below, columns);
  const Mixture rest(space, parts.above, columns);
  Point best;
  double best_score = -std::numeric_limits<double>::infinity();
  for (int i = 0; i < draws; ++i) {
    auto point = good.draw(random);
    const double score = good.log_density(point) - rest.log_density(point);
    if (best.empty() || score > best_score) {
      best = std::move(point);
      best_score = score;
    }
  }
  return best;
}

enum class Mode : std::uint8_t { multivariate, independent };

Proposal suggest(const StudyState& study, Philox& random, Mode mode) {
  auto finished = finished_trials(study);
  if (finished.size() < startup_trials) {
    auto out = suggest_uniform(study, random);
    out.reason = fmt::format("uniform: {} of {} first trials have finished", finished.size(),
                             startup_trials);
    return out;
  }
  const auto parts = split(study, std::move(finished));
  std::vector<std::size_t> all(study.space.parameters.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = i;
  Proposal out;
  if (mode == Mode::multivariate) {
    out.point = best_draw(study.space, parts, all, random);
  } else {
    for (const auto column : all) {
      out.point.push_back(best_draw(study.space, parts, {column}, random).front());
    }
  }
  out.reason =
      fmt::format("tpe: {} good against {} other trials", parts.below.size(), parts.above.size());
  return out;
}

}  // namespace

Proposal suggest_tpe_multivariate(const StudyState& study, Philox& random) {
  return suggest(study, random, Mode::multivariate);
}

Proposal suggest_tpe_independent(const StudyState& study, Philox& random) {
  return suggest(study, random, Mode::independent);
}

}  // namespace ars::model
