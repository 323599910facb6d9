#include "runtime/dispatch/dispatcher.hpp"

#include "events/base/narrow.hpp"

#include <algorithm>

namespace ars::runtime {

void Dispatcher::begin(std::uint64_t stage, Work work) {
  ARS_CHECK(idle(), "a stage begins while {} hosts have work", hosts_.size());
  std::size_t count = 0;
  for (const auto& [host, run] : work)
    count += run.work.size();
  steps_.assign(count, {});
  results_.assign(count, {});
  failed_.reset();
  for (auto& [host, run] : work) {
    for (const auto& each : run.work)
      steps_[each.order] = {each.input, host};
    run.stage = stage;
    if (!run.work.empty()) hosts_.try_emplace(host, std::move(run), window_);
  }
}

Dispatcher::Work Dispatcher::ready() {
  Work out;
  for (auto& [host, waiting] : hosts_) {
    auto& run = waiting.run;
    const auto size = waiting.credit.take(run.work.size() - waiting.sent);
    if (size == 0) continue;
    const auto first = run.work.begin() + narrow<std::ptrdiff_t>(waiting.sent);
    RunSteps piece{run.stage, run.views, {first, first + narrow<std::ptrdiff_t>(size)}};
    waiting.sent += size;
    out.emplace_back(host, std::move(piece));
  }
  return out;
}

void Dispatcher::done(std::size_t host, std::vector<std::pair<std::size_t, StepResult>> results) {
  const auto found = hosts_.find(host);
  ARS_CHECK(found != hosts_.end(), "host {} answers, but has no work", host);
  auto& waiting = found->second;
  bool broken = false;
  for (auto& [order, result] : results) {
    broken = broken || result.failed;
    if (result.failed && (!failed_ || order < *failed_)) failed_ = order;
    results_[order] = std::move(result);
  }
  waiting.credit.give_back(broken ? waiting.credit.in_flight() : results.size());
  const bool finished = waiting.sent == waiting.run.work.size() && waiting.credit.in_flight() == 0;
  if (broken || finished) hosts_.erase(found);
}

std::size_t Dispatcher::in_flight(std::size_t host) const {
  const auto found = hosts_.find(host);
  return found == hosts_.end() ? 0 : found->second.credit.in_flight();
}

}  // namespace ars::runtime
