#include "model/features/drift.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace ars;
using namespace ars::model;

namespace {

std::vector<double> normals(std::uint64_t stream, std::size_t n, double mean) {
  Philox draws(3, stream);
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back(mean + draws.normal());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_drift)

BOOST_AUTO_TEST_CASE(psi_is_its_formula) {
  const std::vector<std::uint64_t> reference{50, 30, 20};
  const std::vector<std::uint64_t> test{20, 30, 50};

  const double expected = (0.2 - 0.5) * std::log(0.2 / 0.5) + (0.5 - 0.2) * std::log(0.5 / 0.2);
  BOOST_TEST(psi(reference, test) == expected, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(psi(reference, reference) == 0);
}

BOOST_AUTO_TEST_CASE(an_empty_bin_is_floored_not_infinite) {
  const std::vector<std::uint64_t> reference{100, 0};
  const std::vector<std::uint64_t> test{0, 100};

  BOOST_TEST(std::isfinite(psi(reference, test)));
  BOOST_TEST(psi(reference, test) > 5);
}

BOOST_AUTO_TEST_CASE(bins_hold_equal_shares_of_the_reference) {
  const auto values = normals(1, 10'000, 0);

  const auto edges = quantile_edges(values, 10);
  const auto counts = bin_counts(values, edges);

  BOOST_TEST(edges.size() == 9u);
  for (const auto count : counts)
    BOOST_TEST(count == 1000u);
}

BOOST_AUTO_TEST_CASE(repeated_values_merge_their_bins) {
  std::vector<double> values(90, 0.0);
  values.insert(values.end(), 10, 1.0);

  const auto edges = quantile_edges(values, 10);

  BOOST_TEST((edges == std::vector<double>{0}));
  BOOST_TEST(quantile_edges(std::vector<double>(50, 3.0), 10).empty());
}

BOOST_AUTO_TEST_CASE(a_shift_is_seen_and_no_shift_is_not) {
  const auto reference = normals(1, 5000, 0);

  const auto same = measure_drift(reference, normals(2, 5000, 0));
  const auto little = measure_drift(reference, normals(2, 5000, 0.4));
  const auto much = measure_drift(reference, normals(2, 5000, 1));

  BOOST_TEST((same.verdict == DriftVerdict::stable));
  BOOST_TEST((little.verdict == DriftVerdict::watch));
  BOOST_TEST((much.verdict == DriftVerdict::act));
}

BOOST_AUTO_TEST_CASE(few_values_are_not_enough_data) {
  BOOST_TEST((measure_drift(normals(1, 50, 0), normals(2, 5000, 3)).verdict ==
              DriftVerdict::not_enough_data));
  BOOST_TEST((measure_drift({}, {}, 10, 0).verdict == DriftVerdict::not_enough_data));
}

BOOST_AUTO_TEST_SUITE_END()
