#include "model/parallel.hpp"

#include "events/base/check.hpp"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>

namespace ars::model {

void parallel_pieces(std::size_t size, std::size_t piece,
                     const std::function<void(IndexRange)>& body) {
  ARS_CHECK(piece > 0, "a piece must hold something");
  const auto pieces = (size + piece - 1) / piece;
  if (pieces <= 1) {
    if (size > 0) body({0, size});
    return;
  }
  tbb::parallel_for(std::size_t{0}, pieces, [&](std::size_t i) {
    body({i * piece, std::min((i + 1) * piece, size)});
  });
}

}  // namespace ars::model
