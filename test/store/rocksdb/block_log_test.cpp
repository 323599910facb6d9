#include "store/rocksdb/block_log.hpp"

#include "test/store/rocksdb/log_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::test;

namespace {

// A real write-ahead log with this many batches, and where each of them ends.
struct RealLog {
  std::string bytes;
  std::vector<std::size_t> ends;
};
RealLog real_log(std::size_t batches, std::size_t event_bytes) {
  Scratch scratch;
  LogFiller filler;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  const auto wal = files_in(scratch / "log" / "db", ".log").back();
  RealLog out;
  for (std::size_t i = 0; i < batches; ++i) {
    filler.one_batch(*log, event_bytes);
    out.ends.push_back(fs::file_size(wal));
  }
  out.bytes = contents_of(wal);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_block_log)

BOOST_AUTO_TEST_CASE(batches_come_back_whole_across_blocks) {
  // Batches of some 60 KiB: each spans blocks.
  const auto real = real_log(6, 8000);

  const auto log = store::read_block_log(real.bytes);

  BOOST_TEST(log.damage.empty());
  BOOST_TEST((log.end == store::BlockLogEnd::clean));
  BOOST_REQUIRE_EQUAL(log.records.size(), 6u);
  for (const auto& record : log.records) {
    const auto batch = store::operations_of(record.payload);
    BOOST_TEST(record.intact);
    BOOST_TEST(batch.whole);
    // Five records with their rows in four indexes, a state and a projection row.
    BOOST_TEST(batch.operations.size() == 5u + 4u + 5u + 5u + 4u + 2u);
  }
}

BOOST_AUTO_TEST_CASE(reading_goes_on_behind_a_damaged_record) {
  const auto real = real_log(8, 300);
  for (std::size_t at = real.ends[2]; at < real.ends[3]; at += 37) {
    auto bytes = real.bytes;
    bytes[at] = static_cast<char>(bytes[at] ^ 4);

    const auto log = store::read_block_log(bytes);

    BOOST_TEST(!log.damage.empty(), "byte " << at);
    BOOST_TEST(log.has_damaged_record());
    std::size_t intact = 0;
    for (const auto& record : log.records)
      intact += record.intact ? 1 : 0;
    BOOST_TEST(intact == 7u, "byte " << at);
  }
}

BOOST_AUTO_TEST_CASE(torn_end_is_told_from_damage) {
  const auto real = real_log(4, 300);
  for (std::size_t size = real.ends[2] + 1; size < real.ends[3]; size += 11) {
    const auto log = store::read_block_log(std::string_view(real.bytes).substr(0, size));
    BOOST_TEST((log.end == store::BlockLogEnd::torn), size);
    BOOST_TEST(log.damage.empty());
  }
  const auto zeros = store::read_block_log(real.bytes + std::string(500, '\0'));
  BOOST_TEST((zeros.end == store::BlockLogEnd::torn));
  BOOST_TEST(zeros.damage.empty());
}

BOOST_AUTO_TEST_CASE(any_bytes_are_read_without_harm) {
  std::string noise;
  for (std::uint64_t i = 0; noise.size() < 100'000; ++i) {
    noise += as_text(sha256(std::to_string(i)));
  }

  const auto log = store::read_block_log(noise);

  BOOST_TEST(!log.damage.empty());
  for (const auto& record : log.records)
    store::operations_of(record.payload);
  store::operations_of(noise);
}

BOOST_AUTO_TEST_SUITE_END()
