#include "actors/infrastructure/model_host/answerer.hpp"

#include "actors/infrastructure/model_host/score_question.hpp"
#include "actors/limits.hpp"
#include "test/actors/fake_scorer.hpp"
#include "test/actors/world.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

struct Fixture : World {
  Asked asked;
  std::vector<Bytes32> missing;
  ModelHost host{std::make_shared<FakeFactory>(asked),
                 [this](const Bytes32& hash) -> Result<std::vector<std::uint8_t>> {
                   if (std::find(missing.begin(), missing.end(), hash) != missing.end()) {
                     return fail(Errc::not_found, "no such weights");
                   }
                   return std::vector<std::uint8_t>{1, 2, 3};
                 }};

  model::CandidateMatrix matrix(std::uint8_t request, std::uint32_t items) const {
    return model::encode(routed(request), item_range(0, items), sets);
  }
  runtime::Question question(std::uint8_t request, std::uint8_t weights,
                             std::uint32_t items = 5) const {
    return {std::make_shared<ScoreQuestion>(request_id(request), trained(plan_of(weights), weights),
                                            matrix(request, items))};
  }
};

std::string reason_of(const events::Payload& answer) {
  const auto* late = std::get_if<events::StageTimedOut>(&answer);
  return late == nullptr ? "" : late->stage + ": " + late->reason;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_answerer, Fixture)

BOOST_AUTO_TEST_CASE(all_questions_to_one_model_are_one_micro_batch) {
  const auto answers =
      host.answer({question(1, 7), question(2, 8), question(3, 7), question(4, 7)});

  BOOST_TEST(answers.size() == 4u);
  std::sort(asked.batches.begin(), asked.batches.end());
  BOOST_TEST(asked.batches == (std::vector<std::size_t>{1, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_node_asks_the_host_and_waits_for_the_window_that_is_deployed) {
  const auto answering = answered_by(host);
  auto views = std::make_shared<DecisionViews>();
  auto deployed = std::make_shared<Deployment>();
  deployed->micro_batch_window_us = 500;
  views->deployment = deployed;

  BOOST_TEST(answering.window(views).count() == 500);
  BOOST_TEST(answering.answer({question(1, 7), question(2, 7)}).size() == 2u);
  BOOST_TEST(asked.batches.size() == 1u);
}

BOOST_AUTO_TEST_CASE(answers_stand_in_the_order_of_the_questions_and_name_what_was_scored) {
  const auto answers = host.answer({question(1, 9, 3), question(2, 8, 6), question(3, 9, 4)});

  for (std::uint8_t i = 0; i < 3; ++i) {
    const auto& scored = std::get<events::Scored>(answers[i]);
    const std::uint8_t weights = i == 1 ? 8 : 9;
    const auto scored_matrix = matrix(i + 1, i == 0 ? 3 : i == 1 ? 6 : 4);
    BOOST_CHECK(scored.request == request_id(i + 1));
    BOOST_TEST(scored.plan == weights);
    BOOST_CHECK(scored.weights == hash_of(weights));
    BOOST_CHECK(scored.matrix_hash == model::matrix_hash(scored_matrix));
    BOOST_REQUIRE_EQUAL(scored.scores.size(), scored_matrix.rows);
    for (std::size_t row = 0; row < scored.scores.size(); ++row)
      BOOST_TEST(scored.scores[row] == score_of(scored_matrix, row));
  }
}

BOOST_AUTO_TEST_CASE(a_score_does_not_depend_on_what_else_is_asked) {
  const auto together = host.answer({question(1, 7), question(2, 7), question(3, 7)});
  const auto alone = host.answer({question(2, 7)});

  BOOST_CHECK(together[1] == alone[0]);
}

BOOST_AUTO_TEST_CASE(a_model_is_loaded_once_and_only_so_many_are_kept) {
  for (int round = 0; round < 2; ++round)
    host.answer({question(1, 1), question(2, 2)});
  BOOST_TEST(asked.loads == 2u);

  for (std::uint8_t weights = 3; weights < limits::scorers_max + 3; ++weights)
    host.answer({question(1, weights)});
  const auto before = asked.loads;
  host.answer({question(1, limits::scorers_max + 2)});
  BOOST_TEST(asked.loads == before);
  host.answer({question(1, 1)});
  BOOST_TEST(asked.loads == before + 1);
}

BOOST_AUTO_TEST_CASE(without_weights_or_a_program_that_fits_the_reason_is_a_missing_model) {
  missing = {hash_of(7)};
  const auto unknown = host.answer({question(1, 7), question(2, 8)});
  asked.load_fails = true;
  const auto misfit = host.answer({question(1, 9)});
  ModelHost none(nullptr, {});

  BOOST_TEST(reason_of(unknown[0]) == "ranking: model_missing");
  BOOST_TEST(std::holds_alternative<events::Scored>(unknown[1]));
  BOOST_TEST(reason_of(misfit[0]) == "ranking: model_missing");
  BOOST_TEST(reason_of(none.answer({question(1, 7)})[0]) == "ranking: model_missing");
}

BOOST_AUTO_TEST_CASE(a_model_that_fails_to_score_is_a_model_fault_of_each_question) {
  asked.score_fails = true;

  const auto answers = host.answer({question(1, 7), question(2, 7)});

  for (std::uint8_t i = 0; i < 2; ++i) {
    BOOST_TEST(reason_of(answers[i]) == "ranking: model_fault");
    BOOST_CHECK(std::get<events::StageTimedOut>(answers[i]).request == request_id(i + 1));
  }
}

BOOST_AUTO_TEST_CASE(no_answer_in_time_is_a_model_timeout_and_a_question_is_named_by_its_content) {
  BOOST_TEST(reason_of(question(1, 7).body->timed_out()) == "ranking: model_timeout");

  const auto key = question(1, 7).body->key();
  BOOST_TEST(question(1, 7).body->key() == key);
  BOOST_TEST(question(2, 7).body->key() != key);
  BOOST_TEST(question(1, 8).body->key() != key);
  BOOST_TEST(question(1, 7, 6).body->key() != key);
}

BOOST_AUTO_TEST_SUITE_END()
