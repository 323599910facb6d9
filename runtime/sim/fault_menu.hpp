// What can go wrong in the simulated world, how often, and the dice that decide: one seed gives the
// same faults at the same calls. Owned by one simulated world, one thread.
#pragma once

#include "events/base/id.hpp"
#include "events/base/prng.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ars::runtime {

enum class Fault : std::uint8_t {
  lost_request,        // the broker never sees it
  lost_ack,            // written, but the answer does not come back
  delayed_delivery,    // arrives later, perhaps after the client gave up
  reordered_retry,     // requests of one append arrive in another order
  unavailable_period,  // nobody answers for a while
  duplicate_fetch,     // a fetch repeats records
  short_fetch,         // a fetch gives fewer records than there are
  late_write,          // an abandoned request is still written; no client can prevent it
};
inline constexpr std::size_t fault_count = 8;
std::string_view to_string(Fault fault);

// Chances of each fault, each time it could strike.
struct FaultMenu {
  std::array<double, fault_count> chance{};

  static FaultMenu nothing() { return {}; }
  // Everything that a client can survive: all but late_write.
  static FaultMenu survivable();
  FaultMenu with(Fault fault, double chance_of_it) const;
};

class FaultDice {
 public:
  FaultDice(Seed seed, FaultMenu menu) : menu_(menu), draws_(seed.value(), 0x5157) {}

  bool strikes(Fault fault);
  // How often it struck: a simulation in which a fault never did proves nothing about it.
  std::uint64_t struck(Fault fault) const;
  // Uniform in [0, bound). REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound) { return draws_.below(bound); }
  Philox& draws() { return draws_; }
  // From here on the world is kind.
  void calm() { menu_ = FaultMenu::nothing(); }

 private:
  FaultMenu menu_;
  Philox draws_;
  std::array<std::uint64_t, fault_count> struck_{};
};

}  // namespace ars::runtime
