#include "actors/infrastructure/feedback_join/feedback_join_state.hpp"

#include "actors/limits.hpp"
#include "test/actors/world.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;
using model::sample::indices;

namespace {

struct Fixture : World {
  FeedbackJoinState state;

  static events::SlateServed slate(std::uint16_t request, const std::vector<ItemIndex>& items,
                                   std::uint64_t experiment = 0,
                                   events::Arm arm = events::Arm::champion) {
    events::SlateServed out;
    out.request = request_id(request);
    out.user = model::sample::user_id(3);
    out.segment = "light";
    out.plan = 1;
    out.experiment = experiment;
    out.arm = arm;
    for (std::size_t i = 0; i < items.size(); ++i) {
      out.items.push_back({});
      out.items.back().item = items[i];
      out.items.back().slot = static_cast<std::uint16_t>(i);
    }
    return out;
  }
  static events::BaselineScored baseline(std::uint16_t request) {
    events::BaselineScored out;
    out.request = request_id(request);
    return out;
  }
  static events::RatingReceived rating(std::uint16_t request, std::uint32_t item) {
    events::RatingReceived out;
    out.request = request_id(request);
    out.user = model::sample::user_id(3);
    out.item = ItemIndex(item);
    out.rating = 1;
    return out;
  }
  static events::FeedbackReceived clicks(std::uint16_t request,
                                         const std::vector<std::pair<ItemIndex, float>>& items) {
    events::FeedbackReceived out;
    out.request = request_id(request);
    for (const auto& [item, click] : items)
      out.outcomes.push_back({item, 0, true, click, 0});
    return out;
  }
  static events::DelayedRewardReceived delayed(std::uint16_t request, double value) {
    events::DelayedRewardReceived out;
    out.request = request_id(request);
    out.objective = "satisfaction";
    out.value = value;
    return out;
  }
  events::RewardAssigned reward(const Payload& outcome) {
    return only<events::RewardAssigned>(step(state, outcome));
  }
  std::string quarantined(const Payload& outcome) {
    return only<events::InputQuarantined>(step(state, outcome)).reason;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_feedback_join_state, Fixture)

BOOST_AUTO_TEST_CASE(a_rating_is_worth_its_discounted_rank_whatever_its_value) {
  step(state, slate(1, indices({7, 8, 9})));

  const auto out = reward(rating(1, 9));

  BOOST_TEST(out.objective == "ndcg@10");
  BOOST_TEST(out.outer == 1 / std::log2(4.0), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(out.segment == "light");
  BOOST_TEST(out.new_user);
}

BOOST_AUTO_TEST_CASE(an_item_that_was_not_shown_or_stands_beyond_ten_is_worth_nothing) {
  step(state, slate(1, item_range(0, 12)));
  step(state, slate(2, item_range(0, 12)));

  BOOST_TEST(reward(rating(1, 10)).outer == 0);
  BOOST_TEST(reward(rating(2, 30)).outer == 0);
}

BOOST_AUTO_TEST_CASE(one_rating_judges_every_slate_of_its_request_and_each_agent_by_difference) {
  step(state, slate(1, indices({7, 8, 9})));
  auto beside = baseline(1);
  beside.frozen = indices({9, 7});
  beside.popularity = indices({1, 2});
  beside.shadow = indices({7, 9});
  beside.counterfactuals = {{"ranking", indices({9}), {0}},
                            {"rerank", indices({7}), {0}},
                            {"shadow", indices({7, 9}), {0, 0}}};
  step(state, beside);

  const auto out = reward(rating(1, 9));

  BOOST_TEST(out.frozen_outer == 1);
  BOOST_TEST(out.popularity_outer == 0);
  BOOST_TEST(out.shadow_outer == 1 / std::log2(3.0), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(out.hits == (std::vector<float>{1, 1, 0}), boost::test_tools::per_element());
  BOOST_REQUIRE_EQUAL(out.inner.size(), 2u);
  BOOST_TEST(out.inner[0].agent == "ranking");
  BOOST_TEST(out.inner[0].value == out.outer - 1);
  BOOST_TEST(out.inner[1].value == out.outer);
}

BOOST_AUTO_TEST_CASE(clicks_are_summed_and_what_was_not_shown_counts_as_expected) {
  step(state, slate(1, indices({7, 8})));
  auto beside = baseline(1);
  beside.counterfactuals = {{"recall.a", indices({7, 5}), {0.9F, 0.25F}},
                            {"shadow", indices({8, 6}), {0.9F, 0.5F}}};
  step(state, beside);

  const auto out = reward(clicks(1, {{ItemIndex(7), 1}, {ItemIndex(8), 0}}));

  BOOST_TEST(out.objective == "clicks");
  BOOST_TEST(out.outer == 1);
  BOOST_TEST(out.shadow_outer == 0.5);
  BOOST_REQUIRE_EQUAL(out.inner.size(), 1u);
  BOOST_TEST(out.inner[0].value == 1 - 1.25);
}

BOOST_AUTO_TEST_CASE(feedback_without_a_click_is_an_outcome_worth_nothing) {
  step(state, slate(1, indices({7, 8})));

  BOOST_TEST(reward(clicks(1, {})).outer == 0);
}

BOOST_AUTO_TEST_CASE(a_delayed_reward_joins_after_the_feedback_under_its_own_objective) {
  step(state, slate(1, indices({7, 8}), 4, events::Arm::variant));
  step(state, clicks(1, {}));

  const auto out = reward(delayed(1, 0.75));

  BOOST_TEST(out.objective == "satisfaction");
  BOOST_TEST(out.outer == 0.75);
  BOOST_TEST(out.experiment == 4u);
  BOOST_CHECK(out.arm == events::Arm::variant);
}

BOOST_AUTO_TEST_CASE(an_outcome_of_an_unknown_exposure_is_quarantined_with_its_reason) {
  step(state, slate(1, indices({7, 8})));

  BOOST_TEST(quarantined(clicks(9, {})) == "feedback for an unknown exposure");
  BOOST_TEST(quarantined(rating(9, 1)) == "a rating for an unknown exposure");
  BOOST_TEST(quarantined(delayed(9, 1)) == "a delayed reward for an unknown exposure");
}

BOOST_AUTO_TEST_CASE(feedback_that_comes_twice_is_taken_once) {
  step(state, slate(1, indices({7, 8})));
  const auto first = reward(clicks(1, {{ItemIndex(7), 1}}));

  BOOST_TEST(first.outer == 1);
  BOOST_TEST(quarantined(clicks(1, {{ItemIndex(7), 1}})) == "feedback for an unknown exposure");
}

BOOST_AUTO_TEST_CASE(exposures_that_nobody_answers_leave_at_the_limit_oldest_first) {
  for (std::size_t i = 0; i <= limits::joins_pending_max; ++i)
    step(state, slate(static_cast<std::uint16_t>(i + 1), indices({7})));

  BOOST_TEST(quarantined(clicks(1, {})) == "feedback for an unknown exposure");
  BOOST_TEST(reward(clicks(2, {})).outer == 0);
}

BOOST_AUTO_TEST_CASE(a_logged_action_is_rewarded_under_the_policy_that_logged_it) {
  step(state, slate(1, indices({7, 8})));
  events::LoggedActionReceived action;
  action.request = request_id(1);
  action.policy = "random";
  action.reward = 1;

  const auto out = reward(action);

  BOOST_TEST(out.objective == "logged:random");
  BOOST_TEST(out.outer == 1);
}

BOOST_AUTO_TEST_CASE(a_reward_of_an_experiment_carries_this_users_totals_before_it) {
  const auto play = [&](std::uint16_t request, events::Arm arm, float click) {
    step(state, slate(request, indices({7}), 4, arm));
    return reward(clicks(request, {{ItemIndex(7), click}}));
  };

  const auto first = play(1, events::Arm::variant, 1);
  const auto second = play(2, events::Arm::variant, 1);
  const auto third = play(3, events::Arm::champion, 0);
  const auto fourth = play(4, events::Arm::variant, 0);

  BOOST_TEST(first.prior_requests == 0u);
  BOOST_TEST(second.prior_requests == 1u);
  BOOST_TEST(second.prior_outer == 1);
  BOOST_TEST(third.prior_requests == 0u);
  BOOST_TEST(third.other_requests == 2u);
  BOOST_TEST(third.other_outer == 2);
  BOOST_TEST(fourth.prior_requests == 2u);
  BOOST_TEST(fourth.other_requests == 1u);
}

BOOST_AUTO_TEST_CASE(totals_of_an_older_experiment_are_dropped) {
  step(state, slate(1, indices({7}), 4));
  step(state, clicks(1, {{ItemIndex(7), 1}}));
  step(state, slate(2, indices({7}), 5));

  BOOST_TEST(reward(clicks(2, {})).prior_requests == 0u);
  BOOST_TEST(state.totals.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_paired_difference_is_variant_minus_control_whoever_served) {
  events::RewardAssigned out;
  out.outer = 1;
  out.shadow_outer = 0.25;

  out.arm = events::Arm::champion;
  BOOST_TEST(paired_difference(out) == -0.75);
  out.arm = events::Arm::variant;
  BOOST_TEST(paired_difference(out) == 0.75);
}

BOOST_AUTO_TEST_SUITE_END()
