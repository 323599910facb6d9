#include "runtime/sim/sim_scheduler.hpp"

namespace ars::runtime {

void SimScheduler::after(Duration delay, Action action) {
  actions_.emplace(std::pair(clock_.now() + delay, asked_++), std::move(action));
}

void SimScheduler::advance(Duration by) {
  const auto until = clock_.now() + by;
  while (!actions_.empty() && actions_.begin()->first.first <= until) {
    auto next = actions_.extract(actions_.begin());
    clock_.advance_to(next.key().first);
    next.mapped()();
  }
  clock_.advance_to(until);
}

void SimScheduler::drain() {
  while (!actions_.empty())
    advance(actions_.rbegin()->first.first - clock_.now());
}

}  // namespace ars::runtime
