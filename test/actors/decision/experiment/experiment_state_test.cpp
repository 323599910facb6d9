#include "actors/decision/experiment/experiment_state.hpp"

#include "actors/infrastructure/model_host/score_question.hpp"
#include "actors/limits.hpp"
#include "test/actors/fake_scorer.hpp"
#include "test/actors/world.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;
using model::sample::indices;

namespace {

struct Fixture : World {
  ExperimentState state;

  // The events of one request up to its ranking; the last decision.
  runtime::Decision play(const events::RequestRouted& request) {
    state.evolve(event_of(request));
    step(state, recalled(1, "popularity", item_range(0, 12)));
    step(state, recalled(1, "content", item_range(8, 20)));
    asked = step(state, fused(1, 20, request.plan)).questions;
    return step(state, ranked(1, 20, request.plan));
  }
  static events::Scored answer(const runtime::Question& question) {
    const auto& body = dynamic_cast<const ScoreQuestion&>(*question.body);
    std::vector<float> scores;
    for (std::size_t row = 0; row < body.matrix().rows; ++row)
      scores.push_back(score_of(body.matrix(), row));
    return body.answer(std::move(scores));
  }
  std::vector<runtime::Question> asked;
};

const events::Counterfactual* without(const events::BaselineScored& fact, std::string_view agent) {
  for (const auto& each : fact.counterfactuals) {
    if (each.agent == agent) return &each;
  }
  return nullptr;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_experiment_state, Fixture)

BOOST_AUTO_TEST_CASE(a_request_without_shadows_is_concluded_with_its_ranking) {
  const auto fact = only<events::BaselineScored>(play(routed(1)));

  BOOST_TEST(asked.empty());
  BOOST_CHECK(fact.request == request_id(1));
  BOOST_CHECK(fact.frozen == item_range(0, 10));
  BOOST_TEST(fact.popularity.empty());
  BOOST_TEST(fact.shadow.empty());
  BOOST_TEST(state.pending.empty());
}

BOOST_AUTO_TEST_CASE(each_agent_is_taken_away_once) {
  const auto fact = only<events::BaselineScored>(play(routed(1)));

  for (const auto* agent : {"recall.popularity", "recall.content", "ranking", "rerank"}) {
    BOOST_TEST_CONTEXT(agent) {
      const auto* found = without(fact, agent);
      BOOST_REQUIRE(found != nullptr);
      BOOST_TEST(found->items.size() == 10u);
      BOOST_TEST(found->items.size() == found->expected.size());
    }
  }
}

// Sources of the ranked list run 1, 2, 3, 1, 2, 3 ...: bit 0 alone is every third item.
BOOST_AUTO_TEST_CASE(without_a_recall_only_what_nobody_else_proposed_is_missing) {
  const auto fact = only<events::BaselineScored>(play(routed(1)));

  const auto& items = without(fact, "recall.popularity")->items;

  for (const auto item : items)
    BOOST_TEST(item.value() % 3 != 0u);
  BOOST_CHECK(items.front() == ItemIndex(1));
}

BOOST_AUTO_TEST_CASE(a_fallback_leaves_nothing_that_ranking_could_be_credited_for) {
  state.evolve(event_of(routed(1)));
  step(state, fused(1, 20));
  auto list = ranked(1, 20);
  list.fallback = "cold_start";

  const auto fact = only<events::BaselineScored>(step(state, list));

  BOOST_TEST(without(fact, "ranking") == nullptr);
  BOOST_TEST(without(fact, "rerank") != nullptr);
}

BOOST_AUTO_TEST_CASE(a_trained_shadow_is_asked_and_awaited) {
  deployment.plans.push_back(trained(plan_of(2), 2));
  auto request = routed(1);
  request.shadow_plan = 2;

  const auto waits = play(request);
  BOOST_REQUIRE_EQUAL(asked.size(), 1u);
  const auto fact = only<events::BaselineScored>(step(state, answer(asked[0])));

  BOOST_TEST(says_nothing(waits));
  BOOST_TEST(fact.shadow_plan == 2u);
  BOOST_TEST(fact.shadow.size() == 10u);
  BOOST_TEST(without(fact, "shadow") != nullptr);
  BOOST_TEST(state.pending.empty());
}

BOOST_AUTO_TEST_CASE(a_shadow_whose_model_does_not_answer_falls_back_to_its_fused_order) {
  deployment.plans.push_back(trained(plan_of(2), 2));
  auto request = routed(1);
  request.shadow_plan = 2;
  play(request);

  const auto late = std::get<events::StageTimedOut>(asked[0].body->timed_out());
  const auto fact = only<events::BaselineScored>(step(state, late));

  BOOST_TEST(fact.shadow.size() == 10u);
}

BOOST_AUTO_TEST_CASE(frozen_and_popularity_answer_where_baselines_are_on) {
  deployment.plans.push_back(plan_of(2));
  deployment.frozen = 2;
  deployment.baselines = true;
  events::InteractionRecorded taken;
  taken.item = ItemIndex(33);
  for (std::uint64_t i = 0; i < sets.statistics->totals().interactions; ++i) {
    state.interactions += 1;  // what the view already counts
  }
  for (int i = 0; i < 500; ++i)
    state.evolve(event_of(taken));

  const auto fact = only<events::BaselineScored>(play(routed(1)));

  BOOST_TEST(fact.frozen_plan == 2u);
  BOOST_TEST(fact.frozen.size() == 10u);
  BOOST_TEST(fact.popularity.size() == 10u);
  BOOST_CHECK(fact.popularity.front() == ItemIndex(33));
}

BOOST_AUTO_TEST_CASE(in_shadow_of_itself_a_plan_needs_no_question) {
  auto request = routed(1);
  request.shadow_plan = 1;

  const auto fact = only<events::BaselineScored>(play(request));

  BOOST_TEST(asked.empty());
  BOOST_CHECK(fact.shadow == fact.frozen);
}

BOOST_AUTO_TEST_CASE(only_the_newest_interactions_are_kept) {
  events::InteractionRecorded taken;
  for (std::size_t i = 0; i < limits::recent_interactions_max + 10; ++i) {
    taken.item = ItemIndex(static_cast<std::uint32_t>(i));
    state.evolve(event_of(taken));
  }

  BOOST_TEST(state.interactions == limits::recent_interactions_max + 10);
  BOOST_TEST(state.recent.size() <= limits::recent_interactions_max);
  BOOST_TEST(state.recent.size() >= limits::recent_interactions_max / 2);
  BOOST_TEST(state.recent.back().value() == limits::recent_interactions_max + 9);
}

BOOST_AUTO_TEST_SUITE_END()
