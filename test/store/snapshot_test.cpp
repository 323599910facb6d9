#include "store/snapshot.hpp"

#include "store/memory_log.hpp"
#include "test/contract/store/log_events.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::test;

BOOST_AUTO_TEST_SUITE(store_snapshot)

BOOST_AUTO_TEST_CASE(newest_snapshot_of_an_agent_comes_first) {
  auto log = must(store::MemoryLog::open(cluster_of()));
  const EventMaker make;
  for (const std::uint64_t batch : {5u, 300u, 20u}) {
    must(log->commit({{},
                      {store::snapshot_write(make.agent(1), BatchNumber(batch),
                                             bytes_of(std::to_string(batch)))}}));
  }
  must(log->commit({{}, {store::snapshot_write(make.agent(2), BatchNumber(900), bytes_of("x"))}}));

  const auto newest = store::newest_snapshot(*log, make.agent(1), BatchNumber(1000));
  const auto earlier = store::newest_snapshot(*log, make.agent(1), BatchNumber(299));

  BOOST_REQUIRE(newest.has_value());
  BOOST_TEST(newest->batch.value() == 300u);
  BOOST_TEST((newest->bytes == bytes_of("300")));
  BOOST_REQUIRE(earlier.has_value());
  BOOST_TEST(earlier->batch.value() == 20u);
  BOOST_TEST(!store::newest_snapshot(*log, make.agent(1), BatchNumber(4)).has_value());
  BOOST_TEST(!store::newest_snapshot(*log, make.agent(3), BatchNumber(1000)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
