// The steps of one stage on their way to the shells: at most a window of steps is with one shell at
// a time, the rest waits here in order. Results come back by order, whichever shell is faster.
// No actors, no I/O; owned by the partition worker.
#pragma once

#include "runtime/dispatch/credit_window.hpp"
#include "runtime/event_sourced/control.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace ars::runtime {

class Dispatcher {
 public:
  using Work = std::vector<std::pair<std::size_t, RunSteps>>;

  // REQUIRES: window > 0.
  explicit Dispatcher(std::size_t window) : window_(window) {}

  // Takes a stage's work, by host. REQUIRES: idle().
  void begin(std::uint64_t stage, Work work);
  // What may be sent now; never more than the window to one host.
  Work ready();
  // A shell is done with what it had. A failed step is its last: the rest of its work is dropped,
  // since its host must be built anew; the others go on, so that which steps fail does not depend
  // on who was faster.
  void done(std::size_t host, std::vector<std::pair<std::size_t, StepResult>> results);
  // Nothing is on its way and nothing waits.
  bool idle() const { return hosts_.empty(); }
  std::size_t in_flight(std::size_t host) const;

  // --- of the whole stage, once it is idle ---
  // The failed step that comes first in order.
  std::optional<std::size_t> failed() const { return failed_; }
  std::vector<StepResult>& results() { return results_; }
  const EventPtr& input(std::size_t order) const { return steps_[order].input; }
  std::size_t host(std::size_t order) const { return steps_[order].host; }

 private:
  struct Waiting {
    Waiting(RunSteps all, std::size_t window) : run(std::move(all)), credit(window) {}
    RunSteps run;
    std::size_t sent = 0;  // of run.work
    CreditWindow credit;
  };
  struct Step {
    EventPtr input;
    std::size_t host = 0;
  };
  std::size_t window_;
  std::map<std::size_t, Waiting> hosts_;  // with work left
  std::vector<Step> steps_;               // by order
  std::vector<StepResult> results_;       // by order
  std::optional<std::size_t> failed_;
};

}  // namespace ars::runtime
