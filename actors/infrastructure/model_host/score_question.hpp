// The question that ranking and the experiment agent ask the model host: scores of one candidate
// matrix under one program and its weights. Immutable; shared between actors.
#pragma once

#include "events/serving.hpp"
#include "model/ranking/matrix.hpp"
#include "runtime/event_sourced/behaviour.hpp"

namespace ars::actors {

class ScoreQuestion final : public runtime::QuestionBody {
 public:
  ScoreQuestion(RequestId request, const events::ServingPlan& plan, model::CandidateMatrix matrix);

  std::string key() const override;
  events::Payload timed_out() const override;
  events::Scored answer(std::vector<float> scores) const;

  const RequestId& request() const { return request_; }
  std::uint64_t plan() const { return plan_; }
  const std::string& architecture() const { return architecture_; }
  const Bytes32& weights() const { return weights_; }
  const model::CandidateMatrix& matrix() const { return matrix_; }
  const Bytes32& hash() const { return hash_; }

 private:
  RequestId request_;
  std::uint64_t plan_;
  std::string architecture_;
  Bytes32 weights_;
  model::CandidateMatrix matrix_;
  Bytes32 hash_;
};

}  // namespace ars::actors
