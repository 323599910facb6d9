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

// Maps each piece and folds the results in the order of the pieces: the same sum on every machine.
template <class T, class Map, class Fold>
T parallel_fold(std::size_t size, std::size_t piece, T initial, Map map, Fold fold) {
  std::vector<T> parts((size + piece - 1) / piece, initial);
  parallel_pieces(size, piece, [&](IndexRange range) { parts[range.begin / piece] = map(range); });
  for (auto& part : parts)
    initial = fold(std::move(initial), std::move(part));
  return initial;
}

}  // namespace ars::model
