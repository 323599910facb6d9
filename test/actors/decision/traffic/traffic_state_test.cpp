#include "actors/decision/traffic/traffic_state.hpp"

#include "actors/limits.hpp"
#include "test/actors/world.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

struct Fixture : World {
  TrafficState state;

  static events::RequestReceived request(std::uint64_t ordinal = 0) {
    events::RequestReceived out;
    out.request = request_id(static_cast<std::uint8_t>(ordinal + 1));
    out.user = model::sample::user_id(3);
    out.size = 10;
    out.ordinal = ordinal;
    out.context = {{"hour", "9"}};
    return out;
  }
  events::RequestRouted route(std::uint64_t ordinal = 0) {
    return only<events::RequestRouted>(step(state, request(ordinal)));
  }
  void rate(std::uint32_t item, float rating) {
    events::RatingReceived out;
    out.user = model::sample::user_id(3);
    out.item = ItemIndex(item);
    out.rating = rating;
    step(state, out);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_traffic_state, Fixture)

BOOST_AUTO_TEST_CASE(a_user_is_new_then_light_then_heavy) {
  const auto first = route().segment;
  rate(1, 5);
  const auto second = route(1).segment;
  for (std::uint32_t i = 1; i < limits::light_user_interactions; ++i)
    rate(i, 3);
  const auto third = route(2).segment;

  BOOST_TEST(first == "new");
  BOOST_TEST(second == "light");
  BOOST_TEST(third == "heavy");
}

BOOST_AUTO_TEST_CASE(a_request_goes_to_the_champion_with_all_that_it_asked) {
  const auto asked = request(4);

  const auto out = only<events::RequestRouted>(step(state, asked));

  BOOST_CHECK(out.request == asked.request);
  BOOST_CHECK(out.user == asked.user);
  BOOST_CHECK(out.context == asked.context);
  BOOST_TEST(out.size == asked.size);
  BOOST_TEST(out.ordinal == asked.ordinal);
  BOOST_TEST(out.plan == 1u);
  BOOST_TEST(out.experiment == 0u);
  BOOST_CHECK(out.arm == events::Arm::champion);
}

BOOST_AUTO_TEST_CASE(without_a_champion_nobody_is_routed) {
  deployment.champion = 0;

  BOOST_TEST(says_nothing(step(state, request())));
}

BOOST_AUTO_TEST_CASE(features_are_frozen_as_they_were_before_the_request) {
  rate(7, 5);
  rate(3, 2);
  rate(7, 4);

  const auto before = route().user_features;
  rate(9, 5);
  const auto after = route(1).user_features;

  BOOST_CHECK(before.history == model::sample::indices({3, 7}));
  BOOST_CHECK(before.history_values == (std::vector<float>{2, 4}));
  BOOST_CHECK(before.seen == model::sample::indices({3, 7}));
  BOOST_TEST(before.interactions == 3u);
  BOOST_TEST(before.positives == 2u);
  BOOST_TEST(before.mean_value == 11.0 / 3, boost::test_tools::tolerance(1e-12));
  BOOST_CHECK(after.history == model::sample::indices({3, 7, 9}));
}

BOOST_AUTO_TEST_CASE(categories_are_counted_over_the_history) {
  rate(7, 5);

  const auto features = route().user_features;

  std::uint32_t sum = 0;
  for (const auto count : features.category_counts)
    sum += count;
  BOOST_TEST(features.category_counts.size() == sets.catalogue->category_count());
  BOOST_TEST(sum == sets.catalogue->item(ItemIndex(7)).categories.size());
}

BOOST_AUTO_TEST_CASE(what_was_looked_at_and_not_taken_counts_by_category_in_a_window) {
  events::FeedbackReceived feedback;
  feedback.outcomes = {
      {ItemIndex(7), 0, true, 0, 0}, {ItemIndex(8), 1, false, 0, 0}, {ItemIndex(9), 2, true, 1, 1}};
  const auto before = route().user_features.category_passes;
  step(state, feedback);

  const auto after = route(1).user_features.category_passes;
  for (std::size_t i = 0; i < 2 * limits::passed_max; ++i)
    step(state, feedback);

  std::uint32_t sum = 0;
  for (const auto count : after)
    sum += count;
  BOOST_TEST(before.empty());
  BOOST_TEST(sum == sets.catalogue->item(ItemIndex(7)).categories.size());
  BOOST_TEST(state.passed.size() == limits::passed_max);
}

BOOST_AUTO_TEST_CASE(a_logged_request_may_show_what_the_user_has_seen) {
  rate(7, 5);
  auto logged = request(1);
  logged.logged = true;

  const auto out = only<events::RequestRouted>(step(state, logged));

  BOOST_TEST(out.logged);
  BOOST_TEST(out.user_features.seen.empty());
  BOOST_TEST(!out.user_features.history.empty());
}

BOOST_AUTO_TEST_CASE(histories_are_bounded_and_keep_the_newest) {
  const std::uint32_t items = limits::history_max + 20;
  for (std::uint32_t i = 0; i < items; ++i)
    rate(i, 4);

  BOOST_CHECK(state.history == item_range(20, items));
  BOOST_TEST(state.history_values.size() == limits::history_max);
  BOOST_CHECK(state.companions == item_range(items - limits::companions_max, items));
  BOOST_CHECK(state.seen == item_range(0, items));
  BOOST_TEST(state.interactions == items);
}

BOOST_AUTO_TEST_CASE(clicks_ratings_and_rewarded_actions_become_interactions) {
  events::FeedbackReceived feedback;
  feedback.outcomes = {{ItemIndex(1), 0, true, 1, 0}, {ItemIndex(2), 1, true, 0, 0}};
  events::LoggedActionReceived action;
  action.item = ItemIndex(5);
  auto rewarded = action;
  rewarded.reward = 1;
  events::RatingReceived low;
  low.item = ItemIndex(6);
  low.rating = limits::positive_rating - 0.5F;

  const auto clicked = only<events::InteractionRecorded>(step(state, feedback));
  const auto taken = only<events::InteractionRecorded>(step(state, rewarded));
  const auto rated = only<events::InteractionRecorded>(step(state, low));

  BOOST_CHECK(clicked.item == ItemIndex(1));
  BOOST_TEST((clicked.positive && clicked.exposed));
  BOOST_CHECK(taken.item == ItemIndex(5));
  BOOST_CHECK(taken.companions == model::sample::indices({1}));
  BOOST_TEST((!rated.positive && !rated.exposed));
  BOOST_TEST(says_nothing(decide(state, action)));
}

BOOST_AUTO_TEST_CASE(an_arm_is_a_hash_that_only_its_unit_decides) {
  const auto arm = [](std::uint64_t seed, std::uint64_t experiment, std::uint32_t user,
                      std::uint64_t ordinal) {
    return assign_arm({seed, experiment, model::sample::user_id(user), ordinal}, 0.5);
  };
  std::array<int, 4> moved{};
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto user = static_cast<std::uint32_t>(i);
    BOOST_CHECK(arm(1, 1, user, 0) == arm(1, 1, user, 0));
    moved[0] += arm(1, 1, user, 0) != arm(2, 1, user, 0) ? 1 : 0;
    moved[1] += arm(1, 1, user, 0) != arm(1, 2, user, 0) ? 1 : 0;
    moved[2] += arm(1, 1, user, 0) != arm(1, 1, user + 200, 0) ? 1 : 0;
    moved[3] += arm(1, 1, user, 0) != arm(1, 1, user, 1) ? 1 : 0;
  }

