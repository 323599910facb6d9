#include "actors/evolution/autotrain/autotrain_state.hpp"

#include "actors/evolution/autotrain/ranker_space.hpp"
#include "model/evolution/proposal.hpp"
#include "test/actors/training_results.hpp"
#include "test/actors/world.hpp"

#include <set>

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

struct Fixture : World {
  AutoTrainState state;

  Fixture() {
    deployment.plans[0].ranker.trained_until = 700;
    tell(state, {bounds(), batch_at(700)});
  }

  runtime::Decision turn(std::uint64_t variant) {
    events::StepChosen chosen;
    chosen.arm = "autotrain";
    chosen.variant = variant;
    return step(state, chosen);
  }
  events::TrainingRequested check(const events::VariantProposed& change) {
    tell(state, {change});
    return only<events::TrainingRequested>(
        step(state, events::VariantChecked{change.variant, true, ""}));
  }
  // The second turn starts the study.
  runtime::Decision suggestion(std::uint64_t variant) {
    turn(variant);
    return turn(variant + 1);
  }
};

std::vector<events::TrainingArm> labelled(const events::TrainingRequested& job,
                                          std::string_view label) {
  std::vector<events::TrainingArm> out;
  for (const auto& arm : job.arms) {
    if (arm.label == label) out.push_back(arm);
  }
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_autotrain_state, Fixture)

BOOST_AUTO_TEST_CASE(the_first_training_is_of_the_champions_ranker_on_all_rows_so_far) {
  events::StepChosen chosen;
  chosen.arm = "first_training";

  const auto job = only<events::TrainingRequested>(step(state, chosen));

  BOOST_TEST(job.variant == 0u);
  BOOST_TEST(job.job == 1u);
  BOOST_TEST(job.until_example == 700u);
  BOOST_TEST(job.rows_max == bounds().rows_max);
  BOOST_REQUIRE_EQUAL(job.arms.size(), 1u);
  BOOST_CHECK(job.arms[0].ranker == deployment.plans[0].ranker);
}

BOOST_AUTO_TEST_CASE(its_result_becomes_the_first_trained_plan) {
  events::TrainingFinished finished;
  finished.ok = true;
  finished.arms = {arm_result("first", 4, 0, {}, 0)};
  auto failed = finished;
  failed.ok = false;

  const auto plan = only<events::PlanProposed>(step(state, finished));

  BOOST_TEST(plan.variant == 0u);
  BOOST_TEST(plan.plan.version == 2u);
  BOOST_TEST(plan.plan.parent == 1u);
  BOOST_CHECK(plan.plan.ranker.weights == finished.arms[0].weights);
  BOOST_TEST(plan.plan.ranker.trained_until == 700u);
  BOOST_TEST(says_nothing(step(state, failed)));
}

