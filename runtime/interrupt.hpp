// SIGINT and SIGTERM as a flag, for loops that end in good order. While one of these lives the
// signals do not end the process. Owned by a command; any thread may ask.
#pragma once

#include "events/base/time.hpp"

namespace ars::runtime {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool requested() const;
  // Waits; false as soon as a signal came.
  bool wait(Duration duration) const;

 private:
  void (*before_int_)(int) = nullptr;
  void (*before_term_)(int) = nullptr;
};

}  // namespace ars::runtime
