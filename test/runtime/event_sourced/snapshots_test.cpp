#include "runtime/event_sourced/snapshots.hpp"

#include "runtime/limits.hpp"
#include "store/snapshot.hpp"
#include "test/runtime/replay/mortal_log.hpp"
#include "test/runtime/replay/toy_log.hpp"

namespace {

using namespace ars;
using namespace ars::runtime;

toys::WorldOptions every_second_batch() {
  toys::WorldOptions out;
  out.snapshot_every_batches = 2;
  return out;
}

struct Fixture {
  Fixture() { toys::mood = {}; }
  std::unique_ptr<store::EventLog> log = toys::new_log();

  void run(std::uint64_t batches) {
    BOOST_REQUIRE(toys::World(*log, every_second_batch()).run_to(batches));
  }
  std::vector<Cut> cuts() { return stored_cuts(*log, 0).value(); }
  FoldReport folded_from(const Cut& cut) {
    auto report = fold_from(*log, toys::replay_setup(), 0, cut);
    BOOST_REQUIRE_MESSAGE(report.has_value(), (report.has_value() ? "" : report.error().context));
    return report.value();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_snapshots, Fixture)

BOOST_AUTO_TEST_CASE(replay_from_zero_and_from_each_snapshot_equals_live) {
  for (std::uint64_t last = 2; last <= 13; ++last) {
    run(last);

    toys::check_replays(*log);
    std::string state_hash;
    for (const auto& cut : cuts()) {
      const auto report = folded_from(cut);
      BOOST_TEST(report.equal,
                 "batch " << last << " from " << cut.batch.value() << ": " << report.difference);
      BOOST_TEST(report.batches == last - cut.batch.value());
      const auto hash = to_hex(ByteSpan(report.state_hash));
      BOOST_TEST((state_hash.empty() || hash == state_hash));
      state_hash = hash;
    }
    BOOST_TEST(!state_hash.empty());
  }
}

BOOST_AUTO_TEST_CASE(each_snapshot_is_a_fact_with_the_hash_of_the_state) {
  run(4);

  const auto taken = toys::all<events::SnapshotTaken>(*log);
  // Four users, a recall and a ranker after batch 2, and most of them again after batch 4.
  BOOST_TEST(taken.size() >= 10u);
  for (const auto& event : taken) {
    const auto* fact = event->as<events::SnapshotTaken>();
    bool stored = false;
    log->each(store::family::snapshot, as_text(fact->agent_id.value()),
              [&](std::string_view, ByteSpan value) {
                const auto row = decode_row(value).value();
                stored = stored || (row.state_hash == fact->state_hash &&
                                    row.agg_seq == fact->agg_seq && row.name == fact->agent);
                return true;
              });
    BOOST_TEST(stored, fact->agent);
  }
}

BOOST_AUTO_TEST_CASE(restart_and_crash_at_any_commit_take_the_same_snapshots) {
  constexpr std::uint64_t batches = 7;
  run(batches);
  const auto expected = toys::head_of(*log);
  auto restarted = toys::new_log();
  for (std::uint64_t last = 1; last <= batches; ++last)
    BOOST_REQUIRE(toys::World(*restarted, every_second_batch()).run_to(last));
  BOOST_TEST(toys::head_of(*restarted) == expected);
  for (const auto dies : {toys::MortalLog::Dies::before, toys::MortalLog::Dies::after}) {
    for (std::uint64_t at = 0;; ++at) {
      auto other = toys::new_log();
      toys::MortalLog mortal(*other, at, dies);
      toys::World(mortal, every_second_batch()).run_to(batches);
      if (!mortal.dead()) break;

      BOOST_REQUIRE(toys::World(*other, every_second_batch()).run_to(batches));

      BOOST_TEST(toys::head_of(*other) == expected, "crash at commit " << at);
    }
  }
}

BOOST_AUTO_TEST_CASE(old_snapshots_go_when_new_ones_come) {
  run(30);

  std::map<std::string, std::size_t> rows;
  log->each(store::family::snapshot, "", [&](std::string_view key, ByteSpan) {
    ++rows[std::string(key.substr(0, sizeof(Bytes16)))];
    return true;
  });

  BOOST_TEST(cuts().size() == limits::snapshot_cuts_kept);
  BOOST_TEST(rows.size() >= 6u);
  for (const auto& [agent, count] : rows)
    BOOST_TEST(count <= limits::snapshot_cuts_kept + 1);
}

BOOST_AUTO_TEST_CASE(altered_snapshot_is_noticed) {
  run(6);
  const auto cut = cuts().front();
  auto rows = rows_at(*log, cut).value();
  const auto ranker = std::find_if(rows.begin(), rows.end(),
                                   [](const AgentRow& row) { return row.name == "ranker"; });
  BOOST_REQUIRE(ranker != rows.end());
  auto state = events::from_bytes<toys::Ranker>(ranker->state).value();
  ++state.asked;
  ranker->state = events::to_bytes(state);
  store::Batch batch;
  batch.writes.push_back(store::snapshot_write(ranker->agent, cut.batch, encode_row(*ranker)));
  BOOST_REQUIRE(log->commit(batch).has_value());

  const auto report = folded_from(cut);

  BOOST_TEST(!report.equal);
  BOOST_TEST(report.difference.find("ranker") != std::string::npos, report.difference);
}

BOOST_AUTO_TEST_SUITE_END()
