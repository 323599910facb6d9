// How much may be on its way to one receiver. A sender takes a credit for what it sends and gets it
// back when the receiver is done; without credit it waits and keeps what it has, so that nothing is
// dropped and no mailbox grows. A count; owned by the sender, its thread alone.
#pragma once

#include "events/base/check.hpp"

#include <algorithm>
#include <cstddef>

namespace ars::runtime {

class CreditWindow {
 public:
  // REQUIRES: most > 0.
  explicit CreditWindow(std::size_t most) : most_(most) {
    ARS_CHECK(most > 0, "a window of nothing lets nothing through");
  }

  // Takes up to `wanted` credits; gives how many it got.
  std::size_t take(std::size_t wanted) {
    const auto got = std::min(wanted, most_ - in_flight_);
    in_flight_ += got;
    return got;
  }
  // REQUIRES: at most what was taken.
  void give_back(std::size_t credits) {
    ARS_CHECK(credits <= in_flight_, "{} credits come back, {} are out", credits, in_flight_);
    in_flight_ -= credits;
  }
  std::size_t in_flight() const { return in_flight_; }
  std::size_t most() const { return most_; }

 private:
  std::size_t most_;
  std::size_t in_flight_ = 0;
};

}  // namespace ars::runtime
