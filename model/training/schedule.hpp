// The learning rate of a step, relative to the arm's rate. Pure, any thread.
#pragma once

#include "model/ir/graph.hpp"

#include <cstdint>

namespace ars::model {

// Factor for step 0 .. total-1: a linear warm-up over the first share, then constant, linear or
// cosine down to the floor. REQUIRES: total > 0, step < total, a schedule that infer_shapes
// accepts.
double rate_factor(const Schedule& schedule, std::uint64_t step, std::uint64_t total);

}  // namespace ars::model
