#include "model/evaluation/paired_test.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

namespace {

using namespace ars;
using namespace ars::model;
namespace tt = boost::test_tools;

std::vector<UserDifference> users(std::size_t count, double effect, std::uint64_t seed) {
  Philox random(seed, 5);
  std::vector<UserDifference> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({effect + random.normal(), 1});
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_evaluation_paired_test)

BOOST_AUTO_TEST_CASE(bootstrap_interval_has_the_width_of_theory) {
  const auto sample = users(400, 0.5, 1);

  const auto got = paired_bootstrap(sample, {4'000, 0.95, 9});

  BOOST_TEST(got.users == 400u);
  BOOST_TEST((got.high - got.low) == 2 * 1.96 / std::sqrt(400.0), tt::tolerance(0.12));
  BOOST_TEST(got.low < got.mean);
  BOOST_TEST(got.mean < got.high);
  BOOST_TEST(got.p_value < 0.01);
  BOOST_TEST(got.share_not_above_zero == 0.0);
}

BOOST_AUTO_TEST_CASE(bootstrap_covers_the_truth_about_as_often_as_it_says) {
  int covered = 0;
  constexpr int runs = 300;
  for (std::uint64_t run = 0; run < runs; ++run) {
    const auto got = paired_bootstrap(users(80, 0.2, 100 + run), {400, 0.9, run});
    if (got.low <= 0.2 && 0.2 <= got.high) ++covered;
  }
  // 90 % of 300, plus or minus three standard errors and the small-sample loss.
  BOOST_TEST(covered > 244);
  BOOST_TEST(covered < 291);
}

BOOST_AUTO_TEST_CASE(same_seed_gives_the_same_interval_and_weights_count) {
  const auto sample = users(50, 0, 2);
  const auto a = paired_bootstrap(sample, {500, 0.95, 3});
  const auto b = paired_bootstrap(sample, {500, 0.95, 3});
  const auto c = paired_bootstrap(sample, {500, 0.95, 4});
  BOOST_TEST(a.low == b.low);
  BOOST_TEST(a.low != c.low);

  const std::vector<UserDifference> weighted = {{1, 3}, {0, 1}};
  BOOST_TEST(paired_bootstrap(weighted, {10, 0.95, 0}).mean == 0.75);
}

BOOST_AUTO_TEST_CASE(nothing_to_compare_gives_no_evidence) {
  const auto empty = paired_bootstrap({}, {});
  BOOST_TEST(empty.p_value == 1.0);
  BOOST_TEST(empty.mean == 0.0);
  const std::vector<UserDifference> equal(30, UserDifference{0, 1});
  BOOST_TEST(paired_bootstrap(equal, {200, 0.95, 1}).p_value == 1.0);
}

BOOST_AUTO_TEST_CASE(t_over_seeds_agrees_with_hand_computation) {
  const std::vector<double> differences = {0.01, 0.02, 0.03};

  const auto got = t_over_seeds(differences);

  BOOST_TEST(got.mean == 0.02, tt::tolerance(1e-12));
  BOOST_TEST(got.t == 0.02 / (0.01 / std::sqrt(3.0)), tt::tolerance(1e-9));
  BOOST_TEST(got.p_value == 0.0741799, tt::tolerance(1e-5));
  BOOST_TEST(got.high - got.mean == 4.302652729911275 * 0.01 / std::sqrt(3.0), tt::tolerance(1e-9));
  BOOST_TEST(t_over_seeds(std::vector<double>{0.5}).p_value == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()
