#include "actors/infrastructure/coordinator/coordinator_state.hpp"

#include "actors/infrastructure/coordinator/composition_step.hpp"
#include "events/base/check.hpp"
#include "model/evolution/proposal.hpp"
#include "test/actors/training_results.hpp"
#include "test/actors/world.hpp"

#include <set>

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

struct Fixture : World {
  CoordinatorState state;
  std::uint64_t interactions = 200;

  Fixture() {
    tell(state, {bounds(), batch_at(interactions)});
    first_training(true);
  }
  void first_training(bool ok) {
    events::TrainingFinished finished;
    finished.ok = ok;
    tell(state, {finished});
  }
  const events::ServingPlan& champion() const { return deployment.plans[0]; }

  // Time enough for the next step.
  runtime::Decision next_step() {
    interactions += 10 * bounds().checkpoint_every;
    return step(state, batch_at(interactions));
  }
  // Puts a change on its road.
  runtime::Decision propose(const events::VariantProposed& change) { return step(state, change); }
  void reject(std::uint64_t variant) {
    step(state, events::VariantRejected{variant, "offline evidence", "no gain"});
  }
};

std::string refusal(const runtime::Decision& decision) {
  const auto checked = only<events::VariantChecked>(decision);
  if (checked.passed) return "";
  BOOST_TEST(only<events::VariantRejected>(decision).stage == "static checks");
  return checked.reason;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_coordinator_state, Fixture)

