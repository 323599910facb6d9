#include "actors/evolution/autoperf/autoperf_state.hpp"

#include "actors/evolution/autoperf/canary_test.hpp"
#include "actors/infrastructure/feedback_join/feedback_join_state.hpp"
#include "actors/limits.hpp"
#include "test/actors/training_results.hpp"
#include "test/actors/world.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

// What each arm earns: a mean with a little noise, the same in each run.
struct Earnings {
  double control = 0.3;
  double variant = 0.3;
  double noise = 0.05;
  double guard_control = 0.8;
  double guard_variant = 0.8;
};

struct Fixture : World {
  AutoPerfState state;
  std::uint32_t users = 0;

  Fixture() {
    tell(state, {bounds(), batch_at(500)});
    step(state, events::PlanProposed{0, deployment.plans[0]});
    for (int i = 0; i < 200; ++i)
      step(state, reward(events::Arm::champion, "clicks", 0.3 + 0.05 * (i % 3 - 1), 0));
  }

  // The first reward of a new user: the totals before it are zero.
  events::RewardAssigned reward(events::Arm arm, std::string objective, double value,
                                std::uint64_t experiment) const {
    events::RewardAssigned out;
    out.user = model::sample::user_id(users);
    out.arm = arm;
    out.experiment = experiment;
    out.objective = std::move(objective);
    out.outer = value;
    return out;
  }

  events::CanaryStarted start_trained(events::ChangeKind kind = events::ChangeKind::architecture) {
    tell(state, {proposed(1, deployment.plans[0], kind), training_finished({.gain = 0.1})});
    return only<events::CanaryStarted>(
        step(state, events::OffPolicyChecked{1, 0, 0, 0, 0, true, true, ""}));
  }
  // Requests of new users until something other than a look happens, or `requests` of them.
  runtime::Decision play(const Earnings& earn, int requests) {
    Philox draws(99, 3);
    for (int i = 0; i < requests; ++i) {
      ++users;
      const auto arm = draws.uniform() < 0.5 ? events::Arm::variant : events::Arm::champion;
      const bool variant = arm == events::Arm::variant;
      const double noise = earn.noise * (2 * draws.uniform() - 1);
      step(state,
           reward(arm, "satisfaction", (variant ? earn.guard_variant : earn.guard_control) + noise,
                  state.canary.experiment));
      auto out = step(state, reward(arm, "clicks", (variant ? earn.variant : earn.control) + noise,
                                    state.canary.experiment));
      looks += all<events::CanaryLooked>(out).size();
      played = i + 1;
      if (out.facts.size() > all<events::CanaryLooked>(out).size()) return out;
    }
    return {};
  }
  std::size_t looks = 0;
  int played = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_autoperf_state, Fixture)

BOOST_AUTO_TEST_CASE(
    the_operators_plan_serves_at_once_and_the_first_trained_one_stands_still_once) {
  AutoPerfState fresh;
  tell(fresh, {bounds(), batch_at(500)});

  const auto start = step(fresh, events::PlanProposed{0, plan_of(1)});
  const auto first = step(fresh, events::PlanProposed{0, trained(plan_of(2), 1)});
  const auto second = step(fresh, events::PlanProposed{0, trained(plan_of(3), 2)});

  BOOST_TEST(only<events::PlanPromoted>(start).plan == 1u);
  BOOST_TEST(all<events::PlanFrozen>(start).empty());
  BOOST_TEST(only<events::PlanPromoted>(first).replaced == 1u);
  BOOST_TEST(only<events::PlanFrozen>(first).plan == 2u);
  BOOST_TEST(only<events::PlanFrozen>(first).interactions == 500u);
  BOOST_TEST(all<events::PlanFrozen>(second).empty());
}

BOOST_AUTO_TEST_CASE(the_plan_of_a_variant_is_not_promoted_by_being_proposed) {
  BOOST_TEST(says_nothing(step(state, events::PlanProposed{4, plan_of(6)})));
  BOOST_TEST(state.champion == 1u);
}

