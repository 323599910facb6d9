// The model host: loads scorers by the hash of their weights, and answers score questions in micro
// batches - all questions of a stage at once. Not an agent: it decides nothing. Called by one
// detached actor; may block.
#pragma once

#include "model/ranking/scorer.hpp"
#include "runtime/event_sourced/answering.hpp"

#include <map>
#include <memory>

namespace ars::actors {

// Gives the bytes of a weights blob by hash. Errc::not_found, Errc::corrupt.
using WeightsLoader = std::function<Result<std::vector<std::uint8_t>>(const Bytes32&)>;

class ModelHost {
 public:
  ModelHost(std::shared_ptr<const model::ScorerFactory> factory, WeightsLoader load);

  // One payload a question, in order: Scored, or StageTimedOut with reason model_missing or
  // model_fault when the model cannot be loaded or run.
  std::vector<events::Payload> answer(const std::vector<runtime::Question>& questions);

 private:
  const model::Scorer* scorer(const std::string& architecture, const Bytes32& weights);

  std::shared_ptr<const model::ScorerFactory> factory_;
  WeightsLoader load_;
  std::map<Bytes32, std::unique_ptr<model::Scorer>> loaded_;
  std::vector<Bytes32> order_;  // oldest first; at most limits::scorers_max are kept
};

// Questions go to the models, which outlive the node, in micro batches of the window that AutoPerf
// set.
runtime::Answering answered_by(ModelHost& models);

}  // namespace ars::actors
