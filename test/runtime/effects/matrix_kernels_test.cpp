#include "runtime/effects/matrix_kernels.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace ars::runtime;

namespace {

bool names_a_core(const std::vector<std::string>& environment) {
  return std::any_of(environment.begin(), environment.end(),
                     [](const auto& each) { return each.starts_with("OPENBLAS_CORETYPE="); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_effects_matrix_kernels)

BOOST_AUTO_TEST_CASE(the_oldest_kernels_are_replaced_where_the_processor_has_wide_vectors) {
  BOOST_TEST(names_a_core(matrix_environment("Prescott", Vectors::wide)));
  BOOST_TEST(!names_a_core(matrix_environment("Prescott", Vectors::narrow)));
}

BOOST_AUTO_TEST_CASE(kernels_that_fit_the_processor_stay) {
  BOOST_TEST(!names_a_core(matrix_environment("SkylakeX", Vectors::wide)));
  BOOST_TEST(!names_a_core(matrix_environment("", Vectors::wide)));
}

BOOST_AUTO_TEST_CASE(a_trainer_multiplies_on_one_thread) {
  const auto environment = matrix_environment();

  BOOST_TEST(std::count(environment.begin(), environment.end(), "OPENBLAS_NUM_THREADS=1") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