BOOST_AUTO_TEST_CASE(a_trained_variant_starts_its_canary_with_the_weights_of_its_first_pair) {
  tell(state, {proposed(1, deployment.plans[0]), training_finished({.gain = 0.1})});

  const auto out = step(state, events::OffPolicyChecked{1, 0, 0, 0, 0, true, true, ""});

  const auto plan = only<events::PlanProposed>(out);
  const auto canary = only<events::CanaryStarted>(out);
  BOOST_CHECK(plan.plan.ranker.weights == training_finished({}).arms[1].weights);
  BOOST_TEST(plan.plan.ranker.trained_until == 500u);
  BOOST_TEST(canary.plan == plan.plan.version);
  BOOST_TEST(canary.control_plan == 1u);
  BOOST_TEST(canary.share == bounds().canary_share);
  BOOST_TEST(canary.experiment == 1u);
  BOOST_TEST(canary.tau > 0);
  BOOST_TEST(canary.centre == 0.3, boost::test_tools::tolerance(0.01));
  BOOST_TEST(canary.guardrail == "satisfaction");
  BOOST_TEST(!canary.shadow_pairs);
}

BOOST_AUTO_TEST_CASE(a_check_that_failed_or_is_of_another_variant_starts_nothing) {
  tell(state, {proposed(1, deployment.plans[0])});

  BOOST_TEST(says_nothing(step(state, events::OffPolicyChecked{1, 0, 0, 0, 0, false, false, ""})));
  BOOST_TEST(says_nothing(step(state, events::OffPolicyChecked{2, 0, 0, 0, 0, true, true, ""})));
  BOOST_TEST(says_nothing(step(state, events::VariantChecked{1, true, ""})));
}

BOOST_AUTO_TEST_CASE(a_better_variant_is_promoted_on_evidence) {
  const auto canary = start_trained();

  const auto out = play({.variant = 0.5}, 1500);

  BOOST_TEST(only<events::VariantPromoted>(out).variant == 1u);
  BOOST_TEST(only<events::PlanPromoted>(out).plan == canary.plan);
  BOOST_TEST(only<events::PlanPromoted>(out).replaced == 1u);
  BOOST_TEST(only<events::CanaryLooked>(out).low > 0);
  BOOST_TEST(state.champion == canary.plan);
  BOOST_TEST(state.canary.experiment == 0u);
}

BOOST_AUTO_TEST_CASE(a_worse_variant_is_rolled_back_on_evidence) {
  start_trained();

  const auto out = play({.variant = 0.1}, 1500);

  BOOST_TEST(only<events::VariantRolledBack>(out).variant == 1u);
  BOOST_TEST(only<events::CanaryLooked>(out).high < 0);
  BOOST_TEST(all<events::PlanPromoted>(out).empty());
  BOOST_TEST(state.champion == 1u);
  BOOST_TEST(state.canary.experiment == 0u);
}

BOOST_AUTO_TEST_CASE(a_variant_that_wins_clicks_and_harms_the_guardrail_is_rolled_back) {
  start_trained();

  const auto out = play({.variant = 0.5, .guard_variant = 0.4}, 1500);

  BOOST_TEST(only<events::GuardrailCrossed>(out).guardrail == "satisfaction");
  BOOST_TEST(only<events::GuardrailCrossed>(out).high < 0);
  BOOST_TEST(only<events::VariantRolledBack>(out).variant == 1u);
  BOOST_TEST(all<events::VariantPromoted>(out).empty());
}

BOOST_AUTO_TEST_CASE(a_variant_that_makes_no_difference_ends_undecided_at_the_limit) {
  start_trained();

  const auto out = play({.noise = 0.3}, 2500);

  BOOST_TEST(only<events::VariantRolledBack>(out).variant == 1u);
  BOOST_TEST(played == narrow<int>(bounds().canary_requests_max));
}

// Nothing is lost and a cost is saved: surely not worse by 1 % is enough.
BOOST_AUTO_TEST_CASE(a_removal_that_makes_no_difference_is_promoted) {
  start_trained(events::ChangeKind::feature_retired);

  const auto out = play({.noise = 0.01}, 2500);

  BOOST_TEST(only<events::VariantPromoted>(out).variant == 1u);
}

BOOST_AUTO_TEST_CASE(a_removal_that_harms_by_more_than_its_margin_is_not) {
  start_trained(events::ChangeKind::feature_retired);

  const auto out = play({.variant = 0.2, .noise = 0.01}, 2500);

  BOOST_TEST(only<events::VariantRolledBack>(out).variant == 1u);
}

