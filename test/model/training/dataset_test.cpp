#include "model/training/dataset.hpp"

#include "events/base/prng.hpp"
#include "test/model/torch/synthetic.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::model;

namespace {

bool same(const Example& a, const Example& b) {
  return a.user == b.user && a.occurred_at_ns == b.occurred_at_ns && a.slot == b.slot &&
         a.label == b.label && a.ids == b.ids && a.dense == b.dense && a.sequence == b.sequence;
}

// The bytes with a seal that fits again, so that the reader behind it is met.
std::vector<std::uint8_t> resealed(std::vector<std::uint8_t> bytes) {
  bytes.resize(bytes.size() - 32);
  const auto seal = sha256(bytes);
  bytes.insert(bytes.end(), seal.begin(), seal.end());
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_training_dataset)

BOOST_AUTO_TEST_CASE(rows_survive_the_file) {
  const auto columns = test::synthetic_columns();
  auto rows = test::synthetic_rows(50, 3);
  rows[7].slot = 9;
  rows[8].occurred_at_ns = -5;

  const auto read = dataset_from_bytes(columns, dataset_bytes(columns, rows));

  BOOST_REQUIRE(read.has_value());
  BOOST_REQUIRE_EQUAL(read.value().size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    BOOST_CHECK(same(rows[i], read.value()[i]));
}

BOOST_AUTO_TEST_CASE(long_sequences_keep_their_newest_items) {
  const auto columns = test::synthetic_columns();
  auto rows = test::synthetic_rows(1, 3);
  rows[0].sequence.assign(30, 1);
  rows[0].sequence.back() = 77;

  const auto read = dataset_from_bytes(columns, dataset_bytes(columns, rows));

  BOOST_REQUIRE(read.has_value());
  BOOST_CHECK_EQUAL(read.value()[0].sequence.size(), columns.sequence_length);
  BOOST_CHECK_EQUAL(read.value()[0].sequence.back(), 77u);
}

BOOST_AUTO_TEST_CASE(any_flipped_byte_is_seen) {
  const auto columns = test::synthetic_columns();
  const auto whole = dataset_bytes(columns, test::synthetic_rows(5, 3));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto bytes = whole;
    bytes[i] ^= 0x10;
    const auto read = dataset_from_bytes(columns, bytes);
    BOOST_REQUIRE(!read.has_value());
    BOOST_CHECK(read.error().code == Errc::corrupt);
  }
}

BOOST_AUTO_TEST_CASE(hostile_bytes_behind_a_valid_seal_never_crash) {
  const auto columns = test::synthetic_columns();
  const auto whole = dataset_bytes(columns, test::synthetic_rows(5, 3));
  Philox rng(5, 0);
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    auto bytes = whole;
    for (int k = 0; k < 2; ++k) {
      bytes[rng.below(bytes.size() - 32)] = static_cast<std::uint8_t>(rng.below(256));
    }
    if (round % 4 == 0) bytes.resize(32 + rng.below(bytes.size() - 32));
    if (!dataset_from_bytes(columns, resealed(bytes))) ++refused;
  }
  BOOST_CHECK_GT(refused, 600);
  BOOST_CHECK(!dataset_from_bytes(columns, {}).has_value());
}

BOOST_AUTO_TEST_CASE(rows_of_other_columns_are_refused) {
  auto columns = test::synthetic_columns();
  const auto bytes = dataset_bytes(columns, test::synthetic_rows(5, 3));
  columns.dense.pop_back();
  const auto read = dataset_from_bytes(columns, bytes);
  BOOST_REQUIRE(!read.has_value());
  BOOST_CHECK(read.error().code == Errc::invalid);
}

BOOST_AUTO_TEST_CASE(split_keeps_time_and_instants_together) {
  std::vector<Example> rows(100);
  Philox rng(9, 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].occurred_at_ns = static_cast<std::int64_t>(rng.below(12));
    rows[i].user = i;
  }

  const auto split = split_by_time(rows, 0.25);

  BOOST_REQUIRE(split.has_value());
  const auto& [train, tested] = split.value();
  BOOST_CHECK_EQUAL(train.size() + tested.size(), rows.size());
  BOOST_CHECK_GE(tested.size(), 25u);
  BOOST_CHECK_LT(train.back().occurred_at_ns, tested.front().occurred_at_ns);
  for (std::size_t i = 1; i < train.size(); ++i) {
    BOOST_CHECK_LE(train[i - 1].occurred_at_ns, train[i].occurred_at_ns);
    if (train[i - 1].occurred_at_ns == train[i].occurred_at_ns) {
      BOOST_CHECK_LT(train[i - 1].user, train[i].user);
    }
  }
}

BOOST_AUTO_TEST_CASE(rows_of_one_instant_do_not_part) {
  BOOST_CHECK(!split_by_time(std::vector<Example>(10), 0.5).has_value());
  BOOST_CHECK(!split_by_time({}, 0.5).has_value());
  std::vector<Example> two(2);
  two[1].occurred_at_ns = 1;
  BOOST_CHECK(split_by_time(two, 0.5).has_value());
  BOOST_CHECK(!split_by_time(two, 1.0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
