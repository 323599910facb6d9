// Notices that a training run has gone wrong and says what to try instead. A detector belongs to
// one run; the trainer asks it after each step. Values, one thread.
#pragma once

#include "model/training/trainer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

enum class Anomaly : std::uint8_t { loss_not_finite = 1, gradient_explodes = 2, gradient_dead = 3 };

std::string_view to_string(Anomaly anomaly);

class AnomalyDetector {
 public:
  // Judges one step by its loss and gradient norm before clipping.
  std::optional<Anomaly> observe(double loss, double gradient_norm);

 private:
  std::vector<double> recent_;  // norms of the last steps, a ring
  std::uint64_t steps_ = 0;
  std::uint64_t dead_steps_ = 0;
  std::uint64_t exploded_steps_ = 0;
  double first_loss_ = 0;
};

// What the next attempt does differently. Anomalies of size lower the rate and clip harder; a dead
// gradient lowers the rate and starts from other values.
struct Remedy {
  double rate_factor = 1;
  double clip_norm = 0;            // 0: as the program says
  std::uint32_t init_attempt = 0;  // joins the seed of the initial values
};

// The remedy after one more anomaly.
Remedy next_remedy(const Remedy& current, Anomaly anomaly);
TrainRemedy describe(Anomaly anomaly, const Remedy& remedy, double learning_rate);

}  // namespace ars::model
