#include "runtime/interrupt.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

namespace ars::runtime {
namespace {

// SHARED: set by a signal handler, which can send no message.
volatile std::sig_atomic_t interrupted = 0;

void note(int) { interrupted = 1; }

constexpr auto slice = std::chrono::milliseconds(20);

}  // namespace

Interrupt::Interrupt()
    : before_int_(std::signal(SIGINT, note)), before_term_(std::signal(SIGTERM, note)) {}

Interrupt::~Interrupt() {
  std::signal(SIGINT, before_int_);
  std::signal(SIGTERM, before_term_);
}

bool Interrupt::requested() const { return interrupted != 0; }

bool Interrupt::wait(Duration duration) const {
  std::chrono::nanoseconds left(duration.ns());
  while (!requested() && left.count() > 0) {
    const auto step = std::min<std::chrono::nanoseconds>(left, slice);
    std::this_thread::sleep_for(step);
    left -= step;
  }
  return !requested();
}

}  // namespace ars::runtime
