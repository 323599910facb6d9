#include "model/parallel.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
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

BOOST_AUTO_TEST_SUITE_END()
