#include "store/rocksdb/rocksdb_log.hpp"

#include "store/rocksdb/verify_directory.hpp"
#include "test/store/rocksdb/log_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <csignal>

using namespace ars;
using namespace ars::test;

namespace {

// A child that opens the log, goes on committing from where it stands, and writes to the pipe how
// many batches are acknowledged after each one. Never returns.
[[noreturn]] void commit_until_killed(const fs::path& directory, int pipe) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  auto opened = store::RocksDbLog::open(directory);
  if (opened.has_error()) ::_exit(2);
  auto log = std::move(opened).assume_value();
  const auto done = log->head({store::Topic::cmd, 0}).next.value();
  EventMaker make;
  // The maker is deterministic: it makes again what the log holds already, then what is new.
  for (std::uint64_t batch = 0;; ++batch) {
    const auto input = make.input("input " + std::to_string(batch));
    store::Batch step{{to({store::Topic::cmd, 0}, input)}, {}};
    for (std::uint64_t i = 0; i < 3; ++i) {
      step.appends.push_back(to({store::Topic::evt, 0}, make.fact(i, input->header.event_id, 300)));
    }
    step.writes.push_back({"st", "count", bytes_of(std::to_string(batch + 1))});
    if (batch < done) continue;
    if (log->commit(step).has_error()) ::_exit(3);
    const std::uint64_t acknowledged = batch + 1;
    if (::write(pipe, &acknowledged, sizeof(acknowledged)) != sizeof(acknowledged)) ::_exit(4);
  }
}

// Starts the child, lets it acknowledge some batches, kills it; the last number acknowledged.
std::uint64_t run_and_kill(const fs::path& directory, std::uint64_t after) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    commit_until_killed(directory, ends[1]);
  }
  ::close(ends[1]);
  std::uint64_t acknowledged = 0;
  std::uint64_t heard = 0;
  while (heard < after && ::read(ends[0], &acknowledged, sizeof(acknowledged)) == 8)
    ++heard;
  ::kill(child, SIGKILL);
  while (::read(ends[0], &acknowledged, sizeof(acknowledged)) == 8)
    ++heard;
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  BOOST_REQUIRE_MESSAGE(WIFSIGNALED(status), "the child ended by itself: " << status);
  BOOST_REQUIRE(heard >= after);
  return acknowledged;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_rocksdb_log)

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost_by_kill) {
  Scratch scratch;
  must(must(store::RocksDbLog::create(scratch / "log", cluster_of()))->close());
  for (std::uint64_t kill = 0; kill < 20; ++kill) {
    const auto acknowledged = run_and_kill(scratch / "log", 1 + kill * 7 % 31);

    const auto report = must(store::verify_directory(scratch / "log"));
    BOOST_TEST(report.ok, report.reason);
    auto log = must(store::RocksDbLog::open_read_only(scratch / "log"));
    const auto batches = log->head({store::Topic::cmd, 0}).next.value();
    BOOST_TEST(batches >= acknowledged);
    BOOST_TEST(log->head({store::Topic::evt, 0}).next.value() == 3 * batches);
    BOOST_TEST(report.events == 4 * batches);
    const auto count = log->get("st", "count").value_or(std::vector<std::uint8_t>{});
    BOOST_TEST(as_text(count) == std::to_string(batches));
    BOOST_TEST((store::log_head(log->heads()) == report.log_head));
  }
}

BOOST_AUTO_TEST_CASE(torn_record_that_nobody_was_told_of_is_cut) {
  Scratch scratch;
  LogFiller filler;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  filler.fill(*log, 10);
  log.reset();
  const auto wal = files_in(scratch / "log" / "db", ".log").back();
  const auto whole = contents_of(wal);
  // What a kill within the write of one more batch leaves: the front part of a record.
  for (const std::size_t size : {1u, 6u, 7u, 300u}) {
    overwrite(wal, whole + whole.substr(0, size));
    const auto report = must(store::verify_directory(scratch / "log"));
    BOOST_TEST(report.ok, size << ": " << report.reason);
  }

  auto again = must(store::RocksDbLog::open(scratch / "log"));
  filler.fill(*again, 2);

  BOOST_TEST(again->head({store::Topic::cmd, 0}).next.value() == 12u);
}

