#include "actors/infrastructure/feedback_join/feedback_join_state.hpp"

#include "actors/limits.hpp"
#include "events/base/narrow.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace ars::actors {
namespace {

constexpr std::size_t cutoff = 10;

// NDCG@10 with one relevant item: 1 / log2(rank + 1), 0 beyond the cutoff.
double ndcg_of(const std::vector<ItemIndex>& slate, ItemIndex item) {
  for (std::size_t i = 0; i < std::min(cutoff, slate.size()); ++i) {
    if (slate[i] == item) return 1.0 / std::log2(static_cast<double>(i) + 2.0);
  }
  return 0;
}

Join join_of(const events::SlateServed& slate) {
  Join out{slate.request,    slate.user, slate.scope, slate.segment, slate.arm, slate.plan,
           slate.experiment, {},         {},          false};
  for (const auto& each : slate.items)
    out.items.push_back(each.item);
  return out;
}

events::RewardAssigned reward_of(const Join& join, std::string objective, Timestamp at,
                                 std::uint64_t rows) {
  events::RewardAssigned out;
  out.request = join.request;
  out.user = join.user;
  out.scope = join.scope;
  out.occurred_at = at;
  out.segment = join.segment;
  out.arm = join.arm;
  out.plan = join.plan;
  out.experiment = join.experiment;
  out.objective = std::move(objective);
  out.shadow_plan = join.baseline.shadow_plan;
  out.new_user = rows == 0;
  return out;
}

// A rating does not depend on what was shown: every slate can be judged by it.
events::RewardAssigned judge_rating(const Join& join, const events::RatingReceived& rating,
                                    std::uint64_t rows) {
  auto out = reward_of(join, "ndcg@10", rating.occurred_at, rows);
  out.outer = ndcg_of(join.items, rating.item);
  out.frozen_outer = ndcg_of(join.baseline.frozen, rating.item);
  out.popularity_outer = ndcg_of(join.baseline.popularity, rating.item);
  out.shadow_outer = ndcg_of(join.baseline.shadow, rating.item);
  out.hits = {out.outer > 0 ? 1.0f : 0.0f, out.frozen_outer > 0 ? 1.0f : 0.0f,
              out.popularity_outer > 0 ? 1.0f : 0.0f};
  for (const auto& each : join.baseline.counterfactuals) {
    if (each.agent == "shadow") continue;
    out.inner.push_back({each.agent, out.outer - ndcg_of(each.items, rating.item)});
  }
  return out;
}

// Clicks are known for what was shown; what a counterfactual slate shows besides counts as
// expected.
events::RewardAssigned judge_clicks(const Join& join, const events::FeedbackReceived& feedback,
                                    std::uint64_t rows) {
  auto out = reward_of(join, "clicks", feedback.occurred_at, rows);
  std::map<ItemIndex, double> clicks;
  for (const auto& outcome : feedback.outcomes) {
    clicks[outcome.item] = outcome.click;
    out.outer += outcome.click;
  }
  for (const auto& each : join.baseline.counterfactuals) {
    double value = 0;
    for (std::size_t i = 0; i < each.items.size(); ++i) {
      const auto shown = clicks.find(each.items[i]);
      value += shown != clicks.end() ? shown->second : double{each.expected[i]};
    }
    if (each.agent == "shadow") {
      out.shadow_outer = value;
    } else {
      out.inner.push_back({each.agent, out.outer - value});
    }
  }
  return out;
}

events::InputQuarantined unknown(const RequestId& request, std::string_view what) {
  return {"events", 0, fmt::format("{} for an unknown exposure", what), to_hex(request)};
}

}  // namespace

double paired_difference(const events::RewardAssigned& reward) {
  const auto difference = reward.shadow_outer - reward.outer;
  return reward.arm == events::Arm::variant ? -difference : difference;
}

const Join* FeedbackJoinState::find(const RequestId& request) const {
  for (const auto& each : pending) {
    if (each.request == request) return &each;
  }
  return nullptr;
}