BOOST_AUTO_TEST_CASE(turns_go_round_between_newer_rows_another_ranker_and_a_mutation) {
  const auto first = only<events::VariantProposed>(turn(1));
  const auto second = only<events::VariantProposed>(turn(2));
  const auto third = only<events::VariantProposed>(turn(3));
  const auto fourth = only<events::VariantProposed>(turn(4));

  const auto& base = deployment.plans[0];
  BOOST_CHECK(first.kind == events::ChangeKind::parameters);
  BOOST_TEST(model::describe_change(base, first.plan).empty());
  BOOST_CHECK(second.kind == events::ChangeKind::architecture);
  BOOST_CHECK(third.kind == events::ChangeKind::parameters);
  BOOST_TEST(model::describe_change(base, third.plan).size() == 1u);
  BOOST_CHECK(third.plan.ranker == with_point_of_settings(third.plan.ranker));
  BOOST_TEST(model::describe_change(base, fourth.plan).empty());
  for (const auto& each : {first, second, third, fourth}) {
    BOOST_TEST(each.trained_model);
    BOOST_TEST(each.base_plan == 1u);
    BOOST_TEST(each.plan.version == plan_version_of(each.variant));
    BOOST_TEST(!each.prediction.kill_criterion.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_stale_ranker_is_only_trained_on_newer_rows) {
  deployment.plans[0].ranker.trained_until = 0;
  tell(state, {batch_at(700 + 10 * bounds().checkpoint_every)});

  for (std::uint64_t i = 1; i <= 3; ++i) {
    const auto variant = only<events::VariantProposed>(turn(i));
    BOOST_TEST(model::describe_change(deployment.plans[0], variant.plan).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_mutation_is_trained_in_pairs_with_its_base) {
  turn(1);
  turn(2);
  const auto job = check(only<events::VariantProposed>(turn(3)));

  BOOST_TEST(labelled(job, "base").size() == 3u);
  BOOST_TEST(labelled(job, "live").empty());
}

BOOST_AUTO_TEST_CASE(a_study_starts_once_and_each_trial_is_a_new_point_of_the_space) {
  const auto first = suggestion(1);
  turn(3);
  turn(4);
  const auto second = turn(5);

  BOOST_TEST(all<events::StudyStarted>(first).size() == 1u);
  BOOST_TEST(all<events::StudyStarted>(second).empty());
  const auto one = only<events::TrialSuggested>(first);
  const auto two = only<events::TrialSuggested>(second);
  BOOST_TEST(one.trial == 0u);
  BOOST_TEST(two.trial == 1u);
  BOOST_CHECK(one.point != two.point);
  for (const auto& point : {one.point, two.point})
    BOOST_TEST(model::check_point(ranker_space(), point).has_value());
  BOOST_CHECK(only<events::VariantProposed>(second).plan.ranker ==
              ranker_at(two.point, deployment.plans[0].ranker.features));
}

BOOST_AUTO_TEST_CASE(base_and_variant_are_trained_in_pairs_on_the_same_seeds) {
  const auto change = proposed(4, deployment.plans[0], events::ChangeKind::feature_added);

  const auto job = check(change);

  const auto base = labelled(job, "base");
  const auto variant = labelled(job, "variant");
  BOOST_TEST(job.variant == 4u);
  BOOST_REQUIRE_EQUAL(base.size(), 3u);
  BOOST_REQUIRE_EQUAL(variant.size(), 3u);
  std::set<std::uint64_t> seeds;
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(base[i].seed == variant[i].seed);
    BOOST_CHECK(base[i].ranker == deployment.plans[0].ranker);
    BOOST_CHECK(variant[i].ranker == change.plan.ranker);
    seeds.insert(base[i].seed);
  }
  for (const auto& noise : labelled(job, "noise")) {
    BOOST_CHECK(noise.ranker == deployment.plans[0].ranker);
    seeds.insert(noise.seed);
  }
  BOOST_TEST(seeds.size() == 5u);
}

BOOST_AUTO_TEST_CASE(newer_rows_are_compared_with_what_serves_as_it_stands) {
  auto refresh = proposed(4, deployment.plans[0]);
  refresh.plan.fusion_k = deployment.plans[0].fusion_k;

  const auto job = check(refresh);

  BOOST_TEST(labelled(job, "live").size() == 1u);
  BOOST_TEST(labelled(job, "variant").size() == 3u);
  BOOST_TEST(labelled(job, "noise").size() == 2u);
  BOOST_TEST(labelled(job, "base").empty());
}

BOOST_AUTO_TEST_CASE(evidence_never_rests_on_fewer_than_three_seeds) {
  auto careless = bounds();
  careless.seeds = 1;
  tell(state, {careless});

  BOOST_TEST(labelled(check(proposed(4, deployment.plans[0])), "variant").size() == 3u);
}

BOOST_AUTO_TEST_CASE(only_a_trained_variant_that_passed_its_checks_is_trained) {
  auto untrained = proposed(5, deployment.plans[0]);
  untrained.trained_model = false;
  tell(state, {proposed(4, deployment.plans[0])});

  BOOST_TEST(says_nothing(step(state, events::VariantChecked{4, false, "blocked"})));
  BOOST_TEST(says_nothing(step(state, events::VariantChecked{3, true, ""})));
  tell(state, {untrained});
  BOOST_TEST(says_nothing(step(state, events::VariantChecked{5, true, ""})));
}

BOOST_AUTO_TEST_CASE(jobs_are_numbered) {
  BOOST_TEST(check(proposed(4, deployment.plans[0])).job == 1u);
  BOOST_TEST(check(proposed(5, deployment.plans[0])).job == 2u);
}

BOOST_AUTO_TEST_CASE(evidence_completes_its_trial_with_the_loss_to_minimise) {
  const auto variant = only<events::VariantProposed>(suggestion(1)).variant;
  events::EvidenceMeasured evidence;
  evidence.variant = variant;
  evidence.mean = 0.125;
  evidence.passed = true;

  const auto done = only<events::TrialCompleted>(step(state, evidence));

  BOOST_TEST(done.trial == 0u);
  BOOST_TEST(done.value == -0.125);
  BOOST_TEST(done.status == "kept");
  BOOST_TEST(says_nothing(step(state, evidence)));
}

BOOST_AUTO_TEST_CASE(a_trial_whose_variant_was_rejected_before_is_closed) {
  const auto variant = only<events::VariantProposed>(suggestion(1)).variant;
  step(state, events::VariantRejected{variant, "static checks", "blocked"});
  events::EvidenceMeasured evidence;
  evidence.variant = variant;

  BOOST_TEST(says_nothing(step(state, evidence)));
}

BOOST_AUTO_TEST_CASE(another_loops_turn_is_not_ours) {
  events::StepChosen chosen;
  for (const auto* arm : {"autofeature", "composition", "autoperf"}) {
    chosen.arm = arm;
    BOOST_TEST(says_nothing(step(state, chosen)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
