#include "runtime/dispatch/blob_courier.hpp"

#include "runtime/limits.hpp"
#include "test/contract/store/results.hpp"
#include "test/runtime/dispatch/shelf_backend.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::runtime;
using ars::test::must;
using ars::test::refused;
using toys::Bytes;

const store::Stream model{store::Topic::model, 0};

struct Fixture {
  std::unique_ptr<store::EventLog> log = store::MemoryLog::open(toys::cluster).value();
  store::BlobStore blobs{*log, {}};
  toys::Shelf shelf;

  Bytes weights(std::size_t size) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i)
      out[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
    return out;
  }
  Bytes32 keep(const Bytes& bytes) {
    const auto stored = must(blobs.put(bytes));
    store::Batch batch;
    batch.writes.push_back(*stored.write);
    must(log->commit(batch));
    return stored.sha256;
  }
  static store::Record naming(const Bytes32& hash) {
    events::PlanProposed plan;
    plan.plan.ranker.weights = hash;
    return {{toys::evt, Offset(0)}, {}, toys::Owner::record(5, plan)};
  }
  Result<std::vector<Bytes>> fetched() {
    std::vector<Bytes> out;
    ARS_TRY(fetch_blobs(shelf, toys::patience, [&](ByteSpan blob) -> Result<void> {
      out.emplace_back(blob.begin(), blob.end());
      return success();
    }));
    return out;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_blob_courier, Fixture)

BOOST_AUTO_TEST_CASE(weights_come_back_whole_from_their_pieces) {
  const auto large = weights(11 * limits::blob_chunk_bytes + 17);
  const auto small = weights(3);
  BlobCourier courier(blobs, shelf);

  must(courier.send_named(std::vector{naming(keep(large)), naming(keep(small))}, toys::patience));

  BOOST_TEST(shelf.records[model].size() == 13u);
  const auto back = must(fetched());
  BOOST_REQUIRE(back.size() == 2u);
  BOOST_TEST((back[0] == large));
  BOOST_TEST((back[1] == small));
}

BOOST_AUTO_TEST_CASE(what_was_sent_is_not_sent_again_and_twice_is_harmless) {
  const auto hash = keep(weights(100));
  BlobCourier courier(blobs, shelf);
  must(courier.send_named(std::vector{naming(hash), naming(hash)}, toys::patience));
  BOOST_TEST(shelf.records[model].size() == 1u);

  BlobCourier after_restart(blobs, shelf);
  must(after_restart.send_named(std::vector{naming(hash)}, toys::patience));

  BOOST_TEST(must(fetched()).size() == 1u);
}

BOOST_AUTO_TEST_CASE(weights_without_one_piece_are_not_given) {
  const auto hash = keep(weights(2 * limits::blob_chunk_bytes));
  BlobCourier courier(blobs, shelf);
  must(courier.send_named(std::vector{naming(hash)}, toys::patience));
  shelf.records[model].pop_back();

  BOOST_TEST(must(fetched()).empty());
}

BOOST_AUTO_TEST_CASE(other_bytes_than_the_name_says_are_refused) {
  events::BlobChunk chunk;
  chunk.sha256[0] = 1;
  chunk.count = 1;
  chunk.bytes = {1, 2, 3};
  shelf.records[model].push_back(toys::Owner::record(1, chunk));

  refused(fetched(), Errc::corrupt);
}

BOOST_AUTO_TEST_CASE(what_nobody_kept_is_not_sent) {
  Bytes32 unknown{};
  unknown[5] = 5;
  BlobCourier courier(blobs, shelf);

  must(courier.send_named(std::vector{naming(unknown)}, toys::patience));

  BOOST_TEST(shelf.records[model].empty());
}

BOOST_AUTO_TEST_SUITE_END()
