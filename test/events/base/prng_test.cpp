#include "events/base/prng.hpp"

#include "events/base/check.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>

using namespace ars;

namespace {

using Block = std::array<std::uint32_t, 4>;

void check_block(const Block& found, const Block& wanted) {
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), wanted.begin(), wanted.end());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(events_base_prng)

BOOST_AUTO_TEST_CASE(philox_meets_its_published_vectors) {
  check_block(philox4x32_10({0, 0, 0, 0}, {0, 0}),
              {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  check_block(philox4x32_10({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
              {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  check_block(
      philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

BOOST_AUTO_TEST_CASE(a_draw_is_named_by_key_stream_and_index) {
  Philox rng(0x1111222233334444, 0x5555666677778888);
  rng.next_u64();
  const auto second = rng.next_u64();

  const auto block = philox4x32_10({1, 0, 0x77778888, 0x55556666}, {0x33334444, 0x11112222});
  BOOST_TEST(second == (block[0] | (std::uint64_t{block[1]} << 32)));
  BOOST_TEST(rng.draws() == 2u);
}

BOOST_AUTO_TEST_CASE(streams_of_one_key_differ) {
  Philox a(7, 0);
  Philox b(7, 1);

  BOOST_TEST(a.next_u64() != b.next_u64());
}

BOOST_AUTO_TEST_CASE(uniform_stays_below_one_and_has_its_mean) {
  Philox rng(1, 2);
  double sum = 0;

  for (int i = 0; i < 10'000; ++i) {
    const auto u = rng.uniform();
    BOOST_REQUIRE(u >= 0);
    BOOST_REQUIRE(u < 1);
    sum += u;
  }

  BOOST_TEST(sum / 10'000 == 0.5, boost::test_tools::tolerance(0.02));
}

BOOST_AUTO_TEST_CASE(below_takes_each_value_about_as_often) {
  Philox rng(3, 4);
  std::array<int, 7> counts{};

  for (int i = 0; i < 70'000; ++i)
    ++counts.at(rng.below(7));

  for (const auto count : counts) {
    BOOST_TEST(count > 9'500);
    BOOST_TEST(count < 10'500);
  }
}

BOOST_AUTO_TEST_CASE(below_zero_is_our_bug) {
  Philox rng(5, 6);
  const StepGuard guard;

  BOOST_CHECK_THROW(rng.below(0), StepFailure);
}

BOOST_AUTO_TEST_CASE(a_shuffle_keeps_what_it_shuffles) {
  Philox rng(7, 8);
  std::vector<int> values(100);
  std::iota(values.begin(), values.end(), 0);
  const auto before = values;

  rng.shuffle(values);

  BOOST_TEST(values != before);
  std::sort(values.begin(), values.end());
  BOOST_TEST(values == before);
}

BOOST_AUTO_TEST_CASE(pick_follows_the_weights_and_never_takes_a_zero) {
  Philox rng(9, 10);
  const std::vector<double> weights{0, 1, 3, 0};
  std::array<int, 4> counts{};

  for (int i = 0; i < 8'000; ++i)
    ++counts.at(rng.pick(weights));

  BOOST_TEST(counts[0] == 0);
  BOOST_TEST(counts[3] == 0);
  BOOST_TEST(counts[2] > 5'700);
  BOOST_TEST(counts[2] < 6'300);
}

BOOST_AUTO_TEST_CASE(normal_has_its_mean_and_variance) {
  Philox rng(11, 12);
  double sum = 0;
  double squares = 0;

  for (int i = 0; i < 20'000; ++i) {
    const auto x = rng.normal();
    sum += x;
    squares += x * x;
  }

  BOOST_TEST(std::abs(sum / 20'000) < 0.03);
  BOOST_TEST(std::abs(squares / 20'000 - 1) < 0.04);
}

BOOST_AUTO_TEST_CASE(mixed_keys_depend_on_every_word) {
  const auto key = mix_key(1, 2, 3);

  BOOST_TEST(key == mix_key(1, 2, 3));
  BOOST_TEST(key != mix_key(0, 2, 3));
  BOOST_TEST(key != mix_key(1, 0, 3));
  BOOST_TEST(key != mix_key(1, 2, 0));
}

BOOST_AUTO_TEST_SUITE_END()
