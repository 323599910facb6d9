#include "bench/anchors/plain_caf.hpp"

#include "bench/stopwatch.hpp"

#include <caf/all.hpp>

#include <memory>

namespace ars::bench {

// As large as the runtime's own: a pointer to something immutable.
struct Ball {
  std::uint64_t number = 0;
};
using BallPtr = std::shared_ptr<const Ball>;

}  // namespace ars::bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ars::bench::BallPtr)

namespace ars::bench {
namespace {

caf::behavior returner(caf::event_based_actor* self) {
  return {[=](const BallPtr& ball) {
    self->send(caf::actor_cast<caf::actor>(self->current_sender()),
               std::make_shared<const Ball>(Ball{ball->number}));
  }};
}

// Starts at the word go, ends with a message to whoever waits.
caf::behavior server(caf::event_based_actor* self, caf::actor other, caf::actor waiting,
                     std::uint64_t round_trips) {
  return {[=](caf::ok_atom) { self->send(other, std::make_shared<const Ball>(Ball{1})); },
          [=](const BallPtr& ball) {
            if (ball->number == round_trips) {
              self->send(waiting, caf::ok_atom::value);
            } else {
              self->send(other, std::make_shared<const Ball>(Ball{ball->number + 1}));
            }
          }};
}

}  // namespace

double plain_caf_round_trips(std::uint64_t round_trips, std::size_t threads) {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", threads);
  config.set("work-stealing.relaxed-sleep-duration", caf::timespan{std::chrono::microseconds(200)});
  config.set("work-stealing.moderate-sleep-duration", caf::timespan{std::chrono::microseconds(20)});
  caf::actor_system system(config);
  caf::scoped_actor self(system);
  const auto other = system.spawn(returner);
  const auto first = system.spawn(server, other, caf::actor_cast<caf::actor>(self), round_trips);
  const Stopwatch watch;
  self->send(first, caf::ok_atom::value);
  self->receive([](caf::ok_atom) {});
  const auto taken = watch.seconds();
  self->send_exit(first, caf::exit_reason::user_shutdown);
  self->send_exit(other, caf::exit_reason::user_shutdown);
  return taken;
}

}  // namespace ars::bench
