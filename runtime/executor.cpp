#include "runtime/executor.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace ars::runtime {

struct Executor::Impl {
  // SHARED: callers wait here for work of TBB's threads, which have no mailbox.
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t in_flight = 0;
  bool stopping = false;
  oneapi::tbb::task_arena arena;

  explicit Impl(std::size_t threads) : arena(narrow<int>(threads), 0) {}

  void wait_idle() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return in_flight == 0; });
  }
  void done() {
    // Under the lock: whoever waits may destroy us as soon as it is released.
    const std::lock_guard lock(mutex);
    --in_flight;
    changed.notify_all();
  }
};

Executor::Executor(std::size_t threads) {
  ARS_CHECK(threads > 0, "an executor without threads");
  impl_ = std::make_unique<Impl>(threads);
}
Executor::~Executor() { stop(); }

Result<void> Executor::submit(std::function<void()> work) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping) return fail(Errc::stopping, "the executor stops");
    if (impl_->in_flight >= limits::executor_queue_max) {
      return fail(Errc::overloaded,
                  fmt::format("{} pieces of work wait already", impl_->in_flight));
    }
    ++impl_->in_flight;
  }
  impl_->arena.enqueue([impl = impl_.get(), work = std::move(work)] {
    work();
    impl->done();
  });
  return success();
}

Result<void> Executor::for_each(std::size_t count,
                                const std::function<Result<void>(std::size_t)>& body) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping) return fail(Errc::stopping, "the executor stops");
    ++impl_->in_flight;
  }
  std::vector<Result<void>> outcomes(count, success());
  impl_->arena.execute([&] {
    oneapi::tbb::parallel_for(std::size_t{0}, count,
                              [&](std::size_t index) { outcomes[index] = body(index); });
  });
  impl_->done();
  for (auto& outcome : outcomes)
    ARS_TRY(std::move(outcome));
  return success();
}

void Executor::drain() { impl_->wait_idle(); }

void Executor::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wait_idle();
}

std::size_t Executor::depth() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->in_flight;
}

}  // namespace ars::runtime
