#include "runtime/replay/fold.hpp"

#include "test/runtime/replay/mortal_log.hpp"
#include "test/runtime/replay/toy_world.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::runtime;

struct Fixture {
  Fixture() { toys::mood = {}; }
  std::unique_ptr<store::EventLog> log = toys::new_log();

  void run(std::uint64_t batches) { BOOST_REQUIRE(toys::World(*log).run_to(batches)); }
  FoldReport folded() {
    auto report = fold(*log, toys::replay_setup());
    BOOST_REQUIRE_MESSAGE(report.has_value(), (report.has_value() ? "" : report.error().context));
    return report.value();
  }
  // Counts events of one type in evt.
  template <class T>
  std::vector<events::EventPtr> all() {
    std::vector<events::EventPtr> out;
    const auto scanned = log->scan({{store::Topic::evt, 0}, Offset(0)},
                                   [&](const store::Pointer&, const Bytes32&, ByteSpan stored) {
                                     auto event = events::open_event(stored).value();
                                     if (event->as<T>() != nullptr) out.push_back(event);
                                     return true;
                                   });
    BOOST_REQUIRE(scanned.has_value());
    return out;
  }
  void put(std::string_view family, const std::string& key, std::vector<std::uint8_t> value) {
    store::Batch batch;
    batch.writes.push_back({std::string(family), key, std::move(value)});
    BOOST_REQUIRE(log->commit(batch).has_value());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_fold, Fixture)

BOOST_AUTO_TEST_CASE(live_states_are_the_fold_of_the_log) {
  run(8);

  const auto report = folded();

  BOOST_TEST(report.equal, report.difference);
  BOOST_TEST(report.batches == 8u);
  BOOST_TEST(report.agents == 7u);  // four users, two recalls, a ranker
  BOOST_TEST(all<events::CandidatesRanked>().size() == 24u);
}

BOOST_AUTO_TEST_CASE(folding_twice_gives_one_state_hash) {
  run(3);
  const auto before = folded();

  BOOST_CHECK(before.state_hash == folded().state_hash);
  run(4);
  BOOST_CHECK(before.state_hash != folded().state_hash);
}

BOOST_AUTO_TEST_CASE(a_log_of_several_chunks_folds_batch_by_batch) {
  run(600);

  const auto report = folded();

  BOOST_TEST(report.equal, report.difference);
  BOOST_TEST(report.batches == 600u);
  BOOST_TEST(report.events == log->head({store::Topic::evt, 0}).next.value() +
                                  log->head({store::Topic::ctl, 0}).next.value());
}

BOOST_AUTO_TEST_CASE(a_restart_between_batches_changes_nothing) {
  for (std::uint64_t last = 1; last <= 8; ++last)
    run(last);
  auto whole = toys::new_log();
  BOOST_REQUIRE(toys::World(*whole).run_to(8));

  BOOST_CHECK(store::log_head(log->heads()) == store::log_head(whole->heads()));
  BOOST_TEST(folded().equal);
}

BOOST_AUTO_TEST_CASE(a_tampered_state_row_is_noticed) {
  run(3);
  std::string key;
  AgentRow row;
  log->each(store::family::state, "", [&](std::string_view k, ByteSpan value) {
    key = k;
    row = decode_row(value).value();
    return !row.name.starts_with("ranker");
  });
  auto state = events::from_bytes<toys::Ranker>(row.state).value();
  ++state.asked;
  row.state = events::to_bytes(state);

  put(store::family::state, key, encode_row(row));

  const auto report = folded();
  BOOST_TEST(!report.equal);
  BOOST_TEST(report.difference.find("state of ranker at sequence") == 0u, report.difference);
}

BOOST_AUTO_TEST_CASE(a_missing_and_an_unknown_state_row_are_noticed) {
  run(2);
  std::string key;
  log->each(store::family::state, "", [&](std::string_view k, ByteSpan) {
    key = k;
    return false;
  });
  store::Batch batch;
  batch.writes.push_back({std::string(store::family::state), key, std::nullopt});
  BOOST_REQUIRE(log->commit(batch).has_value());
  BOOST_TEST(folded().difference.find("states are stored, the log gives") != std::string::npos);

  AgentRow stranger{AgentId(toys::sixteen(9, 9)), "traffic/nobody", Sequence(0), {}, {}, {}, {}};
  stranger.state = events::to_bytes(toys::Traffic{});
  put(store::family::state, std::string(as_text(stranger.agent.value())), encode_row(stranger));
  BOOST_TEST(folded().difference.find("which the log never gave an input") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_tampered_view_delta_is_noticed) {
  run(3);
  put(store::family::view, "toy/00000002", {1, 2, 3});

  const auto report = folded();

  BOOST_TEST(!report.equal);
  BOOST_TEST(report.difference.find("the stored delta of view toy version 2 is another one") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_tampered_mark_is_noticed) {
  run(2);
  auto mark = events::from_bytes<PartitionMark>(*log->get(store::family::checkpoint, "partition/0"))
                  .value();
  ++mark.interactions;

  put(store::family::checkpoint, "partition/0", events::to_bytes(mark));

  BOOST_TEST(folded().difference.find("interactions") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_failing_step_is_tried_twice_then_skipped_and_the_fold_agrees) {
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = 2;

  run(4);

  BOOST_TEST(all<events::StepAborted>().size() == 2u);
  BOOST_REQUIRE(all<events::AgentSkipped>().size() == 1u);
  BOOST_TEST(all<events::RequestRouted>().size() == 11u);
  const auto report = folded();
  BOOST_TEST(report.equal, report.difference);
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_once_is_taken_the_second_time) {
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = 1;

  run(4);

  BOOST_TEST(all<events::StepAborted>().size() == 1u);
  BOOST_TEST(all<events::AgentSkipped>().empty());
  BOOST_TEST(all<events::RequestRouted>().size() == 12u);
  BOOST_TEST(folded().equal);
}

BOOST_AUTO_TEST_CASE(attempts_survive_a_restart) {
  run(1);
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = 2;
  {
    // The first attempt is noted, then the process dies.
    toys::MortalLog mortal(*log, 0, toys::MortalLog::Dies::after);
    BOOST_TEST(!toys::World(mortal).run_to(2));
  }
  BOOST_TEST(toys::mood.failures_left == 1u);
  run(3);

  BOOST_TEST(all<events::StepAborted>().size() == 2u);
  BOOST_TEST(all<events::AgentSkipped>().size() == 1u);
  BOOST_TEST(log->head({store::Topic::dlq, 0}).next.value() == 1u);
  const auto report = folded();
  BOOST_TEST(report.equal, report.difference);
}

BOOST_AUTO_TEST_CASE(a_log_without_a_beginning_is_refused) {
  auto empty = store::MemoryLog::open(toys::cluster).value();

  const auto report = fold(*empty, toys::replay_setup());

  BOOST_REQUIRE(!report.has_value());
  BOOST_CHECK(report.error().code == Errc::corrupt);
}

BOOST_AUTO_TEST_CASE(an_unknown_kind_of_agent_is_unsupported) {
  run(1);
  auto setup = toys::replay_setup();
  const KindRegistry none;
  setup.kinds = &none;

  const auto report = fold(*log, setup);

  BOOST_REQUIRE(!report.has_value());
  BOOST_CHECK(report.error().code == Errc::unsupported);
}

BOOST_AUTO_TEST_SUITE_END()
