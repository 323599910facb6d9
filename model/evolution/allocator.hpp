// Which loop to feed next: a cost-aware Thompson sampler over named arms. The gain per unit of cost
// of each arm has a normal-inverse-gamma posterior that forgets; every arm keeps a floor of
// exploration. State and choice are values; the draws are part of the choice, so that it can be
// explained and replayed. Any thread.
#pragma once

#include "events/base/prng.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ars::model {

struct AllocatorSpec {
  double prior_mean = 0;      // expected gain per unit of cost
  double prior_strength = 1;  // in observations
  double prior_shape = 1;
  double prior_scale = 1e-4;  // of the variance: its expectation is scale / (shape − 1)
  double forgetting = 0.99;   // what remains of evidence after each round
  double exploration = 0.05;  // probability of each arm that never vanishes
};

// Posterior of one arm: mean | v ~ N(mean, v / strength), v ~ inverse gamma(shape, scale).
struct ArmBelief {
  std::string arm;
  double mean = 0;
  double strength = 0;
  double shape = 0;
  double scale = 0;
  std::uint64_t outcomes = 0;
  double cost = 0;  // spent so far
  friend bool operator==(const ArmBelief&, const ArmBelief&) = default;
};

struct AllocatorState {
  std::vector<ArmBelief> arms;
  std::uint64_t outcomes = 0;
  friend bool operator==(const AllocatorState&, const AllocatorState&) = default;
};

struct ArmChoice {
  std::size_t arm = 0;
  std::vector<double> draws;  // one an arm, in the state's order
  std::string reason;
};

AllocatorState initial_allocator(const std::vector<std::string>& arms, const AllocatorSpec& spec);

// Chooses among the arms named by `available` (positions, ascending), all when it is empty. Draws
// are made for every arm, so that availability does not shift the random stream. REQUIRES: an arm.
ArmChoice choose_arm(const AllocatorState& state, const AllocatorSpec& spec,
                     std::span<const std::size_t> available, Philox& random);

struct StepOutcome {
  std::size_t arm = 0;
  double gain = 0;  // credited outer gain; 0 for a step that changed nothing
  double cost = 0;  // by the cost model, > 0
};
// One round: all arms forget a little, then the outcome is learned. REQUIRES: cost > 0.
AllocatorState learn(AllocatorState state, const AllocatorSpec& spec, const StepOutcome& outcome);

}  // namespace ars::model
