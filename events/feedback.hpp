// What users and the world answer: items, outcomes, rewards, and what could not be read.
#pragma once

#include "events/serving.hpp"

namespace ars::events {

struct ItemAttribute {
  std::string name;
  double value = 0;
  static constexpr auto fields =
      std::tuple{field(0, "name", &ItemAttribute::name), field(1, "value", &ItemAttribute::value)};
  friend bool operator==(const ItemAttribute&, const ItemAttribute&) = default;
};

// Input: an item enters the catalogue. Its index is the number of items listed before it.
struct ItemListed {
  Scope scope;
  ItemIndex item;
  std::string item_id;
  Timestamp occurred_at;
  std::string title;
  std::vector<std::string> categories;
  std::vector<ItemAttribute> attributes;
  static constexpr std::uint32_t type_id = 201;
  static constexpr std::string_view name = "ars.item.listed";
  static constexpr auto fields = std::tuple{field(0, "scope", &ItemListed::scope),
                                            field(1, "item", &ItemListed::item),
                                            field(2, "item_id", &ItemListed::item_id),
                                            field(3, "occurred_at", &ItemListed::occurred_at),
                                            field(4, "title", &ItemListed::title),
                                            field(5, "categories", &ItemListed::categories),
                                            field(6, "attributes", &ItemListed::attributes)};
  friend bool operator==(const ItemListed&, const ItemListed&) = default;
};

// One shown item and what came of it.
struct Outcome {
  ItemIndex item;
  std::uint16_t slot = 0;
  bool viewed = false;
  float click = 0;
  float value = 0;
  static constexpr auto fields =
      std::tuple{field(0, "item", &Outcome::item), field(1, "slot", &Outcome::slot),
                 field(2, "viewed", &Outcome::viewed), field(3, "click", &Outcome::click),
                 field(4, "value", &Outcome::value)};
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Input: the feedback of one answered request, empty or not.
struct FeedbackReceived {
  RequestId request;
  UserId user;
  Scope scope;
  Timestamp occurred_at;
  std::vector<Outcome> outcomes;
  static constexpr std::uint32_t type_id = 202;
  static constexpr std::string_view name = "ars.feedback.received";
  static constexpr auto fields = std::tuple{field(0, "request", &FeedbackReceived::request),
                                            field(1, "user", &FeedbackReceived::user),
                                            field(2, "scope", &FeedbackReceived::scope),
                                            field(3, "occurred_at", &FeedbackReceived::occurred_at),
                                            personal(4, "outcomes", &FeedbackReceived::outcomes)};
  friend bool operator==(const FeedbackReceived&, const FeedbackReceived&) = default;
};

// Input: a reward that arrives long after its request (satisfaction, return).
struct DelayedRewardReceived {
  RequestId request;
  UserId user;
  Scope scope;
  Timestamp occurred_at;
  std::string objective;
  double value = 0;
  static constexpr std::uint32_t type_id = 203;
  static constexpr std::string_view name = "ars.delayed_reward.received";
  static constexpr auto fields =
      std::tuple{field(0, "request", &DelayedRewardReceived::request),
                 field(1, "user", &DelayedRewardReceived::user),
                 field(2, "scope", &DelayedRewardReceived::scope),
                 field(3, "occurred_at", &DelayedRewardReceived::occurred_at),
                 field(4, "objective", &DelayedRewardReceived::objective),
                 field(5, "value", &DelayedRewardReceived::value)};
  friend bool operator==(const DelayedRewardReceived&, const DelayedRewardReceived&) = default;
};

// Input: a rating, outcome of its request whether or not the item was shown.
struct RatingReceived {
  RequestId request;
  UserId user;
  Scope scope;
  Timestamp occurred_at;
  ItemIndex item;
  float rating = 0;
  static constexpr std::uint32_t type_id = 204;
  static constexpr std::string_view name = "ars.rating.received";
  static constexpr auto fields = std::tuple{field(0, "request", &RatingReceived::request),
                                            field(1, "user", &RatingReceived::user),
                                            field(2, "scope", &RatingReceived::scope),
                                            field(3, "occurred_at", &RatingReceived::occurred_at),
                                            field(4, "item", &RatingReceived::item),
                                            personal(5, "rating", &RatingReceived::rating)};
  friend bool operator==(const RatingReceived&, const RatingReceived&) = default;
};

// Input: one row of a logged bandit, with the propensity under the policy that logged it.
struct LoggedActionReceived {
  RequestId request;
  UserId user;
  Scope scope;
  Timestamp occurred_at;
  std::string campaign;
  std::string policy;
  ItemIndex item;
  std::uint16_t slot = 0;
  float reward = 0;
  double propensity = 0;
  static constexpr std::uint32_t type_id = 205;
  static constexpr std::string_view name = "ars.logged_action.received";
  static constexpr auto fields =
      std::tuple{field(0, "request", &LoggedActionReceived::request),
                 field(1, "user", &LoggedActionReceived::user),
                 field(2, "scope", &LoggedActionReceived::scope),
                 field(3, "occurred_at", &LoggedActionReceived::occurred_at),
                 field(4, "campaign", &LoggedActionReceived::campaign),
                 field(5, "policy", &LoggedActionReceived::policy),
                 field(6, "item", &LoggedActionReceived::item),
                 field(7, "slot", &LoggedActionReceived::slot),
                 personal(8, "reward", &LoggedActionReceived::reward),
                 field(9, "propensity", &LoggedActionReceived::propensity)};
  friend bool operator==(const LoggedActionReceived&, const LoggedActionReceived&) = default;
};

// Input: a row or an event that could not be taken, kept with its place and reason.
struct InputQuarantined {
  std::string file;
  std::uint64_t line = 0;
  std::string reason;
  std::string text;
  static constexpr std::uint32_t type_id = 206;
  static constexpr std::string_view name = "ars.input.quarantined";
  static constexpr auto fields = std::tuple{
      field(0, "file", &InputQuarantined::file), field(1, "line", &InputQuarantined::line),
      field(2, "reason", &InputQuarantined::reason), personal(3, "text", &InputQuarantined::text)};
  friend bool operator==(const InputQuarantined&, const InputQuarantined&) = default;
};

// Fact of the user's traffic agent: one interaction taken into the user's history. Views fold it.
struct InteractionRecorded {
  UserId user;
  Scope scope;
  Timestamp occurred_at;
  ItemIndex item;
  float value = 0;
  bool positive = false;
  bool exposed = false;               // shown by us; false for a rating of any item
  std::vector<ItemIndex> companions;  // the user's recent positives before this one, newest last
  static constexpr std::uint32_t type_id = 207;
  static constexpr std::string_view name = "ars.interaction.recorded";
  static constexpr auto fields =
      std::tuple{field(0, "user", &InteractionRecorded::user),
                 field(1, "scope", &InteractionRecorded::scope),
                 field(2, "occurred_at", &InteractionRecorded::occurred_at),
                 field(3, "item", &InteractionRecorded::item),
                 field(4, "value", &InteractionRecorded::value),
                 field(5, "positive", &InteractionRecorded::positive),
                 field(6, "exposed", &InteractionRecorded::exposed),
                 field(7, "companions", &InteractionRecorded::companions)};
  friend bool operator==(const InteractionRecorded&, const InteractionRecorded&) = default;
};

struct InnerReward {
  std::string agent;
  double value = 0;
  static constexpr auto fields =
      std::tuple{field(0, "agent", &InnerReward::agent), field(1, "value", &InnerReward::value)};
  friend bool operator==(const InnerReward&, const InnerReward&) = default;
};

// Fact of the feedback join: what one request was worth, to the whole and to each agent.
struct RewardAssigned {
  RequestId request;
  UserId user;
  Scope scope;
  Timestamp occurred_at;
  std::string segment;
  Arm arm = Arm::champion;
  std::uint64_t plan = 0;
  std::uint64_t experiment = 0;
  std::string objective;  // clicks, ndcg@10, satisfaction ...
  double outer = 0;
  double frozen_outer = 0;  // of the frozen plan on the same request, where it answered
  double shadow_outer = 0;  // of the variant in shadow, where it answered
  double popularity_outer = 0;
  std::uint64_t shadow_plan = 0;
  bool new_user = false;
  std::vector<InnerReward> inner;
  std::vector<float> hits;  // hit@10 of system, frozen, popularity; empty where undefined
  // This user's totals in this experiment, objective and arm before this reward: what lets a test
  // that is clustered by user fold without a table of users.
  std::uint64_t prior_requests = 0;
  double prior_outer = 0;
  double prior_difference = 0;       // variant minus control on the same request
  std::uint64_t other_requests = 0;  // the same user's totals in the other arm
  double other_outer = 0;
  static constexpr std::uint32_t type_id = 208;
  static constexpr std::string_view name = "ars.reward.assigned";
  static constexpr auto fields =
      std::tuple{field(0, "request", &RewardAssigned::request),
                 field(1, "user", &RewardAssigned::user),
                 field(2, "scope", &RewardAssigned::scope),
                 field(3, "occurred_at", &RewardAssigned::occurred_at),
                 field(4, "segment", &RewardAssigned::segment),
                 field(5, "arm", &RewardAssigned::arm),
                 field(6, "plan", &RewardAssigned::plan),
                 field(7, "experiment", &RewardAssigned::experiment),
                 field(8, "objective", &RewardAssigned::objective),
                 field(9, "outer", &RewardAssigned::outer),
                 field(10, "frozen_outer", &RewardAssigned::frozen_outer),
                 field(11, "shadow_outer", &RewardAssigned::shadow_outer),
                 field(12, "popularity_outer", &RewardAssigned::popularity_outer),
                 field(13, "shadow_plan", &RewardAssigned::shadow_plan),
                 field(14, "new_user", &RewardAssigned::new_user),
                 field(15, "inner", &RewardAssigned::inner),
                 field(16, "hits", &RewardAssigned::hits),
                 field(17, "prior_requests", &RewardAssigned::prior_requests),
                 field(18, "prior_outer", &RewardAssigned::prior_outer),
                 field(19, "prior_difference", &RewardAssigned::prior_difference),
                 field(20, "other_requests", &RewardAssigned::other_requests),
                 field(21, "other_outer", &RewardAssigned::other_outer)};
  friend bool operator==(const RewardAssigned&, const RewardAssigned&) = default;
};

// Fact of the feedback join: the policy as it stood, weighed against a logged action.
struct LoggedActionWeighed {
  RequestId request;
  UserId user;
  std::string campaign;
  std::string policy;
  double probability = 0;  // of the logged item in its slot under our policy
  double propensity = 0;
  float reward = 0;
  static constexpr std::uint32_t type_id = 209;
  static constexpr std::string_view name = "ars.logged_action.weighed";
  static constexpr auto fields =
      std::tuple{field(0, "request", &LoggedActionWeighed::request),
                 field(1, "user", &LoggedActionWeighed::user),
                 field(2, "campaign", &LoggedActionWeighed::campaign),
                 field(3, "policy", &LoggedActionWeighed::policy),
                 field(4, "probability", &LoggedActionWeighed::probability),
                 field(5, "propensity", &LoggedActionWeighed::propensity),
                 field(6, "reward", &LoggedActionWeighed::reward)};
  friend bool operator==(const LoggedActionWeighed&, const LoggedActionWeighed&) = default;
};

}  // namespace ars::events
