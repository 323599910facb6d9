// Trains programs with LibTorch on the CPU. The same spec, rows, thread count, machine and build
// give the same bytes of weights: initial values, row order and dropout are Philox draws named by
// seed and place; LibTorch's generator is never used. Embedding rows that a step does not touch
// cost nothing. Runs in the trainer process; one thread at a time.
#pragma once

#include "model/ir/columns.hpp"
#include "model/training/trainer.hpp"

#include <cstdint>

namespace ars::model {

class TorchTrainer final : public Trainer {
 public:
  struct Options {
    std::uint32_t threads = 2;  // results depend on it
  };
  TorchTrainer(Columns columns, Options options)
      : columns_(std::move(columns)), options_(options) {}

  // Errc::invalid: the program does not fit the columns, a spec out of range, rows of another size,
  // no rows, or a run that diverges despite every remedy. Errc::unavailable: LibTorch failed.
  // `observe` hears every report_every_steps steps: the mean loss since, the norm of the last step.
  Result<TrainOutcome> train(const TrainSpec& spec, const std::vector<Example>& train,
                             const std::vector<Example>& test,
                             const TrainObserver& observe) const override;

 private:
  Columns columns_;
  Options options_;
};

}  // namespace ars::model
