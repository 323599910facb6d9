#include "runtime/event_sourced/partition.hpp"

#include "runtime/limits.hpp"
#include "test/runtime/replay/mortal_log.hpp"
#include "test/runtime/replay/toy_log.hpp"

namespace {

using namespace ars;
using namespace ars::runtime;
using toys::all;

const store::Stream dlq{store::Topic::dlq, 0};
constexpr std::uint32_t always = 1'000'000;

struct Fixture {
  Fixture() { toys::mood = {}; }
  ~Fixture() { toys::mood = {}; }
  std::unique_ptr<store::EventLog> log = toys::new_log();

  void run(std::uint64_t batches) { BOOST_REQUIRE(toys::World(*log).run_to(batches)); }
  // What the toys do from here on is no failure, so that replay decides as they did.
  void calm() { toys::mood = {}; }
};

std::vector<std::uint8_t> stored_at(const store::EventLog& log, const store::Pointer& at) {
  return log.read(at, 1).value().at(0).stored;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_partition, Fixture)

BOOST_AUTO_TEST_CASE(input_that_failed_twice_is_a_dead_letter_byte_for_byte) {
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = always;

  run(4);

  const auto skipped = all<events::AgentSkipped>(*log);
  BOOST_REQUIRE(skipped.size() == 1u);
  const auto* skip = skipped.front()->as<events::AgentSkipped>();
  BOOST_TEST(skip->agent == "traffic");
  BOOST_TEST(skip->reason == "failed twice on this input");
  const auto at = log->find(skip->input);
  BOOST_REQUIRE(at.has_value());
  BOOST_REQUIRE(log->head(dlq).next.value() == 1u);
  BOOST_CHECK(stored_at(*log, {dlq, Offset(0)}) == stored_at(*log, *at));
  calm();
  toys::check_replays(*log);
}

BOOST_AUTO_TEST_CASE(two_agents_that_fail_in_one_batch_leave_one_letter_each) {
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = always;
  run(1);
  toys::mood.ranker_failures_left = 2;

  run(3);

  BOOST_TEST(all<events::StepAborted>(*log).size() == 4u);
  BOOST_TEST(all<events::AgentSkipped>(*log).size() == 2u);
  BOOST_TEST(log->head(dlq).next.value() == 2u);
  calm();
  toys::check_replays(*log);
}

BOOST_AUTO_TEST_CASE(attempts_are_forgotten_once_the_input_was_passed_over) {
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = always;
  std::size_t kept = 0;

  run(2);

  log->each(store::family::checkpoint, "attempt/", [&](std::string_view, ByteSpan) {
    ++kept;
    return true;
  });
  BOOST_TEST(kept == 0u);
}

BOOST_AUTO_TEST_CASE(request_is_answered_though_an_agent_on_the_way_was_passed_over) {
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = always;

  run(4);

  const auto ranked = all<events::CandidatesRanked>(*log);
  BOOST_TEST(ranked.size() == all<events::RequestReceived>(*log).size());
  std::size_t instead = 0;
  for (const auto& each : ranked) {
    if (each->as<events::CandidatesRanked>()->fallback != "stand-in") continue;
    ++instead;
    const auto cause = log->find(each->header.causation_id);
    BOOST_REQUIRE(cause.has_value());
    const auto event = events::open_event(stored_at(*log, *cause)).value();
    BOOST_TEST((event->as<events::AgentSkipped>() != nullptr));
  }
  BOOST_TEST(instead == 1u);
}

BOOST_AUTO_TEST_CASE(agent_that_keeps_failing_is_quarantined_and_every_request_is_answered) {
  toys::mood.ranker_failures_left = limits::failures_before_quarantine;

  run(20);

  const auto quarantined = all<events::AgentQuarantined>(*log);
  BOOST_REQUIRE(quarantined.size() == 1u);
  BOOST_TEST(quarantined.front()->as<events::AgentQuarantined>()->agent == "ranker");
  BOOST_TEST(all<events::StepAborted>(*log).size() == limits::failures_before_quarantine);
  BOOST_TEST(all<events::CandidatesRanked>(*log).size() == 60u);
  // Only what it failed on is a dead letter; what it never saw lies in the log, and a fact says so.
  BOOST_TEST(log->head(dlq).next.value() == limits::failures_before_quarantine / 2);
  BOOST_TEST(all<events::AgentSkipped>(*log).size() > 60u);
  toys::check_replays(*log);
}

BOOST_AUTO_TEST_CASE(quarantine_ends_after_its_count_of_batches) {
  toys::mood.ranker_failures_left = limits::failures_before_quarantine;
  const auto by_the_ranker = [&] {
    std::size_t out = 0;
    for (const auto& each : all<events::CandidatesRanked>(*log))
      out += each->header.agg_seq.value() > 0 ? 1 : 0;
    return out;
  };

  run(limits::quarantine_batches);
  const auto during = by_the_ranker();
  run(limits::quarantine_batches + 4);

  BOOST_TEST(during == 0u);
  BOOST_TEST(by_the_ranker() > 0u);
  toys::check_replays(*log);
}

BOOST_AUTO_TEST_CASE(quarantine_of_one_entity_leaves_the_others_alone) {
  Supervisor supervisor;
  EventId input;
  for (std::uint32_t i = 0; i < limits::failures_before_quarantine; ++i)
    supervisor.failed("traffic", "traffic/ann", input, BatchNumber(1));
  const EventId next(toys::sixteen(5, 5));

  BOOST_TEST(supervisor.refusal("traffic", "traffic/ann", next, BatchNumber(2)).has_value());
  BOOST_TEST(!supervisor.refusal("traffic", "traffic/bob", next, BatchNumber(2)).has_value());
}

BOOST_AUTO_TEST_CASE(crash_at_any_commit_of_a_failing_run_resumes_with_the_same_log) {
  constexpr std::uint64_t batches = 5;
  const auto fail_always = [] {
    toys::mood = {};
    toys::mood.failing_ordinal = 7;
    toys::mood.failures_left = always;
  };
  fail_always();
  run(batches);
  const auto expected = toys::head_of(*log);
  std::uint64_t crashes = 0;
  for (const auto dies : {toys::MortalLog::Dies::before, toys::MortalLog::Dies::after}) {
    for (std::uint64_t at = 0;; ++at) {
      fail_always();
      auto other = toys::new_log();
      toys::MortalLog mortal(*other, at, dies);
      toys::World(mortal).run_to(batches);
      if (!mortal.dead()) break;
      ++crashes;

      BOOST_REQUIRE(toys::World(*other).run_to(batches));

      BOOST_TEST(toys::head_of(*other) == expected, "crash at commit " << at);
    }
  }
  BOOST_TEST(crashes > 2 * batches);
}

BOOST_AUTO_TEST_SUITE_END()
