// The model's only door to oneTBB: loops whose result does not depend on how many threads there
// are. Work is cut by counts, never by load; reductions run over the pieces in order. A body may
// touch only its own piece and must not throw. Any thread may call; calls may nest.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace ars::model {

struct IndexRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Calls body once for each piece of [0, size) of at most `piece` indices, in any order, on any
// thread. REQUIRES: piece > 0.
void parallel_pieces(std::size_t size, std::size_t piece,
                     const std::function<void(IndexRange)>& body);

}  // namespace ars::model