runtime::Decision FeedbackJoinState::decide(const events::Event& input,
                                            const runtime::StepContext&) const {
  runtime::Decision out = join_outcome(input);
  for (auto& fact : out.facts) {
    auto* reward = std::get_if<events::RewardAssigned>(&fact);
    if (reward == nullptr || reward->experiment == 0) continue;
    for (const auto& total : totals) {
      if (total.experiment != reward->experiment || total.objective != reward->objective) continue;
      if (total.arm == reward->arm) {
        reward->prior_requests = total.requests;
        reward->prior_outer = total.outer;
        reward->prior_difference = total.difference;
      } else {
        reward->other_requests = total.requests;
        reward->other_outer = total.outer;
      }
    }
  }
  return out;
}

runtime::Decision FeedbackJoinState::join_outcome(const events::Event& input) const {
  runtime::Decision out;
  if (const auto* rating = input.as<events::RatingReceived>()) {
    const auto* join = find(rating->request);
    if (join == nullptr) {
      out.facts.emplace_back(unknown(rating->request, "a rating"));
    } else {
      out.facts.emplace_back(judge_rating(*join, *rating, rows));
    }
  } else if (const auto* feedback = input.as<events::FeedbackReceived>()) {
    const auto* join = find(feedback->request);
    if (join == nullptr || join->answered) {
      out.facts.emplace_back(unknown(feedback->request, "feedback"));
    } else {
      out.facts.emplace_back(judge_clicks(*join, *feedback, rows));
    }
  } else if (const auto* delayed = input.as<events::DelayedRewardReceived>()) {
    const auto* join = find(delayed->request);
    if (join == nullptr) {
      out.facts.emplace_back(unknown(delayed->request, "a delayed reward"));
    } else {
      auto reward = reward_of(*join, delayed->objective, delayed->occurred_at, rows);
      reward.outer = delayed->value;
      out.facts.emplace_back(std::move(reward));
    }
  } else if (const auto* logged = input.as<events::LoggedActionReceived>()) {
    const auto* join = find(logged->request);
    if (join != nullptr) {
      auto reward = reward_of(*join, "logged:" + logged->policy, logged->occurred_at, rows);
      reward.outer = logged->reward;
      out.facts.emplace_back(std::move(reward));
    }
  }
  return out;
}

void FeedbackJoinState::count(const events::RewardAssigned& reward) {
  if (reward.experiment == 0) return;
  std::erase_if(totals, [&](const auto& each) { return each.experiment != reward.experiment; });
  auto found = std::find_if(totals.begin(), totals.end(), [&](const auto& each) {
    return each.objective == reward.objective && each.arm == reward.arm;
  });
  if (found == totals.end()) {
    totals.push_back({reward.experiment, reward.objective, reward.arm, 0, 0, 0});
    found = totals.end() - 1;
  }
  found->requests += 1;
  found->outer += reward.outer;
  found->difference += paired_difference(reward);
}

void FeedbackJoinState::evolve(const events::Event& event) {
  const auto close = [&](const RequestId& request) {
    rows += 1;
    for (auto& each : pending) {
      if (each.request != request) continue;
      // Delayed rewards need only who, which arm and which plan.
      each.answered = true;
      each.items.clear();
      each.baseline = {};
    }
  };
  if (const auto* slate = event.as<events::SlateServed>()) {
    pending.push_back(join_of(*slate));
    if (pending.size() > limits::joins_pending_max) pending.erase(pending.begin());
  } else if (const auto* baseline = event.as<events::BaselineScored>()) {
    for (auto& each : pending) {
      if (each.request == baseline->request) each.baseline = *baseline;
    }
  } else if (const auto* reward = event.as<events::RewardAssigned>()) {
    count(*reward);
  } else if (const auto* rating = event.as<events::RatingReceived>()) {
    rows += 1;
    std::erase_if(pending, [&](const auto& each) { return each.request == rating->request; });
  } else if (const auto* feedback = event.as<events::FeedbackReceived>()) {
    close(feedback->request);
  } else if (const auto* logged = event.as<events::LoggedActionReceived>()) {
    rows += 1;
    std::erase_if(pending, [&](const auto& each) { return each.request == logged->request; });
  }
}

}  // namespace ars::actors
