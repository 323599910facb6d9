#include "bench/open_loop.hpp"

#include "bench/stopwatch.hpp"
#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <thread>
#include <vector>

namespace ars::bench {
namespace {

constexpr double hopeless_s = 1.0;  // behind by this much, a rate is not kept
constexpr double near_enough = 1.1;

std::vector<double> due_times(double rate, std::size_t requests) {
  Philox draws(mix_key(requests, truncate<std::uint64_t>(rate * 1000)), 0x6F70656E);
  std::vector<double> out;
  out.reserve(requests);
  double at = 0;
  for (std::size_t i = 0; i < requests; ++i) {
    at += draws.exponential() / rate;
    out.push_back(at);
  }
  return out;
}

}  // namespace

Result<Load> offer(double rate, std::size_t requests, std::size_t batch_max,
                   const AnswerBatch& answer) {
  ARS_CHECK(rate > 0 && requests > 0 && batch_max > 0, "{} requests at {}/s", requests, rate);
  const auto due = due_times(rate, requests);
  Load out;
  out.rate = rate;
  const Stopwatch watch;
  for (std::size_t begin = 0; begin < requests;) {
    const auto early = due[begin] - watch.seconds();
    if (early > 0) std::this_thread::sleep_for(std::chrono::duration<double>(early));
    const auto now = watch.seconds();
    auto end = begin + 1;
    while (end < requests && due[end] <= now && end - begin < batch_max)
      ++end;
    ARS_TRY(answer(begin, end));
    const auto answered = watch.seconds();
    for (auto i = begin; i < end; ++i) {
      out.latency.record(truncate<std::uint64_t>((answered - due[i]) * 1e9));
    }
    out.requests += end - begin;
    out.batches += 1;
    begin = end;
    if (begin < requests && answered - due[begin] > hopeless_s) {
      out.given_up = true;
      return out;
    }
  }
  return out;
}

Result<Load> highest_rate(const Search& search, const std::function<bool(const Load&)>& kept,
                          const std::function<Result<Load>(double rate)>& offer_at) {
  ARS_CHECK(search.lowest > 0 && search.lowest <= search.start, "a search from {} to {}",
            search.lowest, search.start);
  std::optional<Load> best;
  Load missed;
  double high = 0;  // the lowest rate that was not kept; 0: none yet
  double rate = search.start;
  for (std::size_t run = 0; run < search.runs_max; ++run) {
    ARS_TRY(auto load, offer_at(rate));
    if (kept(load)) {
      best = std::move(load);
    } else {
      high = rate;
      missed = std::move(load);
    }
    if (!best.has_value()) {
      if (rate == search.lowest) break;
      rate = std::max(search.lowest, rate / 2);
    } else if (high == 0) {
      rate = best->rate * 1.6;
    } else if (high / best->rate < near_enough) {
      break;
    } else {
      rate = std::sqrt(best->rate * high);
    }
  }
  return best.has_value() ? std::move(*best) : std::move(missed);
}

}  // namespace ars::bench