BOOST_AUTO_TEST_CASE(log_whose_tail_vanished_is_refused) {
  Scratch scratch;
  LogFiller filler;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  filler.fill(*log, 10);
  log.reset();
  const auto wal = files_in(scratch / "log" / "db", ".log").back();
  const auto whole = contents_of(wal);
  overwrite(wal, whole.substr(0, whole.size() - 100));

  refused(store::RocksDbLog::open_read_only(scratch / "log"), Errc::corrupt);
  refused(store::RocksDbLog::open(scratch / "log"), Errc::corrupt);
}

BOOST_AUTO_TEST_CASE(two_owners_are_refused) {
  Scratch scratch;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));

  refused(store::RocksDbLog::open(scratch / "log"), Errc::conflict);
  refused(store::RocksDbLog::create(scratch / "log", cluster_of()), Errc::conflict);
  refused(store::RocksDbLog::open(scratch / "nothing"), Errc::not_found);
  refused(store::RocksDbLog::open_read_only(scratch / "nothing"), Errc::not_found);
}

BOOST_AUTO_TEST_CASE(log_of_a_running_process_is_in_use) {
  Scratch scratch;
  must(must(store::RocksDbLog::create(scratch / "log", cluster_of()))->close());
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    commit_until_killed(scratch / "log", ends[1]);
  }
  ::close(ends[1]);
  std::uint64_t acknowledged = 0;
  BOOST_REQUIRE(::read(ends[0], &acknowledged, sizeof(acknowledged)) == 8);

  refused(store::verify_directory(scratch / "log"), Errc::conflict);
  refused(store::RocksDbLog::open(scratch / "log"), Errc::conflict);
  refused(store::RocksDbLog::open_read_only(scratch / "log"), Errc::conflict);

  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  BOOST_TEST(must(store::verify_directory(scratch / "log")).ok);
}

BOOST_AUTO_TEST_CASE(seal_survives_an_open_that_fails) {
  Scratch scratch;
  LogFiller filler;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  filler.fill(*log, 10);
  must(log->close());
  log.reset();
  const auto seal = contents_of(scratch / "log" / "seal");
  const auto manifest = contents_of(scratch / "log" / "db" / "CURRENT");
  {
    const Flip flip(scratch / "log" / "db" / manifest.substr(0, manifest.size() - 1), 100);
    BOOST_TEST(store::RocksDbLog::open(scratch / "log").has_error());
  }

  BOOST_TEST(contents_of(scratch / "log" / "seal") == seal);
  BOOST_TEST(must(store::verify_directory(scratch / "log")).ok);
  log = must(store::RocksDbLog::open(scratch / "log"));
  BOOST_TEST(!fs::exists(scratch / "log" / "seal"));
}

BOOST_AUTO_TEST_CASE(seed_fixes_the_key_that_signs_heads) {
  Scratch scratch;
  store::RocksDbLogOptions options;
  options.key_seed = sha256("seed");
  auto first = must(store::RocksDbLog::create(scratch / "a", cluster_of(), options));
  auto second = must(store::RocksDbLog::create(scratch / "b", cluster_of(), options));
  auto third = must(store::RocksDbLog::create(scratch / "c", cluster_of()));

  BOOST_TEST((first->head_key() == second->head_key()));
  BOOST_TEST((first->head_key() != third->head_key()));
  const auto rights = fs::status(scratch / "a" / "key").permissions();
  BOOST_TEST((rights == (fs::perms::owner_read | fs::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(damaged_family_stops_commits_instead_of_looking_empty) {
  Scratch scratch;
  LogFiller filler;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  filler.fill(*log, 10);
  must(log->close());
  log.reset();
  std::istringstream seal(contents_of(scratch / "log" / "seal"));
  std::string table;
  for (std::string line; std::getline(seal, line);) {
    if (line.find(" st ") != std::string::npos) table = line.substr(5, line.find(".sst") - 1);
  }
  BOOST_REQUIRE(!table.empty());
  const Flip flip(scratch / "log" / table, 20);

  log = must(store::RocksDbLog::open(scratch / "log"));
  BOOST_TEST(!log->get("st", "agent").has_value());

  refused(log->health(), Errc::corrupt);
  refused(log->commit({{}, {{"st", "agent", bytes_of("new")}}}), Errc::corrupt);
}

BOOST_AUTO_TEST_SUITE_END()
