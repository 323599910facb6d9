// Looks into the log of a toy world: events of one type, rows, both replays. Stateless; one test's
// thread.
#pragma once

#include "runtime/replay/fold.hpp"
#include "runtime/replay/reexec.hpp"
#include "test/runtime/replay/toy_world.hpp"

#include <boost/test/unit_test.hpp>

namespace toys {

// Events of one type in evt, in order.
template <class T>
std::vector<events::EventPtr> all(const store::EventLog& log) {
  std::vector<events::EventPtr> out;
  const auto scanned = log.scan({{store::Topic::evt, 0}, Offset(0)},
                                [&](const store::Pointer&, const Bytes32&, ByteSpan stored) {
                                  auto event = events::open_event(stored).value();
                                  if (event->as<T>() != nullptr) out.push_back(event);
                                  return true;
                                });
  BOOST_REQUIRE(scanned.has_value());
  return out;
}

inline std::string head_of(const store::EventLog& log) {
  return to_hex(ByteSpan(store::log_head(log.heads())));
}

// Fold and reexec both agree with what is stored.
inline void check_replays(const store::EventLog& log) {
  const auto folded = runtime::fold(log, replay_setup());
  BOOST_REQUIRE_MESSAGE(folded.has_value(), (folded.has_value() ? "" : folded.error().context));
  BOOST_TEST(folded.value().equal, folded.value().difference);
  const auto again = runtime::reexec(log, replay_setup(), answer);
  BOOST_REQUIRE_MESSAGE(again.has_value(), (again.has_value() ? "" : again.error().context));
  const auto& first = again.value().first_divergence;
  BOOST_TEST(again.value().diverged == 0u, (first ? runtime::to_string(*first) : ""));
}

}  // namespace toys
