#include "model/retrieval/affinity.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {
namespace {

constexpr double recency_half_life_items = 5;
constexpr std::size_t succession_items = 20;
constexpr double succession_half_life_items = 2;
constexpr double neighbour_value_shrinkage = 0.1;

std::size_t history_size(const events::UserFeatures& user) {
  return std::min(user.history.size(), limits::history_max);
}

}  // namespace

std::vector<float> category_profile(const events::UserFeatures& user,
                                    const CatalogueView& catalogue) {
  std::vector<double> counts(user.category_counts.begin(), user.category_counts.end());
  double sum = 0;
  for (const double each : counts)
    sum += each;
  if (sum == 0) {
    counts.assign(catalogue.category_count(), 0);
    for (const auto item : user.history) {
      for (const auto category : catalogue.item(item).categories) {
        if (category >= counts.size()) continue;
        counts[category] += 1;
        sum += 1;
      }
    }
  }
  if (sum == 0) return {};
  std::vector<float> out;
  out.reserve(counts.size());
  for (const double each : counts)
    out.push_back(static_cast<float>(each / sum));
  return out;
}

float profile_match(const std::vector<float>& profile, const CatalogueItem& item) {
  if (item.categories.empty()) return 0;
  float sum = 0;
  for (const auto category : item.categories) {
    if (category < profile.size()) sum += profile[category];
  }
  return sum / std::sqrt(static_cast<float>(item.categories.size()));
}

ScoreTable history_scores(const events::UserFeatures& user, const CovisitationView& covisitation) {
  const auto size = history_size(user);
  ScoreTable out(size * limits::neighbours_max);
  for (std::size_t back = 0; back < size; ++back) {
    const auto at = user.history.size() - 1 - back;
    double weight = std::exp2(-to_double(back) / recency_half_life_items);
    if (at < user.history_values.size() && to_double(user.history_values[at]) < user.mean_value) {
      weight *= 0.5;
    }
    const auto& neighbours = covisitation.neighbours(user.history[at]);
    for (std::size_t i = 0; i < neighbours.items.size(); ++i) {
      out.add(neighbours.items[i], static_cast<float>(weight) * neighbours.scores[i]);
    }
  }
  return out;
}

ScoreTable succession_scores(const events::UserFeatures& user,
                             const CovisitationView& covisitation) {
  const auto size = std::min(user.history.size(), succession_items);
  ScoreTable out(size * limits::neighbours_max);
  for (std::size_t back = 0; back < size; ++back) {
    const double weight = std::exp2(-to_double(back) / succession_half_life_items);
    const auto& successors = covisitation.successors(user.history[user.history.size() - 1 - back]);
    for (std::size_t i = 0; i < successors.items.size(); ++i) {
      out.add(successors.items[i], static_cast<float>(weight) * successors.scores[i]);
    }
  }
  return out;
}

NeighbourValues::NeighbourValues(const events::UserFeatures& user,
                                 const CovisitationView& covisitation)
    : weights_(history_size(user) * limits::neighbours_max) {
  const auto size = std::min(history_size(user), user.history_values.size());
  for (std::size_t back = 0; back < size; ++back) {
    const auto item = user.history[user.history.size() - 1 - back];
    const double value =
        to_double(user.history_values[user.history_values.size() - 1 - back]) - user.mean_value;
    const auto& neighbours = covisitation.neighbours(item);
    for (std::size_t i = 0; i < neighbours.items.size(); ++i) {
      const auto at = weights_.add(neighbours.items[i], neighbours.scores[i]);
      if (at == weighted_.size()) weighted_.push_back(0);
      weighted_[at] += neighbours.scores[i] * static_cast<float>(value);
    }
  }
}

double NeighbourValues::of(ItemIndex item) const {
  const auto at = weights_.find(item);
  if (!at.has_value()) return 0;
  const double weight = to_double(weights_.entries()[*at].score);
  return to_double(weighted_[*at]) / (weight + neighbour_value_shrinkage);
}

}  // namespace ars::model