BOOST_AUTO_TEST_CASE(it_looks_once_in_so_many_rewards) {
  start_trained();

  play({.noise = 0.3}, 950);

  BOOST_TEST(looks == 950 / limits::look_every_rewards);
}

BOOST_AUTO_TEST_CASE(rewards_outside_the_experiment_do_not_count) {
  start_trained();

  for (std::size_t i = 0; i < 2 * limits::look_every_rewards; ++i) {
    BOOST_REQUIRE(says_nothing(step(state, reward(events::Arm::variant, "clicks", 1, 7))));
    BOOST_REQUIRE(says_nothing(step(state, reward(events::Arm::variant, "saves", 1, 1))));
  }
  BOOST_TEST(state.variant.requests == 0u);
}

BOOST_AUTO_TEST_CASE(a_variant_without_training_answers_in_shadow_first) {
  auto change = proposed(1, deployment.plans[0], events::ChangeKind::recall_added);
  change.trained_model = false;
  tell(state, {change});

  const auto out = step(state, events::VariantChecked{1, true, ""});

  const auto canary = only<events::CanaryStarted>(out);
  BOOST_TEST(canary.share == 0);
  BOOST_TEST(canary.shadow_pairs);
  BOOST_TEST(canary.requests_max == limits::shadow_requests);
  BOOST_CHECK(only<events::PlanProposed>(out).plan == change.plan);
}

