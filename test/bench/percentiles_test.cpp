#include "bench/percentiles.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace ars;
using bench::Percentiles;

BOOST_AUTO_TEST_SUITE(bench_percentiles)

BOOST_AUTO_TEST_CASE(nothing_recorded_is_zero) {
  const Percentiles empty;

  BOOST_TEST(empty.count() == 0u);
  BOOST_TEST(empty.at(0.99) == 0u);
}

BOOST_AUTO_TEST_CASE(small_values_are_exact) {
  Percentiles values;
  for (std::uint64_t i = 1; i <= 200; ++i)
    values.record(i);

  BOOST_TEST(values.at(0) == 1u);
  BOOST_TEST(values.at(0.5) == 100u);
  BOOST_TEST(values.at(0.99) == 198u);
  BOOST_TEST(values.at(1) == 200u);
}

BOOST_AUTO_TEST_CASE(every_percentile_is_within_half_a_percent_of_the_sorted_one) {
  Philox draws(11, 0);
  Percentiles values;
  std::vector<std::uint64_t> sorted;
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<std::uint64_t>(std::exp(8 + 4 * draws.normal()));
    values.record(value);
    sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());

  for (const double share : {0.01, 0.1, 0.5, 0.9, 0.99, 0.999}) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * 20'000));
    const auto truth = static_cast<double>(sorted[rank - 1]);
    const auto found = static_cast<double>(values.at(share));
    BOOST_TEST(found >= truth);
    BOOST_TEST(found <= truth * 1.005 + 1);
  }
}

BOOST_AUTO_TEST_CASE(the_largest_value_is_kept_whatever_its_size) {
  Percentiles values;
  const auto huge = std::numeric_limits<std::uint64_t>::max();
  values.record(5);
  values.record(huge);

  BOOST_TEST(values.at(0.5) == 5u);
  BOOST_TEST(values.at(1) == huge);
  BOOST_TEST(values.largest() == huge);
}

BOOST_AUTO_TEST_CASE(one_slow_request_in_a_hundred_shows_at_the_last_percent_only) {
  Percentiles values;
  for (int i = 0; i < 99; ++i)
    values.record(1'000'000);
  values.record(900'000'000);

  BOOST_TEST(values.at(0.99) < 1'005'000u);
  BOOST_TEST(values.at(0.995) == 900'000'000u);
}

BOOST_AUTO_TEST_SUITE_END()
