#include "runtime/event_sourced/partition_actor.hpp"

#include "test/runtime/replay/toy_world.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::runtime;

struct Fixture {
  Fixture() { toys::mood = {}; }
  std::unique_ptr<store::EventLog> log = toys::new_log();
  toys::World world{*log};

  std::vector<CommittedEvent> submit(std::uint64_t batch) {
    auto events = world.node().submit(toys::batch_of(batch));
    BOOST_REQUIRE(events.has_value());
    return std::move(events).value();
  }
};

template <class T>
std::size_t count(const std::vector<CommittedEvent>& batch) {
  std::size_t out = 0;
  for (const auto& each : batch)
    out += each.event->as<T>() != nullptr ? 1 : 0;
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_partition_actor, Fixture)

BOOST_AUTO_TEST_CASE(a_batch_gives_every_event_that_it_made_durable_at_its_place) {
  std::uint64_t offset = log->head({store::Topic::evt, 0}).next.value();
  for (std::uint64_t batch = 1; batch <= 3; ++batch) {
    for (const auto& each : submit(batch)) {
      BOOST_TEST(each.at.offset.value() == offset++);
      const auto stored = log->read(each.at, 1).value();
      BOOST_TEST((events::open_event(stored.at(0).stored).value()->payload == each.event->payload));
    }
    BOOST_TEST(log->head({store::Topic::evt, 0}).next.value() == offset);
  }
}

BOOST_AUTO_TEST_CASE(what_an_aborted_attempt_left_in_the_log_is_given_too_and_once) {
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = 2;
  const auto before = log->head({store::Topic::evt, 0}).next.value();
  submit(1);

  const auto failing = submit(2);
  const auto next = submit(3);

  BOOST_TEST(count<events::StepAborted>(failing) == 2u);
  BOOST_TEST(count<events::AgentSkipped>(failing) == 1u);
  BOOST_TEST(count<events::BatchFormed>(failing) == 1u);
  BOOST_TEST(count<events::StepAborted>(next) == 0u);
  BOOST_TEST(next.back().at.offset.value() + 1 == log->head({store::Topic::evt, 0}).next.value());
  BOOST_TEST(before < failing.front().at.offset.value());
  for (std::size_t i = 1; i < failing.size(); ++i)
    BOOST_TEST(failing[i].at.offset.value() == failing[i - 1].at.offset.value() + 1);
}

// Three requests: traffic decides on each, the first recall on each route, the ranker on each list
// and each answer.
BOOST_AUTO_TEST_CASE(the_figures_of_a_batch_are_its_inputs_by_agent_and_what_it_took) {
  submit(1);

  const auto& figures = world.node().figures();

  const std::map<std::string, std::uint64_t> expected = {
      {"traffic", 3}, {"recall/a", 3}, {"ranker", 6}};
  BOOST_TEST((figures.inputs_by_agent == expected));
  BOOST_TEST(figures.append.ns() > 0);
  BOOST_TEST(figures.total.ns() > figures.append.ns());
}

BOOST_AUTO_TEST_SUITE_END()