BOOST_AUTO_TEST_CASE(shadow_answers_that_promise_go_on_to_a_canary_and_others_are_rejected) {
  for (const double gain : {0.1, -0.1}) {
    auto change = proposed(1, deployment.plans[0], events::ChangeKind::recall_added);
    change.trained_model = false;
    tell(state, {change});
    step(state, events::VariantChecked{1, true, ""});
    const auto shadow = state.canary.experiment;
    runtime::Decision last;
    for (std::uint64_t i = 0; i < limits::shadow_requests; ++i) {
      ++users;
      BOOST_REQUIRE(says_nothing(last));
      auto each = reward(events::Arm::champion, "clicks", 0.3, shadow);
      each.shadow_outer = 0.3 + gain + 0.01 * to_double(i % 3);
      last = step(state, each);
    }

    const auto evidence = only<events::EvidenceMeasured>(last);
    BOOST_TEST(evidence.method == "shadow answers");
    BOOST_TEST(evidence.passed == (gain > 0));
    if (gain > 0) {
      BOOST_TEST(only<events::CanaryStarted>(last).share == bounds().canary_share);
      BOOST_TEST(only<events::CanaryStarted>(last).experiment == shadow + 1);
      step(state, events::VariantRejected{1, "operator", ""});
    } else {
      BOOST_TEST(only<events::VariantRejected>(last).stage == "shadow");
      BOOST_TEST(state.canary.experiment == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_verdict_from_elsewhere_ends_the_canary) {
  for (const Payload& verdict : std::vector<Payload>{events::VariantRejected{1, "operator", ""},
                                                     events::VariantRolledBack{1, 3, ""}}) {
    start_trained();
    BOOST_TEST(state.canary.experiment != 0u);

    tell(state, {verdict});

    BOOST_TEST(state.canary.experiment == 0u);
    BOOST_TEST(state.candidate_change.variant == 0u);
    BOOST_TEST(state.variant.requests == 0u);
  }
}

BOOST_AUTO_TEST_CASE(the_window_is_the_largest_under_half_of_the_latency_limit) {
  const auto free = window_under(0, 20);
  const auto tight = window_under(0, 1);
  const auto heavy = window_under(1e6, 20);  // half a second for one batch

  BOOST_TEST(free.window_us == 4000);
  BOOST_TEST(tight.window_us == 500);
  BOOST_TEST(heavy.window_us == 0);
  BOOST_TEST(heavy.reason == "no window keeps the limit");
}

BOOST_AUTO_TEST_CASE(the_share_of_a_canary_shrinks_with_what_its_variant_takes) {
  // A FLOP a row is a microsecond a request: two batches of 2,000 rows at 4 GFLOP/s.
  const auto share = [](double control_ms, double variant_ms, double limit_ms) {
    return share_under({control_ms * 1000, variant_ms * 1000, 0}, limit_ms, 0.4).share;
  };

  BOOST_TEST(share(4, 10, 20) == 0.4);   // within half of the limit
  BOOST_TEST(share(15, 14, 20) == 0.4);  // cheaper than what serves
  BOOST_TEST(share(4, 15, 0) == 0.4);    // no limit
  BOOST_TEST(share(8, 18, 20) == 0.2, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(share(4, 12, 20) == 0.4);  // 0.75 is more than may be given
  BOOST_TEST(share(11, 18, 20) == 0.01);
  BOOST_TEST(share(4, 21, 20) == 0.005);
  BOOST_TEST(share_under({0, 0, 12'000}, 20, 0.4).share == 0.4);
  BOOST_TEST(share_under({0, 9'000, 12'000}, 20, 0.4).share == 0.005);
}

BOOST_AUTO_TEST_CASE(a_variant_beyond_the_latency_limit_starts_with_less_and_says_why) {
  auto hasty = bounds();
  hasty.latency_budget_ms = 1e-9;
  tell(state, {hasty, proposed(1, deployment.plans[0]), training_finished({.gain = 0.1})});
  deployment.plans[0].ranker.architecture.clear();  // what serves costs nothing

  const auto out = step(state, events::OffPolicyChecked{1, 0, 0, 0, 0, true, true, ""});

  const auto changed = only<events::ServingSettingChanged>(out);
  BOOST_TEST(changed.setting == "canary_share");
  BOOST_TEST(changed.before == bounds().canary_share);
  BOOST_TEST(changed.after == 0.005);
  BOOST_TEST(changed.reason.find("beyond the limit") != std::string::npos);
  BOOST_TEST(only<events::CanaryStarted>(out).share == 0.005);
}

BOOST_AUTO_TEST_CASE(the_window_is_set_at_its_turn_and_only_when_it_changes) {
  events::StepChosen turn;
  turn.arm = "autoperf";
  auto patient = bounds();
  patient.latency_budget_ms = 200;
  tell(state, {patient});

  const auto changed = only<events::ServingSettingChanged>(step(state, turn));
  deployment.micro_batch_window_us = truncate<std::uint64_t>(changed.after);
  const auto again = step(state, turn);
  turn.arm = "autotrain";

  BOOST_TEST(changed.setting == "micro_batch_window_us");
  BOOST_TEST(changed.before == 0);
  BOOST_TEST(changed.after > 0);
  BOOST_TEST(says_nothing(again));
  BOOST_TEST(says_nothing(step(state, turn)));
}

// The same requests once with each user's totals in the event, once as users of one request.
BOOST_AUTO_TEST_CASE(folded_sums_are_clustered_by_user) {
  SumsRow clustered;
  double total = 0;
  for (std::uint64_t i = 0; i < 4; ++i) {
    events::RewardAssigned each;
    each.prior_requests = i;
    fold_reward(clustered, each, total, 0.5);
    total += 0.5;
  }
  SumsRow apart;
  for (int i = 0; i < 4; ++i)
    fold_reward(apart, {}, 0, 0.5);

  BOOST_TEST(clustered.clusters == 1u);
  BOOST_TEST(apart.clusters == 4u);
  BOOST_TEST(clustered.requests == apart.requests);
  BOOST_TEST(clustered.reward == apart.reward);
  BOOST_TEST(clustered.reward_squares == 4);
  BOOST_TEST(apart.reward_squares == 1);
}

BOOST_AUTO_TEST_CASE(a_crossover_weighs_each_arm_by_its_share_around_the_centre) {
  SumsRow sums;
  events::RewardAssigned each;
  each.outer = 0.5;
  each.arm = events::Arm::variant;
  fold_crossover(sums, each, 0.25, 0.3);
  BOOST_TEST(sums.reward == 0.2 / 0.25, boost::test_tools::tolerance(1e-12));

  each.arm = events::Arm::champion;
  fold_crossover(sums, each, 0.25, 0.3);
  BOOST_TEST(sums.reward == 0.2 / 0.25 - 0.2 / 0.75, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(sums.requests == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
