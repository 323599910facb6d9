#include "actors/infrastructure/knowledge/knowledge_state.hpp"

#include "actors/limits.hpp"
#include "model/evolution/proposal.hpp"
#include "test/actors/world.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

struct Fixture : World {
  KnowledgeState state;

  Fixture() { tell(state, {bounds(), batch_at(1000)}); }

  static events::RewardAssigned reward(double inner, std::string objective = "clicks") {
    events::RewardAssigned out;
    out.objective = std::move(objective);
    out.inner = {{"ranking", inner}, {"rerank", 1}};
    return out;
  }
  events::VariantProposed variant(std::uint64_t number) {
    return proposed(number, deployment.plans[0]);
  }
  events::NegativeCaseRecorded fail(std::uint64_t number) {
    tell(state, {variant(number)});
    return only<events::NegativeCaseRecorded>(
        step(state, events::VariantRejected{number, "offline evidence", "no gain"}));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_knowledge_state, Fixture)

BOOST_AUTO_TEST_CASE(credit_is_the_mean_difference_reward_of_a_full_window_with_its_error) {
  runtime::Decision last;
  for (std::uint64_t i = 0; i < limits::credit_window_requests; ++i) {
    if (i > 0) BOOST_REQUIRE(last.facts.empty());
    last = step(state, reward(i % 2 == 0 ? 1 : -0.5));
  }

  const auto credits = all<events::CreditAssigned>(last);
  BOOST_REQUIRE_EQUAL(credits.size(), 2u);
  BOOST_TEST(credits[0].agent == "ranking");
  BOOST_TEST(credits[0].objective == "clicks");
  BOOST_TEST(credits[0].estimate == 0.25);
  BOOST_TEST(credits[0].standard_error == 0.75 / std::sqrt(to_double(credits[0].requests)),
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(credits[0].requests == limits::credit_window_requests);
  BOOST_TEST(credits[0].window == 1u);
  BOOST_TEST(credits[1].standard_error == 0);
  BOOST_TEST(state.sums.empty());
}

BOOST_AUTO_TEST_CASE(windows_are_numbered_and_begin_empty) {
  for (std::uint64_t i = 0; i < limits::credit_window_requests; ++i)
    step(state, reward(1));
  runtime::Decision last;
  for (std::uint64_t i = 0; i < limits::credit_window_requests; ++i)
    last = step(state, reward(0));

  const auto credit = all<events::CreditAssigned>(last).at(0);
  BOOST_TEST(credit.window == 2u);
  BOOST_TEST(credit.estimate == 0);
}

BOOST_AUTO_TEST_CASE(objectives_are_credited_apart_and_rewards_without_credit_count_for_none) {
  for (std::uint64_t i = 1; i < limits::credit_window_requests; ++i)
    step(state, reward(1, i % 4 == 0 ? "satisfaction" : "clicks"));
  BOOST_TEST(says_nothing(step(state, events::RewardAssigned{})));

  const auto credits = all<events::CreditAssigned>(step(state, reward(1)));

  BOOST_TEST(credits.size() == 4u);
  std::uint64_t requests = 0;
  for (const auto& credit : credits)
    requests += credit.agent == "ranking" ? credit.requests : 0;
  BOOST_TEST(requests == limits::credit_window_requests);
}

BOOST_AUTO_TEST_CASE(a_failed_idea_is_kept_with_its_reason_and_when_it_may_return) {
  const auto record = fail(1);

  const auto& parent = deployment.plans[0];
  const auto change = variant(1);
  BOOST_CHECK(record.idea == model::idea_hash(change.kind, parent, change.plan));
  BOOST_TEST(record.reason == "offline evidence: no gain");
  BOOST_TEST(record.retry_after_interactions ==
             model::retry_after(1, 1000, 10 * bounds().checkpoint_every));
}

BOOST_AUTO_TEST_CASE(each_failure_of_an_idea_doubles_its_wait_and_other_ideas_do_not) {
  const auto wait = [](const auto& record) { return record.retry_after_interactions - 1000; };
  const auto first = wait(fail(1));
  const auto second = wait(fail(1));
  const auto third = wait(fail(1));
  const auto other = wait(fail(2));

  BOOST_TEST(second == 2 * first);
  BOOST_TEST(third == 4 * first);
  BOOST_TEST(other == first);
}

BOOST_AUTO_TEST_CASE(what_the_static_checks_refuse_is_no_failed_idea) {
  tell(state, {variant(1)});

  BOOST_TEST(says_nothing(step(state, events::VariantRejected{1, "static checks", "blocked"})));
}

BOOST_AUTO_TEST_CASE(a_verdict_on_another_variant_says_nothing_about_this_one) {
  tell(state, {variant(1)});

  BOOST_TEST(says_nothing(step(state, events::VariantRejected{2, "canary", ""})));
  BOOST_TEST(says_nothing(step(state, events::VariantRolledBack{2, 4, ""})));
  BOOST_TEST(says_nothing(step(state, events::VariantPromoted{2, 4, ""})));
}

BOOST_AUTO_TEST_CASE(a_forecast_is_scored_against_the_newest_observation_when_its_variant_ends) {
  events::EvidenceMeasured evidence;
  evidence.variant = 1;
  evidence.mean = 0.5;
  events::CanaryLooked look;
  look.effect = 0.03;
  const auto expected = model::score_prediction(variant(1).prediction, 0.03);

  for (const Payload& end :
       std::vector<Payload>{events::VariantPromoted{1, 3, ""}, events::VariantRolledBack{1, 3, ""},
                            events::VariantRejected{1, "shadow", ""}}) {
    tell(state, {variant(1), evidence, look});
    const auto scored = only<events::PredictionScored>(step(state, end));

    BOOST_TEST(scored.observed == 0.03);
    BOOST_TEST(scored.brier == expected.brier);
    BOOST_TEST(scored.crps == expected.crps);
  }
}

BOOST_AUTO_TEST_CASE(a_forecast_that_was_never_observed_has_no_score) {
  tell(state, {variant(1)});

  BOOST_TEST(all<events::PredictionScored>(
                 step(state, events::VariantRejected{1, "training", "it failed"}))
                 .empty());
}

BOOST_AUTO_TEST_CASE(failed_ideas_are_bounded_oldest_first) {
  for (std::uint64_t i = 0; i < limits::negative_cases_max + 5; ++i) {
    events::NegativeCaseRecorded record;
    record.idea = hash_of(static_cast<std::uint8_t>(i));
    record.idea[1] = static_cast<std::uint8_t>(i >> 8);
    tell(state, {record});
  }

  BOOST_TEST(state.failures.size() == limits::negative_cases_max);
  BOOST_CHECK(state.failures.front().idea == hash_of(5));
}

BOOST_AUTO_TEST_SUITE_END()
