#include "store/view_store.hpp"

#include "store/limits.hpp"
#include "store/memory_log.hpp"
#include "store/snapshot.hpp"
#include "test/contract/store/log_events.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::test;

namespace {

std::vector<std::uint8_t> delta(std::uint64_t version) {
  return bytes_of("delta " + std::to_string(version));
}

// A view with this many versions, bases where they are wanted; the chain after each.
std::vector<Bytes32> publish(store::EventLog& log, std::uint64_t versions) {
  std::vector<Bytes32> chains{Bytes32{}};
  for (std::uint64_t v = 1; v <= versions; ++v) {
    chains.push_back(store::view_chain(chains.back(), delta(v)));
    store::Batch batch;
    batch.writes.push_back(store::view_write("items", ViewVersion(v), store::ViewPart::delta,
                                             chains.back(), delta(v)));
    if (store::wants_base(ViewVersion(v))) {
      batch.writes.push_back(store::view_write("items", ViewVersion(v), store::ViewPart::base,
                                               chains.back(),
                                               bytes_of("base " + std::to_string(v))));
    }
    must(log.commit(batch));
  }
  return chains;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_view_store)

BOOST_AUTO_TEST_CASE(version_is_the_last_base_and_the_deltas_after_it) {
  auto log = must(store::MemoryLog::open(cluster_of()));
  const auto per_base = store::limits::view_deltas_max;
  const auto chains = publish(*log, per_base + 5);

  const auto newest = must(store::load_view(*log, "items", ViewVersion(1000)));
  const auto early = must(store::load_view(*log, "items", ViewVersion(3)));

  BOOST_TEST(newest.version.value() == per_base + 5);
  BOOST_TEST(newest.base_version.value() == per_base);
  BOOST_TEST((newest.base == bytes_of("base " + std::to_string(per_base))));
  BOOST_REQUIRE_EQUAL(newest.deltas.size(), 5u);
  BOOST_TEST((newest.deltas[0] == delta(per_base + 1)));
  BOOST_TEST((newest.chain == chains.back()));
  BOOST_TEST(early.base_version.value() == 0u);
  BOOST_TEST(early.deltas.size() == 3u);
  BOOST_TEST((early.chain == chains[3]));
  refused(store::load_view(*log, "users", ViewVersion(1)), Errc::not_found);
}

BOOST_AUTO_TEST_CASE(missing_and_altered_versions_are_corrupt) {
  auto log = must(store::MemoryLog::open(cluster_of()));
  const auto chains = publish(*log, 6);
  auto altered = store::view_write("items", ViewVersion(4), store::ViewPart::delta, chains[4],
                                   bytes_of("other"));
  must(log->commit({{}, {altered}}));
  refused(store::load_view(*log, "items", ViewVersion(6)), Errc::corrupt);
  BOOST_TEST(must(store::load_view(*log, "items", ViewVersion(3))).deltas.size() == 3u);

  altered.value.reset();
  must(log->commit({{}, {altered}}));

  refused(store::load_view(*log, "items", ViewVersion(6)), Errc::corrupt);
}

BOOST_AUTO_TEST_SUITE_END()
