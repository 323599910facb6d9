// Runs the arms of a job one after the other on one split and measures each on the test rows. Knows
// no files and no process: cli/trainer brings both. Same job, rows and trainer: same result.
// One thread.
#pragma once

#include "events/base/result.hpp"
#include "model/training/dataset.hpp"
#include "model/training/job.hpp"
#include "model/training/trainer.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace ars::model {

struct JobSinks {
  std::function<void(const TrainReport&)> report;
  // Keeps the weights of an arm. An error ends the job.
  std::function<Result<void>(std::size_t arm, const std::vector<std::uint8_t>& weights)> weights;
};

// An arm that cannot be trained ends the job with TrainJobResult::failure set: arms are compared in
// pairs, so later ones would be wasted. Errc from the weights sink is passed on.
Result<TrainJobResult> run_job(const TrainJob& job, const Split& split, const Trainer& trainer,
                               const JobSinks& sinks);

// Mean log-likelihood of each user's rows, users ascending; probabilities are kept 2^-52 away from
// 0 and 1. REQUIRES: one score per row.
struct UserMetric {
  std::vector<std::uint64_t> users;
  std::vector<double> values;
};
UserMetric user_log_likelihood(const std::vector<Example>& rows, const std::vector<float>& scores);

}  // namespace ars::model
