#include "model/evolution/gate.hpp"

#include "events/base/prng.hpp"
#include "test/model/evolution/plans.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

namespace {

using namespace ars;
using namespace ars::model;
namespace tt = boost::test_tools;

// Why a plan that differs from the variant in one respect is refused.
std::string refused(const std::function<void(events::ServingPlan&)>& spoil) {
  auto plan = test::variant_plan();
  spoil(plan);
  const auto verdict = check_plan(plan, test::base_plan(), {1'000, 1e3}, {});
  BOOST_TEST(!verdict.passed);
  return verdict.reason;
}

OfflineEvidence evidence(double effect, std::uint64_t noise_pairs) {
  OfflineEvidence out;
  out.seed_differences = {effect - 0.001, effect, effect + 0.001};
  Philox random(1, 1);
  for (int i = 0; i < 500; ++i) {
    out.user_differences.push_back({effect + 0.02 * random.normal(), 1});
  }
  out.noise_sigma = 0.004;
  out.noise_pairs = noise_pairs;
  return out;
}

Look look(double effect, double half) {
  Look out;
  out.effect = effect;
  out.low = effect - half;
  out.high = effect + half;
  out.ready = true;
  return out;
}

Look unready() {
  Look out = look(0, unknown_half_width);
  out.ready = false;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_evolution_gate)

BOOST_AUTO_TEST_CASE(a_well_formed_change_passes_and_is_named) {
  const auto verdict = check_plan(test::variant_plan(), test::base_plan(), {1'000, 1e3}, {});

  BOOST_TEST(verdict.passed);
  BOOST_TEST(verdict.reason == "well formed; recall content added, recall content quota 0 -> 100");
}

BOOST_AUTO_TEST_CASE(every_static_rule_refuses_with_its_reason) {
  using Plan = events::ServingPlan;
  BOOST_TEST(refused([](Plan& p) { p.version = 7; }) == "the plan has the version of its base");
  BOOST_TEST(refused([](Plan& p) { p.parent = 3; }) == "the plan descends from 3, not from 7");
  BOOST_TEST(refused([](Plan& p) { p.recalls.clear(); }) == "no recall would propose anything");
  BOOST_TEST(refused([](Plan& p) { p.recalls[1].source = "trending"; }) ==
             "recall 'trending' is named twice or not at all");
  BOOST_TEST(refused([](Plan& p) { p.recalls[0].quota = 0; }) == "recall trending has no quota");
  BOOST_TEST(refused([](Plan& p) { p.recalls[0].quota = 3'900; }) ==
             "the recalls ask for 4200 candidates, the cap is 4000");
  BOOST_TEST(refused([](Plan& p) { p.recalls[0].weight = -1; }) ==
             "recall trending has a weight or half-life out of range");
  BOOST_TEST(refused([](Plan& p) { p.fusion_k = 0; }) == "the fusion constant 0 is not positive");
  BOOST_TEST(refused([](Plan& p) { p.ranker.features.clear(); }) ==
             "the ranker reads no feature, or one twice");
  BOOST_TEST(refused([](Plan& p) { p.ranker.features[0] = "next_click"; }) ==
             "feature 'next_click' reads something later than the decision ('next')");
  BOOST_TEST(refused([](Plan& p) { p.ranker.learning_rate = 0; }) ==
             "the learning rate 0 is outside (0, 1]");
  BOOST_TEST(refused([](Plan& p) { p.ranker.epochs = 1'000; }) == "1000 epochs are outside 1..50");
  BOOST_TEST(refused([](Plan& p) { p.rerank.mmr_lambda = 1.5; }) ==
             "mmr lambda 1.5 is outside [0, 1]");
  BOOST_TEST(refused([](Plan& p) { p.rerank.explore_share = 0.9; }) ==
             "the exploration share 0.9 is outside [0, 0.5]");
  BOOST_TEST(refused([](Plan& p) {
               p = test::base_plan();
               p.version = 8;
               p.parent = 7;
             }) == "the plan does not differ from its base");
}

BOOST_AUTO_TEST_CASE(costs_and_exploration_have_caps) {
  PlanCaps caps;
  caps.parameters_max = 10;
  BOOST_TEST(check_plan(test::variant_plan(), test::base_plan(), {11, 1}, caps).reason ==
             "11 parameters, the cap is 10");
  caps = {};
  caps.explore_share_min = 0.2;
  BOOST_TEST(!check_plan(test::variant_plan(), test::base_plan(), {1, 1}, caps).passed);
}

BOOST_AUTO_TEST_CASE(new_weights_alone_are_a_change) {
  auto plan = test::base_plan();
  plan.version = 8;
  plan.parent = 7;
  plan.ranker.weights[0] = 2;

  const auto verdict = check_plan(plan, test::base_plan(), {1, 1}, {});

  BOOST_TEST(verdict.passed);
  BOOST_TEST(verdict.reason == "well formed; the same plan trained anew");
}

BOOST_AUTO_TEST_CASE(a_gain_above_the_noise_floor_passes) {
  const auto verdict = judge_offline(evidence(0.02, 30), {});

  BOOST_TEST(verdict.passed, verdict.reason);
  BOOST_TEST(verdict.noise_floor == 2 * 0.004 / std::sqrt(3.0), tt::tolerance(1e-12));
  BOOST_TEST(verdict.mean == 0.02, tt::tolerance(1e-9));
  BOOST_TEST(verdict.low > 0);
}

BOOST_AUTO_TEST_CASE(few_noise_measurements_raise_the_floor) {
  const auto many = judge_offline(evidence(0.006, 30), {});
  const auto few = judge_offline(evidence(0.006, 4), {});

  BOOST_TEST(many.passed, many.reason);
  BOOST_TEST(!few.passed);
  BOOST_TEST(few.noise_floor == 3.182446305284263 * 0.004 / std::sqrt(3.0), tt::tolerance(1e-9));
  BOOST_TEST(few.reason.find("not above the noise floor") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(evidence_that_is_missing_or_torn_does_not_pass) {
  auto two_seeds = evidence(0.02, 30);
  two_seeds.seed_differences.pop_back();
  BOOST_TEST(judge_offline(two_seeds, {}).reason == "2 seeds are not the 3 that evidence needs");

  BOOST_TEST(judge_offline(evidence(0.02, 1), {}).reason == "the noise floor was not measured");

  auto users_disagree = evidence(0.02, 30);
  for (auto& user : users_disagree.user_differences)
    user.difference -= 0.02;
  const auto verdict = judge_offline(users_disagree, {});
  BOOST_TEST(!verdict.passed);
  BOOST_TEST(verdict.reason.find("holds 0") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(noise_alone_seldom_passes) {
  int passed = 0;
  for (std::uint64_t run = 0; run < 400; ++run) {
    Philox random(8, run);
    OfflineEvidence null;
    null.noise_sigma = 0.01;
    null.noise_pairs = 30;
    double mean = 0;
    for (int seed = 0; seed < 3; ++seed) {
      null.seed_differences.push_back(0.01 * random.normal());
      mean += null.seed_differences.back() / 3;
    }
    for (int user = 0; user < 50; ++user) {
      null.user_differences.push_back({mean + 0.02 * random.normal(), 1});
    }
    OfflineSpec spec;
    spec.resamples = 200;
    passed += judge_offline(null, spec).passed ? 1 : 0;
  }
  BOOST_TEST(passed < 20);  // 2.3 % by the floor alone
}

BOOST_AUTO_TEST_CASE(a_better_metric_with_a_holding_guardrail_promotes) {
  const auto verdict = judge_canary({look(0.05, 0.02), look(0, 0.01), 3'000, 1}, {0.02, 10'000});

  BOOST_TEST((verdict.verdict == CanaryVerdict::promote));
  BOOST_TEST(verdict.reason.find("the metric is better") == 0u);
}

BOOST_AUTO_TEST_CASE(a_crossed_guardrail_rolls_back_however_good_the_metric_is) {
  const auto verdict = judge_canary({look(0.5, 0.01), look(-0.1, 0.03), 3'000, 1}, {0.02, 10'000});

  BOOST_TEST((verdict.verdict == CanaryVerdict::roll_back));
  BOOST_TEST(verdict.guardrail_crossed);
}

BOOST_AUTO_TEST_CASE(an_open_guardrail_holds_promotion_back) {
  const auto open = judge_canary({look(0.5, 0.01), look(-0.03, 0.05), 3'000, 1}, {0.02, 10'000});
  const auto few = judge_canary({look(0.5, 0.01), unready(), 3'000, 1}, {0.02, 10'000});

  BOOST_TEST((open.verdict == CanaryVerdict::keep_going));
  BOOST_TEST((few.verdict == CanaryVerdict::keep_going));
  BOOST_TEST(!open.guardrail_crossed);
}

BOOST_AUTO_TEST_CASE(a_worse_metric_and_an_endless_one_roll_back) {
  const auto saving = judge_canary({look(0, 0.02), std::nullopt, 500, 1}, {0, 10'000, 0.1});
  BOOST_CHECK(saving.verdict == CanaryVerdict::promote);
  BOOST_TEST(saving.reason.find("not worse by 0.1") != std::string::npos, saving.reason);
  const auto worse = judge_canary({look(-0.05, 0.02), std::nullopt, 500, 1}, {0, 10'000});
  const auto endless = judge_canary({look(0.01, 0.05), std::nullopt, 10'000, 1}, {0, 10'000});
  const auto patient = judge_canary({look(0.01, 0.05), std::nullopt, 9'999, 1}, {0, 10'000});

  BOOST_TEST((worse.verdict == CanaryVerdict::roll_back));
  BOOST_TEST((endless.verdict == CanaryVerdict::roll_back));
  BOOST_TEST(endless.reason.find("no decision after 10000 requests") == 0u);
  BOOST_TEST((patient.verdict == CanaryVerdict::keep_going));
}

BOOST_AUTO_TEST_CASE(few_users_decide_nothing) {
  const auto verdict = judge_canary({unready(), std::nullopt, 10, 1}, {0, 10'000});

  BOOST_TEST((verdict.verdict == CanaryVerdict::keep_going));
  BOOST_TEST(verdict.reason == "too few users for a look");
}

BOOST_AUTO_TEST_CASE(arms_of_wrong_size_block_the_verdict) {
  BOOST_TEST(sample_ratio_p_value(500, 500, 0.5) == 1.0);
  BOOST_TEST(sample_ratio_p_value(900, 100, 0.1) == 1.0);
  // χ² = 10 with one degree of freedom.
  BOOST_TEST(sample_ratio_p_value(450, 550, 0.5) == 0.001565402258, tt::tolerance(1e-6));

  const auto skewed = judge_canary(
      {look(0.05, 0.02), std::nullopt, 3'000, sample_ratio_p_value(900, 200, 0.1)}, {0, 10'000});
  BOOST_TEST((skewed.verdict == CanaryVerdict::keep_going));
  BOOST_TEST(skewed.reason.find("planned sizes") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