  for (const int count : moved) {
    BOOST_TEST(count > 60);
    BOOST_TEST(count < 140);
  }
}

// Four standard deviations around the share.
BOOST_AUTO_TEST_CASE(a_canary_takes_its_share_of_requests) {
  constexpr int requests = 20'000;
  for (const double share : {0.0, 0.1, 0.5, 1.0}) {
    int variant = 0;
    for (int i = 0; i < requests; ++i) {
      const auto arm = assign_arm({5, 9, model::sample::user_id(static_cast<std::uint32_t>(i % 97)),
                                   static_cast<std::uint64_t>(i)},
                                  share);
      variant += arm == events::Arm::variant ? 1 : 0;
    }
    const double allowed = 4 * std::sqrt(share * (1 - share) / requests);
    BOOST_TEST(std::abs(variant / double{requests} - share) <= allowed, "share " << share);
  }
}

BOOST_AUTO_TEST_CASE(the_arm_of_a_canary_chooses_the_plan_and_its_shadow) {
  deployment.plans.push_back(plan_of(2));
  deployment.canary = {3, 1, 2, 0.5, true};
  int variants = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto out = route(i);
    const bool variant = out.arm == events::Arm::variant;
    variants += variant ? 1 : 0;
    BOOST_TEST(out.experiment == 3u);
    BOOST_TEST(out.plan == (variant ? 2u : 1u));
    BOOST_TEST(out.shadow_plan == (variant ? 1u : 2u));
  }

  BOOST_TEST(variants > 10);
  BOOST_TEST(variants < 50);
}

BOOST_AUTO_TEST_CASE(without_shadow_pairs_only_the_arm_answers) {
  deployment.plans.push_back(plan_of(2));
  deployment.canary = {3, 1, 2, 0.5, false};

  BOOST_TEST(route().shadow_plan == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
