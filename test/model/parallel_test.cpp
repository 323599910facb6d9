#include "model/parallel.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

BOOST_AUTO_TEST_SUITE(model_parallel)

using namespace ars::model;

BOOST_AUTO_TEST_CASE(pieces_cover_every_index_once) {
  for (const std::size_t size : {0u, 1u, 7u, 8u, 1'000u}) {
    std::vector<int> visits(size, 0);
    parallel_pieces(size, 8, [&](IndexRange range) {
      for (auto i = range.begin; i < range.end; ++i)
        ++visits[i];
    });
    BOOST_TEST(std::accumulate(visits.begin(), visits.end(), 0) == static_cast<int>(size));
    BOOST_TEST(std::count(visits.begin(), visits.end(), 1) == static_cast<long>(size));
  }
}

BOOST_AUTO_TEST_CASE(a_fold_has_the_same_bits_as_the_same_pieces_in_sequence) {
  std::vector<double> values(10'001);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::sin(static_cast<double>(i)) * 1e6;
  const auto sum_of = [&](IndexRange range) {
    double sum = 0;
    for (auto i = range.begin; i < range.end; ++i)
      sum += values[i];
    return sum;
  };
  double expected = 0;
  for (std::size_t i = 0; i < values.size(); i += 100) {
    expected += sum_of({i, std::min(i + 100, values.size())});
  }
  for (int run = 0; run < 20; ++run) {
    const double got =
        parallel_fold(values.size(), 100, 0.0, sum_of, [](double a, double b) { return a + b; });
    BOOST_REQUIRE_EQUAL(got, expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()
