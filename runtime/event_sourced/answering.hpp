// How questions of a partition's agents are answered: by whom, and in which micro batches. Values;
// set once by the composition root.
#pragma once

#include "runtime/event_sourced/behaviour.hpp"

#include <chrono>
#include <functional>

namespace ars::runtime {

// Answers questions, in order. Runs on a detached actor, so it may block.
using Answerer = std::function<std::vector<events::Payload>(const std::vector<Question>&)>;

struct Answering {
  Answerer answer;
  std::size_t askers = 1;  // partitions that may ask at once
  // How long the first question waits for those of other partitions; empty, or zero: not at all.
  std::function<std::chrono::microseconds(const OpaqueViews&)> window;
};

}  // namespace ars::runtime
