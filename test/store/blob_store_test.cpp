#include "store/blob_store.hpp"

#include "store/limits.hpp"
#include "store/memory_log.hpp"
#include "test/contract/store/log_events.hpp"
#include "test/contract/store/results.hpp"
#include "test/contract/store/scratch.hpp"
#include "test/store/rocksdb/log_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::test;

BOOST_AUTO_TEST_SUITE(store_blob_store)

BOOST_AUTO_TEST_CASE(small_blob_rides_in_the_batch) {
  Scratch scratch;
  auto log = must(store::MemoryLog::open(cluster_of()));
  const store::BlobStore blobs(*log, scratch / "blobs");
  const auto stored = must(blobs.put(bytes_of("weights")));
  BOOST_TEST((stored.sha256 == sha256("weights")));
  refused(blobs.get(stored.sha256), Errc::not_found);

  BOOST_REQUIRE(stored.write.has_value());
  must(log->commit({{}, {*stored.write}}));

  BOOST_TEST((must(blobs.get(stored.sha256)) == bytes_of("weights")));
  BOOST_TEST(blobs.holds(stored.sha256));
  BOOST_TEST(!blobs.file_of(stored.sha256).has_value());
}

BOOST_AUTO_TEST_CASE(large_blob_is_a_file_that_is_checked_when_read) {
  Scratch scratch;
  auto log = must(store::MemoryLog::open(cluster_of()));
  const store::BlobStore blobs(*log, scratch / "blobs");
  const std::vector<std::uint8_t> large(store::limits::blob_inline_max + 1, 7);

  const auto stored = must(blobs.put(large));
  must(blobs.put(large));  // twice is harmless

  BOOST_TEST(!stored.write.has_value());
  BOOST_TEST((must(blobs.get(stored.sha256)) == large));
  const auto path = blobs.file_of(stored.sha256);
  BOOST_REQUIRE(path.has_value());
  BOOST_TEST(path->filename().string() == to_hex(ByteSpan(stored.sha256)));
  const Flip flip(*path, 1000);
  refused(blobs.get(stored.sha256), Errc::corrupt);
}

BOOST_AUTO_TEST_CASE(log_without_a_directory_keeps_every_blob_itself) {
  auto log = must(store::MemoryLog::open(cluster_of()));
  const store::BlobStore blobs(*log, {});
  const std::vector<std::uint8_t> large(store::limits::blob_inline_max * 2, 9);

  const auto stored = must(blobs.put(large));
  must(log->commit({{}, {*stored.write}}));

  BOOST_TEST((must(blobs.get(stored.sha256)) == large));
}

BOOST_AUTO_TEST_SUITE_END()
