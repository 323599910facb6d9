#include "runtime/event_sourced/partition_actor.hpp"

#include "runtime/limits.hpp"
#include "test/contract/store/results.hpp"
#include "test/runtime/replay/mortal_log.hpp"
#include "test/runtime/replay/toy_log.hpp"

#include <atomic>
#include <future>
#include <thread>

namespace {

using namespace ars;
using namespace ars::runtime;

struct Fixture {
  Fixture() { toys::mood = {}; }
  std::unique_ptr<store::EventLog> log = toys::new_log();
};

// An answerer that lets nobody through until it is opened.
class Gate {
 public:
  Answerer answerer() {
    return [this](const std::vector<Question>& questions) {
      if (calls_++ == 0) entered_.set_value();
      opened_.wait();
      return toys::answer(questions);
    };
  }
  void wait_until_entered() { entered_.get_future().wait(); }
  void open() { open_.set_value(); }
  std::size_t calls() const { return calls_; }

 private:
  std::promise<void> entered_;
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future().share();
  std::atomic<std::size_t> calls_ = 0;
};

template <class T>
std::size_t count(const std::vector<CommittedEvent>& batch) {
  std::size_t out = 0;
  for (const auto& each : batch)
    out += each.event->as<T>() != nullptr ? 1 : 0;
  return out;
}

std::vector<CommittedEvent> submit(toys::World& world, std::uint64_t batch) {
  auto events = world.node().submit(toys::batch_of(batch));
  BOOST_REQUIRE(events.has_value());
  return std::move(events).value();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_partition_actor, Fixture)

BOOST_AUTO_TEST_CASE(second_batch_is_refused_while_one_is_in_flight_and_taken_afterwards) {
  Gate gate;
  toys::WorldOptions options;
  options.answerer = gate.answerer();
  toys::World world(*log, options);
  // The first batch finds no recall's answers to score before its rewiring; the second asks.
  std::thread first([&] { BOOST_REQUIRE(world.run_to(1)); });
  gate.wait_until_entered();

  test::refused(world.node().submit(toys::batch_of(2)), Errc::overloaded);

  gate.open();
  first.join();
  BOOST_TEST(world.node().submit(toys::batch_of(2)).has_value());
  BOOST_TEST(toys::all<events::RequestReceived>(*log).size() == 6u);
}

BOOST_AUTO_TEST_CASE(more_inputs_than_the_limit_are_refused_and_nothing_happens) {
  toys::World world(*log);
  auto form = toys::batch_of(1);
  const auto draft = form.waves.front().front();
  form.waves.front().assign(limits::batch_inputs_max + 1, draft);
  const auto before = toys::head_of(*log);

  test::refused(world.node().submit(form), Errc::overloaded);

  BOOST_TEST(toys::head_of(*log) == before);
  BOOST_TEST(world.run_to(2));
}

BOOST_AUTO_TEST_CASE(nothing_builds_on_a_batch_that_was_not_committed) {
  toys::World first(*log);
  BOOST_REQUIRE(first.run_to(1));
  first.node().stop();
  toys::MortalLog mortal(*log, 0, toys::MortalLog::Dies::before);
  toys::World world(mortal);

  test::refused(world.node().submit(toys::batch_of(2)), Errc::unavailable);
  test::refused(world.node().submit(toys::batch_of(2)), Errc::stopping);

  BOOST_TEST(toys::World(*log).run_to(3));
  toys::check_replays(*log);
}

BOOST_AUTO_TEST_CASE(silent_model_holds_no_more_than_its_window_and_requests_are_answered) {
  constexpr std::uint64_t batches = 6;
  Gate gate;
  toys::WorldOptions options;
  options.answerer = gate.answerer();
  options.stage_deadline_ms = 1;
  {
    toys::World world(*log, options);

    BOOST_REQUIRE(world.run_to(batches));

    gate.open();
  }
  BOOST_TEST(gate.calls() <= limits::question_pieces_in_flight_max);
  BOOST_TEST(toys::all<events::StageTimedOut>(*log).size() >= 3 * batches);
  BOOST_TEST(toys::all<events::Scored>(*log).empty());
}

BOOST_AUTO_TEST_CASE(wave_of_more_steps_than_the_window_is_taken_in_order) {
  constexpr std::uint64_t many = 2 * limits::steps_in_flight_max + 7;
  toys::World world(*log);
  auto form = toys::batch_of(1);
  form.waves.resize(1);
  form.waves.front().clear();
  for (std::uint64_t n = 0; n < many; ++n) {
    events::RequestReceived request;
    request.request =
        RequestId(toys::sixteen(static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)));
    request.user = UserId(toys::sixteen(2, static_cast<std::uint8_t>(n % 3)));
    request.ordinal = n;
    form.waves.front().push_back(
        {request, "toys", std::to_string(n), CorrelationId(request.request.value())});
  }

  BOOST_REQUIRE(world.node().submit(form).has_value());

  const auto routed = toys::all<events::RequestRouted>(*log);
  BOOST_REQUIRE(routed.size() == many);
  for (std::size_t i = 1; i < routed.size(); ++i) {
    BOOST_REQUIRE(routed[i - 1]->header.log_time_ns < routed[i]->header.log_time_ns);
  }
  toys::check_replays(*log);
}

BOOST_AUTO_TEST_CASE(a_batch_gives_every_event_that_it_made_durable_at_its_place) {
  toys::World world{*log};
  std::uint64_t offset = log->head({store::Topic::evt, 0}).next.value();
  for (std::uint64_t batch = 1; batch <= 3; ++batch) {
    for (const auto& each : submit(world, batch)) {
      BOOST_TEST(each.at.offset.value() == offset++);
      const auto stored = log->read(each.at, 1).value();
      BOOST_TEST((events::open_event(stored.at(0).stored).value()->payload == each.event->payload));
    }
    BOOST_TEST(log->head({store::Topic::evt, 0}).next.value() == offset);
  }
}

BOOST_AUTO_TEST_CASE(what_an_aborted_attempt_left_in_the_log_is_given_too_and_once) {
  toys::World world{*log};
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = 2;
  const auto before = log->head({store::Topic::evt, 0}).next.value();
  submit(world, 1);

  const auto failing = submit(world, 2);
  const auto next = submit(world, 3);

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
  toys::World world{*log};
  submit(world, 1);

  const auto& figures = world.node().figures();

  const std::map<std::string, std::uint64_t> expected = {
      {"traffic", 3}, {"recall/a", 3}, {"ranker", 6}};
  BOOST_TEST((figures.inputs_by_agent == expected));
  BOOST_TEST(figures.append.ns() > 0);
  BOOST_TEST(figures.total.ns() > figures.append.ns());
}

BOOST_AUTO_TEST_SUITE_END()
