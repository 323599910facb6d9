// Paired comparison of two systems on the same users and seeds: bootstrap over users (rows of a
// user stay together) and t over seeds. Pure functions of their input and seed, any thread.
#pragma once

#include <cstdint>
#include <span>

namespace ars::model {

// What one user says about variant minus base. The statistic is Σ weight·difference / Σ weight:
// weight 1 for a mean over users, the user's rows for GAUC, his requests for a mean over requests.
struct UserDifference {
  double difference = 0;
  double weight = 1;
};

struct BootstrapSpec {
  std::uint32_t resamples = 10'000;
  double confidence = 0.95;
  std::uint64_t seed = 0;
};

struct PairedInterval {
  double mean = 0;
  double low = 0;  // percentile interval
  double high = 0;
  double share_not_above_zero = 0;  // of resamples
  double p_value = 1;               // two-sided, from the resamples
  std::uint64_t users = 0;
  std::uint32_t resamples = 0;  // fewer than asked where users × resamples is too much work
};

// Resamples users with replacement, the same draws whatever the values are. Without users, or
// without weight, everything is 0 and p is 1.
PairedInterval paired_bootstrap(std::span<const UserDifference> users, const BootstrapSpec& spec);

struct SeedTest {
  double mean = 0;
  double sd = 0;
  double standard_error = 0;
  double t = 0;
  double p_value = 1;  // two-sided
  double low = 0;
  double high = 0;
  std::uint64_t seeds = 0;
};

// Student's t over per-seed differences. With fewer than two seeds the interval is empty (low =
// high = mean) and p is 1.
SeedTest t_over_seeds(std::span<const double> differences, double confidence = 0.95);

// Sample mean and standard deviation (n − 1). Zero where undefined.
struct MeanAndSd {
  double mean = 0;
  double sd = 0;
};
MeanAndSd mean_and_sd(std::span<const double> values);

}  // namespace ars::model
