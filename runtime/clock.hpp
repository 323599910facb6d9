// The clock as an interface: real, or logical in lockstep and tests. Decisions never see it; the
// partition worker reads it once a batch and writes what it read into `BatchFormed`.
// Owned by whoever composes the node; now() may be called from any thread.
#pragma once

#include "events/base/time.hpp"

#include <atomic>
#include <chrono>

namespace ars::runtime {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() = 0;
};

// UTC of this machine.
class SystemClock final : public Clock {
 public:
  Timestamp now() override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
  }
};

// Stands still until somebody moves it: time as a count of steps.
class LogicalClock final : public Clock {
 public:
  explicit LogicalClock(Timestamp start = Timestamp(0)) : ns_(start.value()) {}
  Timestamp now() override { return Timestamp(ns_.load()); }
  void advance(Duration by) { ns_.fetch_add(by.ns()); }
  // Never backwards: an earlier time is ignored.
  void advance_to(Timestamp at) {
    auto seen = ns_.load();
    while (seen < at.value() && !ns_.compare_exchange_weak(seen, at.value())) {
    }
  }

 private:
  // SHARED: one counter, moved by the batch former and read by whoever names a time.
  std::atomic<std::int64_t> ns_;
};

}  // namespace ars::runtime
