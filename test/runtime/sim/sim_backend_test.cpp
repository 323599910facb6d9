#include "runtime/sim/sim_backend.hpp"

#include "events/base/narrow.hpp"
#include "test/contract/store/log_backend_suite.hpp"

namespace {

using namespace ars;
using namespace ars::runtime;
using namespace ars::test;

struct World {
  World(Seed seed, const FaultMenu& menu) : world(seed, menu), broker(2) {}
  SimWorld world;
  SimBroker broker;
};

BackendFactory factory(const FaultMenu& menu, std::uint64_t& next_seed) {
  return [menu, &next_seed] {
    auto world = std::make_shared<World>(Seed(next_seed++), menu);
    return BackendUnderTest{std::make_unique<SimBackend>(world->world, world->broker), world};
  };
}

constexpr std::chrono::milliseconds second{1000};

// An append that was given up while a request of it was on its way, and the next one.
std::pair<std::size_t, bool> records_after_a_late_write(std::uint64_t seed, double chance) {
  const auto menu =
      FaultMenu::nothing().with(Fault::delayed_delivery, 1).with(Fault::late_write, chance);
  World world(Seed(seed), menu);
  SimBackend backend(world.world, world.broker);
  EventMaker make;
  const auto records = some_inputs(make, 1);
  const auto first = backend.append(backend_evt0, records, std::chrono::milliseconds(10));
  world.world.scheduler.drain();
  return {world.broker.records(backend_evt0).size(), first.has_value()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_sim_backend)

BOOST_AUTO_TEST_CASE(kind_world_keeps_every_promise_of_a_backend) {
  std::uint64_t seed = 1;
  LogBackendSuite(factory(FaultMenu::nothing(), seed)).run_all();
}

BOOST_AUTO_TEST_CASE(world_of_lost_late_and_repeated_messages_keeps_every_promise_of_a_backend) {
  // An outage is told to the caller, who calls again; the suite does not.
  const auto menu = FaultMenu::survivable().with(Fault::unavailable_period, 0);
  for (std::uint64_t seed = 1; seed < 400;)
    LogBackendSuite(factory(menu, seed)).run_all();
}

BOOST_AUTO_TEST_CASE(same_seed_gives_the_same_faults_at_the_same_times) {
  const auto run = [](std::uint64_t seed) {
    World world(Seed(seed), FaultMenu::survivable());
    SimBackend backend(world.world, world.broker);
    EventMaker make;
    std::vector<std::uint64_t> out;
    for (int i = 0; i < 20; ++i) {
      const auto done = backend.append(backend_evt0, some_inputs(make, 5), second);
      out.push_back(done.has_value() ? done.value().value() : ~std::uint64_t{0});
    }
    out.push_back(narrow<std::uint64_t>(world.world.clock.now().value()));
    return out;
  };

  BOOST_TEST(run(11) == run(11));
  BOOST_TEST(run(11) != run(12));
}

BOOST_AUTO_TEST_CASE(abandoned_request_is_fenced_unless_the_menu_says_late_write) {
  std::size_t fenced = 0;
  std::size_t late = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto [kept_out, acknowledged] = records_after_a_late_write(seed, 0);
    if (!acknowledged && kept_out == 0) ++fenced;
    BOOST_TEST((acknowledged || kept_out == 0), "seed " << seed);
    if (records_after_a_late_write(seed, 1) == std::pair<std::size_t, bool>(1, false)) ++late;
  }

  BOOST_TEST(fenced > 0u);
  BOOST_TEST(late > 0u);
}

BOOST_AUTO_TEST_CASE(stopped_backend_answers_nothing) {
  World world(Seed(1), FaultMenu::nothing());
  SimBackend backend(world.world, world.broker);

  backend.stop();

  refused(backend.watermarks(backend_evt0, second), Errc::stopping);
  refused(backend.fetch(backend_evt0, Offset(0), 1, second), Errc::stopping);
}

BOOST_AUTO_TEST_CASE(scheduler_runs_what_is_due_in_order_and_moves_the_clock) {
  LogicalClock clock;
  SimScheduler scheduler(clock);
  std::vector<std::pair<int, std::int64_t>> seen;
  const auto note = [&](int what) {
    return [&, what] { seen.emplace_back(what, clock.now().value()); };
  };
  scheduler.after(Duration(30), note(3));
  scheduler.after(Duration(10), note(1));
  scheduler.after(Duration(10), note(2));

  scheduler.advance(Duration(20));
  BOOST_TEST(scheduler.waiting() == 1u);
  scheduler.drain();

  const std::vector<std::pair<int, std::int64_t>> expected{{1, 10}, {2, 10}, {3, 30}};
  BOOST_TEST((seen == expected));
}

BOOST_AUTO_TEST_SUITE_END()