BOOST_AUTO_TEST_CASE(the_first_training_is_asked_for_once_there_is_enough_to_learn_from) {
  CoordinatorState fresh;
  tell(fresh, {bounds()});

  BOOST_TEST(says_nothing(step(fresh, batch_at(99))));
  const auto asked = step(fresh, batch_at(100));
  BOOST_TEST(says_nothing(step(fresh, batch_at(5000))));

  BOOST_TEST(only<events::StepChosen>(asked).arm == "first_training");
  BOOST_TEST(only<events::TaskGraphStarted>(asked).nodes.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_first_training_that_failed_is_asked_for_again_at_the_next_checkpoint) {
  first_training(false);

  BOOST_TEST(says_nothing(step(state, batch_at(interactions + 1))));
  BOOST_TEST(only<events::StepChosen>(next_step()).arm == "first_training");
}

BOOST_AUTO_TEST_CASE(without_permission_or_a_champion_nothing_evolves) {
  auto forbidden = bounds();
  forbidden.enabled = false;
  auto still = state;
  tell(still, {forbidden});

  BOOST_TEST(says_nothing(step(still, batch_at(5000))));
  deployment.champion = 0;
  BOOST_TEST(says_nothing(next_step()));
}

BOOST_AUTO_TEST_CASE(every_loop_gets_one_turn_before_the_sampler_chooses) {
  std::multiset<std::string> turns;
  std::vector<std::string> loops;
  do {
    const auto chosen = only<events::StepChosen>(next_step());
    turns.insert(chosen.arm);
    loops = chosen.arms;
    reject(chosen.variant);
  } while (turns.size() < loops.size());

  BOOST_TEST(turns == std::multiset<std::string>(loops.begin(), loops.end()),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_ranker_that_served_for_long_is_trained_anew_before_anything_else) {
  for (int i = 0; i < 4; ++i)
    reject(only<events::StepChosen>(next_step()).variant);
  deployment.plans[0].ranker.trained_until = 0;

  const auto stale = only<events::StepChosen>(next_step());
  reject(stale.variant);
  deployment.plans[0].ranker.trained_until = interactions + 10 * bounds().checkpoint_every;
  const auto fresh = only<events::StepChosen>(next_step());

  BOOST_TEST(stale.arm == "autotrain");
  BOOST_TEST(contains(stale.reason, "trained"), stale.reason);
  BOOST_TEST(!contains(fresh.reason, "trained"), fresh.reason);
}

BOOST_AUTO_TEST_CASE(the_compositional_loop_tries_each_of_its_moves) {
  std::set<std::string> moves;
  for (int i = 0; i < 200 && moves.size() < composition_moves().size(); ++i) {
    deployment.plans[0].ranker.trained_until = interactions + 10 * bounds().checkpoint_every;
    const auto out = next_step();
    for (const auto& variant : all<events::VariantProposed>(out)) {
      const auto name = variant.summary.substr(0, variant.summary.find(':'));
      moves.insert(name == variant.summary ? "recall" : name);
    }
    if (!state.arm.empty()) reject(only<events::StepChosen>(out).variant);
  }

  BOOST_TEST(moves == std::set<std::string>(composition_moves().begin(), composition_moves().end()),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(later_every_loop_still_gets_turns_and_the_draws_are_kept) {
  std::set<std::string> turns;
  for (int i = 0; i < 300; ++i) {
    deployment.plans[0].ranker.trained_until = interactions + 10 * bounds().checkpoint_every;
    const auto chosen = only<events::StepChosen>(next_step());
    BOOST_REQUIRE_EQUAL(chosen.draws.size(), chosen.arms.size());
    if (i > 10) turns.insert(chosen.arm);
    if (i > 10 && turns.size() == chosen.arms.size()) return;
    reject(chosen.variant);
  }
  BOOST_FAIL("a loop was left out for 300 steps");
}

BOOST_AUTO_TEST_CASE(a_choice_is_a_function_of_state_and_random_key) {
  for (int i = 0; i < 6; ++i)
    reject(only<events::StepChosen>(next_step()).variant);
  const auto input = batch_at(interactions + 1000);

  const auto once = only<events::StepChosen>(decide(state, input));
  const auto again = only<events::StepChosen>(decide(state, input));
  random_key += 1;
  const auto other = only<events::StepChosen>(decide(state, input));

  BOOST_CHECK(once == again);
  BOOST_TEST(once.draws != other.draws);
}

BOOST_AUTO_TEST_CASE(a_step_waits_for_the_one_before_it_for_its_checkpoint_and_for_a_canary) {
  const auto chosen = only<events::StepChosen>(next_step());
  BOOST_TEST(says_nothing(next_step()));
  reject(chosen.variant);

  BOOST_TEST(says_nothing(step(state, batch_at(interactions + bounds().checkpoint_every - 1))));
  deployment.canary.experiment = 1;
  BOOST_TEST(says_nothing(next_step()));
  deployment.canary = {};
  BOOST_TEST(!says_nothing(next_step()));
}

BOOST_AUTO_TEST_CASE(a_well_formed_change_passes_the_static_checks) {
  const auto out = propose(proposed(1, champion()));

  BOOST_TEST(refusal(out) == "");
  BOOST_TEST(all<events::VariantRejected>(out).empty());
  BOOST_TEST(all<events::TaskNodeChanged>(out).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_change_that_is_malformed_unchanged_or_cannot_be_falsified_is_refused) {
  auto stale = proposed(1, champion());
  stale.plan.version = champion().version;
  auto unchanged = proposed(1, champion());
  unchanged.plan.fusion_k = champion().fusion_k;
  auto unknown = proposed(1, champion());
  unknown.plan.recalls.push_back({"", 10, 1, 0});
  auto greedy = proposed(1, champion());
  greedy.plan.rerank.explore_share = 0.9;
  auto vague = proposed(1, champion());
  vague.prediction.kill_criterion = "";

  for (const auto& each : {stale, unchanged, unknown, greedy, vague})
    BOOST_TEST(refusal(propose(each)) != "");
}

BOOST_AUTO_TEST_CASE(a_rejected_idea_is_blocked_until_its_retry_condition_holds) {
  const auto change = proposed(1, champion());
  events::NegativeCaseRecorded record;
  record.variant = 1;
  record.idea = model::idea_hash(change.kind, champion(), change.plan);
  record.reason = "it lost";
  record.retry_after_interactions = 1000;
  tell(state, {record, batch_at(999)});
  auto again = change;
  again.variant = 2;

  const auto blocked = refusal(propose(again));
  const auto other = refusal(propose(proposed(3, champion())));
  tell(state, {batch_at(1000)});
  const auto later = refusal(propose(again));

  BOOST_TEST(contains(blocked, "it lost"), blocked);
  BOOST_TEST(other == "");
  BOOST_TEST(later == "");
}

BOOST_AUTO_TEST_CASE(a_base_that_is_not_deployed_is_our_bug) {
  auto orphan = proposed(1, champion());
  orphan.base_plan = 77;
  const StepGuard guard;

  BOOST_CHECK_THROW(decide(state, orphan), StepFailure);
}

BOOST_AUTO_TEST_CASE(a_training_that_failed_rejects_its_variant_with_the_failure) {
  propose(proposed(1, champion()));
  events::TrainingFinished finished;
  finished.variant = 1;
  finished.failure = "out of memory";

  const auto rejected = only<events::VariantRejected>(step(state, finished));

  BOOST_TEST(rejected.stage == "training");
  BOOST_TEST(rejected.reason == "out of memory");
}

BOOST_AUTO_TEST_CASE(
    a_gain_above_the_noise_floor_passes_and_the_canary_decides_without_explored_rows) {
  propose(proposed(1, champion()));

  const auto out = step(state, training_finished({.gain = 0.05}));

  const auto evidence = only<events::EvidenceMeasured>(out);
  BOOST_TEST(evidence.passed, evidence.reason);
  BOOST_TEST(evidence.differences.size() == 3u);
  BOOST_TEST(evidence.mean > evidence.noise_floor);
  BOOST_TEST(evidence.low > 0);
  BOOST_TEST(only<events::NoiseFloorMeasured>(out).pairs == 10u);
  BOOST_TEST(only<events::OffPolicyChecked>(out).refused);
  BOOST_TEST(only<events::OffPolicyChecked>(out).passed);
  BOOST_TEST(all<events::VariantRejected>(out).empty());
}

BOOST_AUTO_TEST_CASE(no_gain_is_rejected_by_the_offline_evidence) {
  for (const double gain : {0.0, -0.05}) {
    propose(proposed(1, champion()));

    const auto out = step(state, training_finished({.gain = gain}));

    BOOST_TEST(!only<events::EvidenceMeasured>(out).passed);
    BOOST_TEST(only<events::VariantRejected>(out).stage == "offline evidence");
    BOOST_TEST(all<events::OffPolicyChecked>(out).empty());
  }
}

BOOST_AUTO_TEST_CASE(too_few_seeds_are_no_evidence) {
  propose(proposed(1, champion()));

  const auto out = step(state, training_finished({.gain = 0.05, .seeds = 2}));

  BOOST_TEST(only<events::VariantRejected>(out).stage == "offline evidence");
}

BOOST_AUTO_TEST_CASE(a_model_that_learned_the_logging_policy_fails_on_the_explored_rows) {
  propose(proposed(1, champion()));

  const auto out =
      step(state, training_finished({.gain = 0.05, .explored_gain = -0.2, .explored_rows = 500}));

  BOOST_TEST(only<events::EvidenceMeasured>(out).passed);
  BOOST_TEST(!only<events::OffPolicyChecked>(out).passed);
  BOOST_TEST(only<events::VariantRejected>(out).stage == "off-policy check");
}

BOOST_AUTO_TEST_CASE(the_result_of_another_variant_is_not_judged) {
  propose(proposed(1, champion()));

  BOOST_TEST(says_nothing(step(state, training_finished({.variant = 2, .gain = 0.05}))));
}

BOOST_AUTO_TEST_CASE(what_a_loop_gained_in_its_canary_is_what_the_sampler_learns) {
  const auto mean_of = [&](const std::string& arm) {
    for (const auto& row : state.arms) {
      if (row.arm == arm) return row.mean;
    }
    return 0.0;
  };
  const auto chosen = only<events::StepChosen>(next_step());
  propose(proposed(chosen.variant, champion()));
  events::CanaryLooked look;
  look.effect = 0.4;
  tell(state, {look});
  step(state, events::VariantPromoted{chosen.variant, 3, "better"});
  const auto gained = mean_of(chosen.arm);
  const auto second = only<events::StepChosen>(next_step());
  reject(second.variant);

  BOOST_TEST(gained > 0.05);
  BOOST_TEST(mean_of(second.arm) < 0.01);
}

BOOST_AUTO_TEST_CASE(a_verdict_is_told_in_the_task_graph_of_its_variant_alone) {
  propose(proposed(1, champion()));

  BOOST_TEST(says_nothing(step(state, events::VariantRolledBack{2, 3, "worse"})));
  propose(proposed(1, champion()));
  const auto told =
      only<events::TaskNodeChanged>(step(state, events::VariantRolledBack{1, 3, "worse"}));

  BOOST_TEST(told.node == "verdict");
  BOOST_CHECK(told.state == events::TaskState::failed);
  BOOST_TEST(contains(told.sentence, "worse"));
}

BOOST_AUTO_TEST_SUITE_END()
