// What happens later in the simulated world: actions by logical time, equal times in the order in
// which they were asked for. Moves the world's clock. Owned by one simulated world, one thread.
#pragma once

#include "runtime/clock.hpp"

#include <functional>
#include <map>
#include <utility>

namespace ars::runtime {

class SimScheduler {
 public:
  using Action = std::function<void()>;

  // The clock outlives the scheduler.
  explicit SimScheduler(LogicalClock& clock) : clock_(clock) {}

  // An action for a time already past runs at the next advance.
  void after(Duration delay, Action action);
  // Moves the clock, running what falls due on the way at its own time.
  void advance(Duration by);
  // Runs everything that is left.
  void drain();
  std::size_t waiting() const { return actions_.size(); }
  Timestamp now() { return clock_.now(); }

 private:
  LogicalClock& clock_;
  std::uint64_t asked_ = 0;
  std::map<std::pair<Timestamp, std::uint64_t>, Action> actions_;
};

}  // namespace ars::runtime
