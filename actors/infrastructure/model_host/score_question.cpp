#include "actors/infrastructure/model_host/score_question.hpp"

#include "events/catalog.hpp"

namespace ars::actors {

ScoreQuestion::ScoreQuestion(RequestId request, const events::ServingPlan& plan,
                             model::CandidateMatrix matrix)
    : request_(request),
      plan_(plan.version),
      architecture_(plan.ranker.architecture),
      weights_(plan.ranker.weights),
      matrix_(std::move(matrix)),
      hash_(model::matrix_hash(matrix_)) {}

std::string ScoreQuestion::key() const {
  std::string out(as_text(request_.value()));
  out += std::to_string(plan_);
  out += as_text(hash_);
  return out;
}

events::Payload ScoreQuestion::timed_out() const {
  return events::StageTimedOut{request_, plan_, "ranking", "model_timeout"};
}

events::Scored ScoreQuestion::answer(std::vector<float> scores) const {
  return {request_, plan_, weights_, hash_, std::move(scores)};
}

}  // namespace ars::actors
