// Trains one arm: a program on rows, from a seed. Pure apart from LibTorch; runs in the trainer
// process. Implementation: model/torch/torch_trainer.
#pragma once

#include "events/base/result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ars::model {

// One labelled row with the features as they were when the decision was made.
struct Example {
  std::uint64_t user = 0;  // group for GAUC and clustering; not an id of a person
  std::int64_t occurred_at_ns = 0;
  std::uint16_t slot = 0;
  float label = 0;  // 0 or 1
  std::vector<std::uint32_t> ids;
  std::vector<float> dense;
  std::vector<std::uint32_t> sequence;
};

struct TrainSpec {
  std::string architecture;  // canonical JSON program
  std::uint64_t seed = 0;    // streams for init, row order, dropout are derived from it by name
  double learning_rate = 0.01;
  double weight_decay = 0;
  std::uint32_t epochs = 1;
  std::uint32_t batch_rows = 256;
  std::uint32_t report_every_steps = 50;
};

struct TrainStep {
  std::uint64_t step = 0;
  double loss = 0;
  double gradient_norm = 0;
};

struct TrainRemedy {
  std::string anomaly;  // loss_not_finite | gradient_explodes | gradient_dead
  std::string remedy;   // what was done, in words
  double learning_rate = 0;
};

struct TrainOutcome {
  std::vector<std::uint8_t> weights;
  std::vector<float> test_scores;  // one per test row, in order
  std::uint64_t steps = 0;
  std::uint64_t parameters = 0;
  std::vector<TrainRemedy> remedies;
};

using TrainObserver = std::function<void(const TrainStep&)>;

class Trainer {
 public:
  virtual ~Trainer() = default;
  // Trains on `train`, scores `test`. A diverged run (model/training/anomaly) is retried with a
  // remedy, at most limits::remedies_max times; then Errc::invalid with the anomaly in the context.
  virtual Result<TrainOutcome> train(const TrainSpec& spec, const std::vector<Example>& train,
                                     const std::vector<Example>& test,
                                     const TrainObserver& observe) const = 0;
};

}  // namespace ars::model
