// Bulk work beside the actors: a bounded queue in front of oneTBB. Replay, feature building and
// evaluation go through it, so that no cooperative actor blocks and no queue grows without end.
// Owned by the composition root; every call from any thread except the executor's own.
#pragma once

#include "events/base/result.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace ars::runtime {

class Executor {
 public:
  // REQUIRES: threads > 0. oneTBB may give fewer on a machine with fewer cores.
  explicit Executor(std::size_t threads);
  ~Executor();  // stop()
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Runs work later, on a thread of the executor. Errc::overloaded: limits::executor_queue_max wait
  // or run already; Errc::stopping: after stop().
  Result<void> submit(std::function<void()> work);
  // Runs body(0) ... body(count - 1) in parallel and waits for all of them. Gives the error of the
  // lowest index that failed, whatever the order they ran in. Errc::stopping: after stop().
  Result<void> for_each(std::size_t count, const std::function<Result<void>(std::size_t)>& body);
  // Waits until nothing waits or runs.
  void drain();
  // Takes no more, waits for what was taken. Again is harmless.
  void stop();
  // What waits or runs.
  std::size_t depth() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::runtime
