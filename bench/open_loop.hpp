// Load that does not wait for answers: requests have their times beforehand, and a request's
// latency runs from the time it was meant to come, so that a slow system cannot slow down its own
// test (no coordinated omission). Owned by one measurement; one thread.
#pragma once

#include "bench/percentiles.hpp"
#include "events/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace ars::bench {

struct Load {
  double rate = 0;  // requests a second, as offered
  std::uint64_t requests = 0;
  std::uint64_t batches = 0;
  bool given_up = false;  // the queue grew without end
  Percentiles latency;
};

// Answers the requests [begin, end), in one batch, before it returns.
using AnswerBatch = std::function<Result<void>(std::size_t begin, std::size_t end)>;

// Offers so many requests at random times (Poisson) of this mean rate. Requests that come while a
// batch runs form the next one, `batch_max` at most.
Result<Load> offer(double rate, std::size_t requests, std::size_t batch_max,
                   const AnswerBatch& answer);

// The highest rate at which `kept` holds, within about a tenth, and what was seen there; at the
// lowest rate offered when it never holds. `offer_at` makes one run. REQUIRES: 0 < lowest <= start.
struct Search {
  double lowest = 0;
  double start = 0;
  std::size_t runs_max = 0;
};
Result<Load> highest_rate(const Search& search, const std::function<bool(const Load&)>& kept,
                          const std::function<Result<Load>(double rate)>& offer_at);

}  // namespace ars::bench
