#include "model/evaluation/distributions.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace {
using namespace ars::model;
}  // namespace

BOOST_AUTO_TEST_SUITE(model_evaluation_distributions)

BOOST_AUTO_TEST_CASE(normal_tails_agree_with_published_values) {
  BOOST_TEST(normal_cdf(1.959963984540054) == 0.975, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(log_normal_cdf(-10) == -53.23128515051247, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(log_normal_cdf(-40) == -804.6084420137538, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(normal_quantile(0.975) == 1.959963984540054, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(normal_quantile(1e-20) == -9.262340089798408, boost::test_tools::tolerance(1e-11));
}

BOOST_AUTO_TEST_CASE(quantile_inverts_the_distribution_everywhere) {
  for (double z = -8; z <= 8; z += 0.25) {
    if (z > 5) continue;  // there 1 − Φ is below the resolution of p
    BOOST_TEST(normal_quantile(normal_cdf(z)) == z, boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(mass_between_two_tail_points_is_not_lost) {
  // Φ(11) − Φ(10) ≈ Φ(−10) although both are 1 in double precision.
  BOOST_TEST(log_normal_mass(10, 11) == log_normal_mass(-11, -10),
             boost::test_tools::tolerance(1e-14));
  BOOST_TEST(log_normal_mass(10, 11) == -53.2313, boost::test_tools::tolerance(1e-4));
  BOOST_TEST(std::exp(log_normal_mass(-1, 1)) == 0.6826894921370859,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(truncated_draws_stay_inside_and_split_the_mass) {
  ars::Philox random(3, 1);
  for (int i = 0; i < 2'000; ++i) {
    const double a = -40 + 80 * random.uniform();
    const double b = a + 0.01 + 10 * random.uniform();
    const double p = random.uniform();
    const double z = truncated_normal_quantile(p, a, b);
    BOOST_REQUIRE(z >= a && z <= b);
    if (p > 1e-3 && p < 1 - 1e-3 && z > a && z < b) {
      const double share = std::exp(log_normal_mass(a, z) - log_normal_mass(a, b));
      BOOST_TEST(share == p, boost::test_tools::tolerance(1e-6));
    }
  }
}

BOOST_AUTO_TEST_CASE(student_t_agrees_with_published_tables) {
  BOOST_TEST(student_t_quantile(0.975, 2) == 4.302652729911275, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(student_t_quantile(0.975, 10) == 2.2281388519649385,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(student_t_quantile(0.05, 1) == -6.313751514675041, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(student_t_cdf(1.0, 1) == 0.75, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(student_t_quantile(0.975, 1e7) == 1.96, boost::test_tools::tolerance(1e-4));
}

BOOST_AUTO_TEST_SUITE_END()
