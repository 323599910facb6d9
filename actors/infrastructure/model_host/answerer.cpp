#include "actors/infrastructure/model_host/answerer.hpp"

#include "actors/decision_views.hpp"
#include "actors/infrastructure/model_host/score_question.hpp"
#include "actors/limits.hpp"
#include "events/base/check.hpp"

namespace ars::actors {

ModelHost::ModelHost(std::shared_ptr<const model::ScorerFactory> factory, WeightsLoader load)
    : factory_(std::move(factory)), load_(std::move(load)) {}

const model::Scorer* ModelHost::scorer(const std::string& architecture, const Bytes32& weights) {
  const auto known = loaded_.find(weights);
  if (known != loaded_.end()) return known->second.get();
  if (!factory_) return nullptr;
  auto bytes = load_(weights);
  if (!bytes.has_value()) return nullptr;
  auto made = factory_->load({architecture, std::move(bytes).value()});
  if (!made.has_value()) return nullptr;
  if (order_.size() >= limits::scorers_max) {
    loaded_.erase(order_.front());
    order_.erase(order_.begin());
  }
  order_.push_back(weights);
  return (loaded_[weights] = std::move(made).value()).get();
}

std::vector<events::Payload> ModelHost::answer(const std::vector<runtime::Question>& questions) {
  std::vector<events::Payload> answers(questions.size());
  std::map<Bytes32, std::vector<std::size_t>> by_weights;
  std::vector<const ScoreQuestion*> asked;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto* question = dynamic_cast<const ScoreQuestion*>(questions[i].body.get());
    ARS_CHECK(question != nullptr, "the model host answers score questions only");
    asked.push_back(question);
    by_weights[question->weights()].push_back(i);
  }
  for (const auto& [weights, indices] : by_weights) {
    const auto* model = scorer(asked[indices.front()]->architecture(), weights);
    std::vector<const model::CandidateMatrix*> batch;
    for (const auto i : indices)
      batch.push_back(&asked[i]->matrix());
    auto scores =
        model == nullptr
            ? Result<std::vector<std::vector<float>>>(fail(Errc::not_found, "model_missing"))
            : model->score(batch);
    for (std::size_t k = 0; k < indices.size(); ++k) {
      const auto& question = *asked[indices[k]];
      if (scores.has_value()) {
        answers[indices[k]] = question.answer(std::move(scores.value()[k]));
      } else {
        answers[indices[k]] =
            events::StageTimedOut{question.request(), question.plan(), "ranking",
                                  model == nullptr ? "model_missing" : "model_fault"};
      }
    }
  }
  return answers;
}

runtime::Answering answered_by(ModelHost& models) {
  runtime::Answering out;
  out.answer = [&models](const std::vector<runtime::Question>& questions) {
    return models.answer(questions);
  };
  out.window = [](const runtime::OpaqueViews& views) {
    const auto& deployment = *static_cast<const DecisionViews*>(views.get())->deployment;
    return std::chrono::microseconds(deployment.micro_batch_window_us);
  };
  return out;
}

}  // namespace ars::actors
