#include "actors/decision/traffic/traffic_state.hpp"

#include "actors/limits.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"

#include <algorithm>
#include <cstring>

namespace ars::actors {
namespace {

std::uint64_t word_of(const UserId& user) {
  std::uint64_t word = 0;
  std::memcpy(&word, user.value().data(), sizeof(word));
  return word;
}

std::string segment_of(std::uint32_t interactions) {
  if (interactions == 0) return "new";
  return interactions < limits::light_user_interactions ? "light" : "heavy";
}

events::InteractionRecorded interaction(const TrafficState& state, const UserId& user,
                                        const events::Scope& scope, Timestamp at, ItemIndex item,
                                        float value) {
  events::InteractionRecorded out;
  out.user = user;
  out.scope = scope;
  out.occurred_at = at;
  out.item = item;
  out.value = value;
  out.companions = state.companions;
  return out;
}

}  // namespace

events::Arm assign_arm(const CanaryUnit& unit, double share) {
  Philox draw(mix_key(unit.seed, unit.experiment, word_of(unit.user)), unit.ordinal);
  return draw.uniform() < share ? events::Arm::variant : events::Arm::champion;
}

events::RequestRouted routed_as_asked(const events::RequestReceived& request) {
  events::RequestRouted out;
  out.request = request.request;
  out.user = request.user;
  out.scope = request.scope;
  out.occurred_at = request.occurred_at;
  out.size = request.size;
  out.ordinal = request.ordinal;
  out.context = request.context;
  out.logged = request.logged;
  return out;
}

events::RequestRouted TrafficState::route(const events::RequestReceived& request,
                                          const DecisionViews& views) const {
  const auto& deployment = *views.deployment;
  auto out = routed_as_asked(request);
  out.segment = segment_of(interactions);
  out.plan = deployment.champion;
  const auto& canary = deployment.canary;
  if (canary.experiment != 0) {
    out.experiment = canary.experiment;
    out.arm = assign_arm({deployment.seed, canary.experiment, request.user, request.ordinal},
                         canary.share);
    if (out.arm == events::Arm::variant) out.plan = canary.plan;
    if (canary.shadow_pairs) {
      out.shadow_plan = out.arm == events::Arm::variant ? deployment.champion : canary.plan;
    }
  }
  auto& features = out.user_features;
  features.history = history;
  features.history_values = history_values;
  features.interactions = interactions;
  features.positives = positives;
  features.mean_value = interactions == 0 ? 0 : value_sum / interactions;
  if (!request.logged) features.seen = seen;
  const auto& catalogue = *views.sets.catalogue;
  const auto by_category = [&](const std::vector<ItemIndex>& items) {
    std::vector<std::uint32_t> counts(catalogue.category_count(), 0);
    for (const auto item : items) {
      for (const auto category : catalogue.item(item).categories)
        counts[category] += 1;
    }
    return counts;
  };
  features.category_counts = by_category(history);
  if (!passed.empty()) features.category_passes = by_category(passed);
  return out;
}

runtime::Decision TrafficState::decide(const events::Event& input,
                                       const runtime::StepContext& context) const {
  runtime::Decision out;
  if (const auto* request = input.as<events::RequestReceived>()) {
    const auto& views = views_of(context);
    if (views.deployment->champion != 0) out.facts.emplace_back(route(*request, views));
  } else if (const auto* feedback = input.as<events::FeedbackReceived>()) {
    for (const auto& outcome : feedback->outcomes) {
      if (outcome.click <= 0) continue;
      auto fact = interaction(*this, feedback->user, feedback->scope, feedback->occurred_at,
                              outcome.item, outcome.click);
      fact.positive = true;
      fact.exposed = true;
      out.facts.emplace_back(std::move(fact));
    }
  } else if (const auto* rating = input.as<events::RatingReceived>()) {
    auto fact = interaction(*this, rating->user, rating->scope, rating->occurred_at, rating->item,
                            rating->rating);
    fact.positive = rating->rating >= limits::positive_rating;
    out.facts.emplace_back(std::move(fact));
  } else if (const auto* logged = input.as<events::LoggedActionReceived>()) {
    if (logged->reward > 0) {
      auto fact = interaction(*this, logged->user, logged->scope, logged->occurred_at, logged->item,
                              logged->reward);
      fact.positive = true;
      fact.exposed = true;
      out.facts.emplace_back(std::move(fact));
    }
  }
  return out;
}

void TrafficState::take(const events::InteractionRecorded& event) {
  user = event.user;
  interactions += 1;
  value_sum += event.value;
  if (event.positive) positives += 1;
  const auto again = std::find(history.begin(), history.end(), event.item);
  if (again != history.end()) {
    history_values.erase(history_values.begin() + (again - history.begin()));
    history.erase(again);
  }
  history.push_back(event.item);
  history_values.push_back(event.value);
  if (history.size() > limits::history_max) {
    history.erase(history.begin());
    history_values.erase(history_values.begin());
  }
  std::erase(companions, event.item);
  companions.push_back(event.item);
  if (companions.size() > limits::companions_max) companions.erase(companions.begin());
  const auto place = std::lower_bound(seen.begin(), seen.end(), event.item);
  if ((place == seen.end() || *place != event.item) && seen.size() < limits::seen_max) {
    seen.insert(place, event.item);
  }
}

void TrafficState::pass_over(const events::FeedbackReceived& feedback) {
  for (const auto& outcome : feedback.outcomes) {
    if (outcome.viewed && outcome.click <= 0) passed.push_back(outcome.item);
  }
  if (passed.size() > limits::passed_max) {
    passed.erase(passed.begin(), passed.end() - narrow<std::ptrdiff_t>(limits::passed_max));
  }
}

void TrafficState::evolve(const events::Event& event) {
  if (const auto* request = event.as<events::RequestReceived>()) {
    user = request->user;
    requests += 1;
  } else if (const auto* feedback = event.as<events::FeedbackReceived>()) {
    pass_over(*feedback);
  } else if (const auto* recorded = event.as<events::InteractionRecorded>()) {
    take(*recorded);
  }
}

}  // namespace ars::actors
