#include "store/memory_log.hpp"
#include "store/rocksdb/rocksdb_log.hpp"
#include "test/contract/store/event_log_suite.hpp"
#include "test/contract/store/scratch.hpp"

namespace {

using ars::test::EventLogSuite;
using ars::test::LogUnderTest;
using ars::test::must;

// A log on disk; the directory goes when the last closure that names it goes.
LogUnderTest fresh_rocksdb_log() {
  auto scratch = std::make_shared<ars::test::Scratch>();
  LogUnderTest out;
  out.log = must(ars::store::RocksDbLog::create(*scratch / "log", ars::test::cluster_of()));
  out.reopen = [scratch]() -> std::unique_ptr<ars::store::EventLog> {
    return must(ars::store::RocksDbLog::open(*scratch / "log"));
  };
  return out;
}

LogUnderTest fresh_memory_log() {
  LogUnderTest out;
  out.log = must(ars::store::MemoryLog::open(ars::test::cluster_of()));
  return out;
}

void run_all(const ars::test::LogFactory& factory) { EventLogSuite(factory).run_all(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(store_event_log)

BOOST_AUTO_TEST_CASE(memory_log_keeps_every_promise_of_a_log) { run_all(&fresh_memory_log); }
BOOST_AUTO_TEST_CASE(rocksdb_log_keeps_every_promise_of_a_log) { run_all(&fresh_rocksdb_log); }

BOOST_AUTO_TEST_SUITE_END()
