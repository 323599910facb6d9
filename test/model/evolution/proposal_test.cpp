#include "model/evolution/proposal.hpp"

#include "events/base/prng.hpp"
#include "test/model/evolution/plans.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

namespace {

using namespace ars;
using namespace ars::model;
using events::ChangeKind;
namespace tt = boost::test_tools;

events::Prediction prediction() { return {"ndcg@10", 0.01, 0.005, 0.9, "below 0 after 3 seeds"}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(model_evolution_proposal)

BOOST_AUTO_TEST_CASE(a_proposal_that_cannot_fail_is_not_queued) {
  BOOST_TEST(check_prediction(prediction()).has_value());
  for (int spoiled = 0; spoiled < 6; ++spoiled) {
    auto p = prediction();
    if (spoiled == 0) p.metric.clear();
    if (spoiled == 1) p.kill_criterion.clear();
    if (spoiled == 2) p.effect_sd = 0;
    if (spoiled == 3) p.probability_better = 1.1;
    if (spoiled == 4) p.probability_better = 0.2;
    if (spoiled == 5) p.effect = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(!check_prediction(p).has_value(), "spoiled " << spoiled);
  }
}

BOOST_AUTO_TEST_CASE(brier_and_crps_follow_their_definitions) {
  const auto hit = score_prediction({"m", 0, 1, 0.9, "k"}, 0.0);
  BOOST_TEST(hit.brier == 0.81, tt::tolerance(1e-12));  // 0 is no improvement
  BOOST_TEST(hit.crps == std::sqrt(2) * (1 - std::sqrt(0.5)) / std::sqrt(std::acos(-1.0)),
             tt::tolerance(1e-9));

  // CRPS = E|X − y| − E|X − X'| / 2.
  Philox random(1, 1);
  double first = 0, second = 0;
  constexpr int n = 400'000;
  for (int i = 0; i < n; ++i) {
    const double a = 0.3 + 2 * random.normal(), b = 0.3 + 2 * random.normal();
    first += std::abs(a - 1.5) / n;
    second += std::abs(a - b) / n;
  }
  BOOST_TEST(score_prediction({"m", 0.3, 2, 0.5, "k"}, 1.5).crps == first - second / 2,
             tt::tolerance(0.01));
}

BOOST_AUTO_TEST_CASE(a_sharp_right_forecast_beats_a_vague_and_a_wrong_one) {
  const auto crps = [](double effect, double sd) {
    return score_prediction({"m", effect, sd, 0.9, "k"}, 0.02).crps;
  };
  BOOST_TEST(crps(0.02, 0.002) < crps(0.02, 0.02));
  BOOST_TEST(crps(0.02, 0.002) < crps(0.06, 0.002));
}

BOOST_AUTO_TEST_CASE(changes_are_described_in_a_fixed_order) {
  auto plan = test::variant_plan();
  plan.recalls[0].quota = 300;
  plan.recalls.erase(plan.recalls.begin() + 1);
  plan.ranker.features = {"user_mean_value", "item_age"};
  plan.ranker.learning_rate = 0.02;
  plan.rerank.mmr_lambda = 0.7;

  const auto lines = describe_change(test::base_plan(), plan);

  const std::vector<std::string> expected = {"recall content added",
                                             "recall content quota 0 -> 100",
                                             "recall trending quota 200 -> 300",
                                             "recall covisitation removed",
                                             "feature item_age added",
                                             "feature item_popularity retired",
                                             "learning rate 0.01 -> 0.02",
                                             "mmr lambda 0.8 -> 0.7"};
  BOOST_TEST(lines == expected, tt::per_element());
}

BOOST_AUTO_TEST_CASE(an_idea_is_what_it_changes_not_when_or_by_which_weights) {
  const auto base = test::base_plan();
  const auto hash = [&](const events::ServingPlan& plan) {
    return idea_hash(ChangeKind::recall_added, base, plan);
  };
  auto later = test::variant_plan();
  later.version = 99;
  later.label = "again";
  later.ranker.weights[5] = 9;
  later.ranker.trained_until = 5'000;
  auto nearly = test::variant_plan();
  nearly.recalls.back().quota = 101;
  auto other = test::variant_plan();
  other.recalls.back().source = "sequence";

  BOOST_TEST((hash(later) == hash(test::variant_plan())));
  BOOST_TEST((hash(other) != hash(test::variant_plan())));
  BOOST_TEST((idea_hash(ChangeKind::policy, base, later) != hash(later)));
  auto close = test::variant_plan(), closer = test::variant_plan();
  close.ranker.learning_rate = 0.0200;
  closer.ranker.learning_rate = 0.02004;
  BOOST_TEST((hash(close) == hash(closer)));
}

BOOST_AUTO_TEST_CASE(training_on_newer_rows_is_another_idea_each_time) {
  const auto base = test::base_plan();
  auto first = base;
  first.ranker.trained_until = 5'000;
  auto second = base;
  second.ranker.trained_until = 9'000;

  const auto hash = idea_hash(ChangeKind::parameters, base, first);

  BOOST_TEST((idea_hash(ChangeKind::parameters, base, second) != hash));
  first.ranker.weights[5] = 9;
  BOOST_TEST((idea_hash(ChangeKind::parameters, base, first) == hash));
}

BOOST_AUTO_TEST_CASE(a_failed_idea_waits_for_its_condition) {
  const auto idea = idea_hash(ChangeKind::recall_added, test::base_plan(), test::variant_plan());
  const std::vector<NegativeCase> cases = {
      {idea, "no gain", 1, 500}, {idea, "slice harm", 2, 900}, {Bytes32{}, "other", 1, 10'000}};

  BOOST_TEST(blocked_by(cases, idea, 600) ==
             "the same idea failed before (slice harm); not again before 900 interactions");
  BOOST_TEST(blocked_by(cases, idea, 900) == "");
  BOOST_TEST(blocked_by({}, idea, 0) == "");
}

BOOST_AUTO_TEST_CASE(the_cool_down_doubles_and_never_overflows) {
  BOOST_TEST(retry_after(1, 1'000, 500) == 1'500u);
  BOOST_TEST(retry_after(2, 1'000, 500) == 2'000u);
  BOOST_TEST(retry_after(4, 1'000, 500) == 5'000u);
  BOOST_TEST(retry_after(1'000, 1'000, std::numeric_limits<std::uint64_t>::max() / 2) ==
             std::numeric_limits<std::uint64_t>::max());
}

BOOST_AUTO_TEST_SUITE_END()
