// Results of paired trainings as the trainer process reports them, with a gain of one's choice.
// Values; any thread.
#pragma once

#include "events/evolution.hpp"

#include <cstdint>

namespace ars::actors::world {

struct Trained {
  std::uint64_t variant = 1;
  double gain = 0;           // of the variant, per user
  double explored_gain = 0;  // on the explored rows
  std::uint64_t explored_rows = 0;
  std::uint32_t seeds = 3;
};

inline events::ArmResult arm_result(std::string label, std::uint64_t seed, double gain,
                                    const Trained& trained, double explored) {
  events::ArmResult out;
  out.label = std::move(label);
  out.seed = seed;
  out.weights[0] = static_cast<std::uint8_t>(100 + seed);
  // What the seed does is far less than a gain of 0.05, and so is what a user adds to it.
  for (std::uint64_t user = 0; user < 60; ++user) {
    out.user_metric.push_back(-0.5 + 0.01 * static_cast<double>(user % 7) +
                              0.0005 * static_cast<double>(seed % 10) +
                              gain * (1 + 0.02 * static_cast<double>(user % 5)));
  }
  out.metrics = {{"explored", "explored_log_likelihood", explored, trained.explored_rows}};
  return out;
}

inline events::TrainingFinished training_finished(const Trained& trained) {
  events::TrainingFinished out;
  out.job = 1;
  out.variant = trained.variant;
  out.ok = true;
  for (std::uint32_t seed = 0; seed < trained.seeds; ++seed) {
    out.arms.push_back(arm_result("base", seed, 0, trained, -0.5));
    out.arms.push_back(
        arm_result("variant", seed, trained.gain, trained, -0.5 + trained.explored_gain));
  }
  for (std::uint32_t extra = 0; extra < 2; ++extra)
    out.arms.push_back(arm_result("noise", trained.seeds + extra, 0, trained, -0.5));
  return out;
}

}  // namespace ars::actors::world
