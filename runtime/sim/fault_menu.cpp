#include "runtime/sim/fault_menu.hpp"

#include "events/base/narrow.hpp"

namespace ars::runtime {
namespace {

std::size_t index_of(Fault fault) { return to_underlying(fault); }

}  // namespace

std::string_view to_string(Fault fault) {
  constexpr std::array<std::string_view, fault_count> names{
      "lost_request",       "lost_ack",        "delayed_delivery", "reordered_retry",
      "unavailable_period", "duplicate_fetch", "short_fetch",      "late_write"};
  return names[index_of(fault)];
}

FaultMenu FaultMenu::survivable() {
  return nothing()
      .with(Fault::lost_request, 0.1)
      .with(Fault::lost_ack, 0.15)
      .with(Fault::delayed_delivery, 0.1)
      .with(Fault::reordered_retry, 0.2)
      .with(Fault::unavailable_period, 0.02)
      .with(Fault::duplicate_fetch, 0.2)
      .with(Fault::short_fetch, 0.2);
}

FaultMenu FaultMenu::with(Fault fault, double chance_of_it) const {
  auto out = *this;
  out.chance[index_of(fault)] = chance_of_it;
  return out;
}

bool FaultDice::strikes(Fault fault) {
  const bool does = draws_.uniform() < menu_.chance[index_of(fault)];
  if (does) ++struck_[index_of(fault)];
  return does;
}

std::uint64_t FaultDice::struck(Fault fault) const { return struck_[index_of(fault)]; }

}  // namespace ars::runtime
