// The neural ranker that the measured nodes serve with: the DeepFM that every run starts from,
// really trained, on synthetic rows of the columns that the encoder writes. A value; any thread.
#pragma once

#include "events/base/result.hpp"
#include "events/composition.hpp"

#include <cstdint>
#include <vector>

namespace ars::bench {

struct TrainedRanker {
  events::RankerSetting setting;
  std::vector<std::uint8_t> weights;  // their SHA-256 is setting.weights
};

// Errc::unsupported: built without LibTorch.
Result<TrainedRanker> train_ranker();

// What its scores alone cost: a matrix of so many rows, again and again for about so long.
struct ScoringCost {
  double ms = 0;         // of one matrix
  double gigaflops = 0;  // a second, by the program's own count of operations
};
// Errc::unsupported: built without LibTorch.
Result<ScoringCost> score_alone(const TrainedRanker& ranker, std::uint32_t rows, double seconds);

}  // namespace ars::bench
