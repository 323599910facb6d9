#include "actors/decision/ranking/ranking_state.hpp"

#include "actors/decision/ranking/order.hpp"
#include "actors/infrastructure/model_host/score_question.hpp"
#include "actors/limits.hpp"
#include "events/base/check.hpp"
#include "model/features/feature_catalog.hpp"
#include "test/actors/fake_scorer.hpp"
#include "test/actors/world.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;
using model::sample::indices;

namespace {

struct Fixture : World {
  RankingState state;

  Fixture() { deployment.plans[0] = trained(plan_of(1), 1); }

  static const ScoreQuestion& asked(const runtime::Decision& decision, std::size_t i = 0) {
    BOOST_REQUIRE(decision.questions.size() > i);
    return dynamic_cast<const ScoreQuestion&>(*decision.questions[i].body);
  }
  static events::Scored answer(const ScoreQuestion& question) {
    std::vector<float> scores;
    for (std::size_t row = 0; row < question.matrix().rows; ++row)
      scores.push_back(score_of(question.matrix(), row));
    return question.answer(std::move(scores));
  }
  events::CandidatesRanked rank(std::uint8_t request, std::uint32_t items) {
    step(state, routed(request));
    const auto question = step(state, fused(request, items));
    return only<events::CandidatesRanked>(step(state, answer(asked(question))));
  }
  events::EvaluationRequested evaluation(std::uint8_t request, std::uint32_t item) const {
    return {request_id(request), model::sample::user_id(3), ItemIndex(item)};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_ranking_state, Fixture)

BOOST_AUTO_TEST_CASE(candidates_are_asked_for_and_ordered_by_their_scores) {
  step(state, routed(1));
  const auto asks = step(state, fused(1, 6));

  const auto& question = asked(asks);
  const auto out = only<events::CandidatesRanked>(step(state, answer(question)));

  BOOST_TEST(asks.facts.empty());
  BOOST_CHECK(question.weights() == hash_of(1));
  BOOST_TEST(question.matrix().rows == 6u);
  BOOST_CHECK(out.matrix_hash == model::matrix_hash(question.matrix()));
  BOOST_CHECK(out.weights == hash_of(1));
  BOOST_TEST(out.fallback == "");
  BOOST_TEST(out.items.size() == 6u);
  BOOST_TEST(std::is_sorted(out.scores.rbegin(), out.scores.rend()));
  BOOST_TEST(state.pending.empty());
}

BOOST_AUTO_TEST_CASE(an_untrained_plan_keeps_the_fused_order_as_a_cold_start) {
  deployment.plans[0] = plan_of(1);
  step(state, routed(1));

  const auto out = step(state, fused(1, 6));

  BOOST_TEST(out.questions.empty());
  BOOST_TEST(only<events::CandidatesRanked>(out).fallback == "cold_start");
  BOOST_CHECK(only<events::CandidatesRanked>(out).items == item_range(0, 6));
}

BOOST_AUTO_TEST_CASE(nothing_to_rank_says_so_and_asks_nothing) {
  step(state, routed(1));

  const auto out = step(state, fused(1, 0));

  BOOST_TEST(out.questions.empty());
  BOOST_TEST(only<events::CandidatesRanked>(out).fallback == "no_candidates");
}

BOOST_AUTO_TEST_CASE(without_an_answer_the_fused_order_stands_with_the_reason) {
  step(state, routed(1));
  const auto asks = step(state, fused(1, 6));

  const auto late = std::get<events::StageTimedOut>(asked(asks).timed_out());
  const auto out = only<events::CandidatesRanked>(step(state, late));
  const auto answered_late = step(state, answer(asked(asks)));

  BOOST_TEST(out.fallback == "model_timeout");
  BOOST_CHECK(out.items == item_range(0, 6));
  BOOST_TEST(says_nothing(answered_late));
}

BOOST_AUTO_TEST_CASE(a_ranking_does_not_depend_on_what_else_is_on_its_way) {
  Fixture alone;
  const auto expected = alone.rank(2, 8);

  step(state, routed(1, 4));
  step(state, routed(2));
  step(state, routed(3, 5));
  const auto first = step(state, fused(1, 12));
  const auto second = step(state, fused(2, 8));
  const auto third = step(state, fused(3, 4));
  step(state, answer(asked(third)));
  step(state, answer(asked(first)));
  const auto out = only<events::CandidatesRanked>(step(state, answer(asked(second))));

  BOOST_CHECK(out == expected);
}

BOOST_AUTO_TEST_CASE(answers_of_another_plan_or_another_size_rank_nothing) {
  step(state, routed(1));
  const auto asks = step(state, fused(1, 6));
  auto of_a_shadow = answer(asked(asks));
  of_a_shadow.plan = 2;
  auto short_of_one = answer(asked(asks));
  short_of_one.scores.pop_back();

  BOOST_TEST(says_nothing(step(state, of_a_shadow)));
  BOOST_TEST(says_nothing(step(state, short_of_one)));
  BOOST_TEST(state.pending.size() == 1u);
}

BOOST_AUTO_TEST_CASE(equal_scores_keep_the_fused_order_and_the_list_is_bounded) {
  const auto from = fused(1, 200);
  const auto out = ranked_by(from, std::vector<float>(200, 0.5F), limits::ranked_max);

  BOOST_TEST(out.items.size() == limits::ranked_max);
  BOOST_CHECK(out.items == item_range(0, limits::ranked_max));
  const StepGuard guard;
  BOOST_CHECK_THROW(ranked_by(from, {1}, limits::ranked_max), StepFailure);
}

BOOST_AUTO_TEST_CASE(one_request_in_so_many_keeps_its_whole_matrix) {
  Bytes16 bytes{};
  auto request = routed(1);
  request.request = RequestId(bytes);  // the last byte decides
  auto list = fused(1, 5);
  list.request = request.request;
  step(state, request);
  const auto asks = step(state, list);

  const auto out = only<events::CandidatesRanked>(step(state, answer(asked(asks))));

  BOOST_TEST(out.matrix == model::matrix_bytes(asked(asks).matrix()),
             boost::test_tools::per_element());
  BOOST_TEST(rank(2, 5).matrix.empty());
}

BOOST_AUTO_TEST_CASE(
    an_item_is_evaluated_with_the_features_of_its_request_beside_other_candidates) {
  rank(1, 12);

  const auto asks = step(state, evaluation(1, 3));
  const auto fact = only<events::ItemEvaluated>(step(state, answer(asked(asks))));

  const auto& matrix = asked(asks).matrix();
  BOOST_TEST(matrix.rows == 1u);
  BOOST_TEST(fact.score == score_of(matrix, 0));
  BOOST_TEST(fact.frozen_score == fact.score);
  BOOST_TEST((fact.trained && fact.candidate));
  // The same row, but for what is asked: the fact teaches "taken", the score says "valued".
  const auto question = model::feature_column("question")->column;
  auto taken = matrix.ids;
  taken[question] = fact.ids[question];
  BOOST_CHECK(fact.ids == taken);
  BOOST_TEST(fact.ids[question] != matrix.ids[question]);
  BOOST_CHECK(fact.dense == matrix.dense);
  BOOST_TEST(fact.other_ids.size() == limits::negatives_per_rating * matrix.id_columns);
  BOOST_TEST(state.evaluations.empty());
}

BOOST_AUTO_TEST_CASE(an_item_outside_the_candidates_is_evaluated_and_marked) {
  rank(1, 12);

  const auto asks = step(state, evaluation(1, 30));

  BOOST_TEST(!only<events::ItemEvaluated>(step(state, answer(asked(asks)))).candidate);
}

BOOST_AUTO_TEST_CASE(champion_and_frozen_plan_both_score_an_evaluation) {
  deployment.plans.push_back(trained(plan_of(2), 2));
  deployment.frozen = 2;
  rank(1, 6);

  const auto asks = step(state, evaluation(1, 3));
  auto champion = answer(asked(asks, 0));
  auto frozen = answer(asked(asks, 1));
  champion.scores = {0.75F};
  frozen.scores = {0.25F};
  const auto first = step(state, frozen);
  const auto fact = only<events::ItemEvaluated>(step(state, champion));

  BOOST_TEST(says_nothing(first));
  BOOST_TEST(fact.score == 0.75F);
  BOOST_TEST(fact.frozen_score == 0.25F);
}

BOOST_AUTO_TEST_CASE(before_the_first_training_features_are_kept_without_a_score) {
  deployment.plans[0] = plan_of(1);
  step(state, routed(1));
  step(state, fused(1, 6));

  const auto out = step(state, evaluation(1, 3));

  BOOST_TEST(out.questions.empty());
  BOOST_TEST(!only<events::ItemEvaluated>(out).trained);
  BOOST_TEST(!only<events::ItemEvaluated>(out).ids.empty());
}

BOOST_AUTO_TEST_CASE(an_evaluation_of_an_older_request_is_refused) {
  rank(1, 6);
  rank(2, 6);

  BOOST_TEST(says_nothing(step(state, evaluation(1, 3))));
}

BOOST_AUTO_TEST_SUITE_END()
