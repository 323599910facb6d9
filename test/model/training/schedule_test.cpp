#include "model/training/schedule.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars::model;

BOOST_AUTO_TEST_SUITE(model_training_schedule)

BOOST_AUTO_TEST_CASE(constant_is_one_after_the_warm_up) {
  const Schedule schedule{"constant", 0.2, 0};
  BOOST_CHECK_CLOSE(rate_factor(schedule, 0, 10), 1.0 / 3, 1e-9);
  BOOST_CHECK_CLOSE(rate_factor(schedule, 1, 10), 2.0 / 3, 1e-9);
  for (std::uint64_t step = 2; step < 10; ++step) {
    BOOST_CHECK_EQUAL(rate_factor(schedule, step, 10), 1);
  }
}

BOOST_AUTO_TEST_CASE(linear_and_cosine_fall_from_one_to_the_floor) {
  for (const char* kind : {"linear", "cosine"}) {
    const Schedule schedule{kind, 0, 0.1};
    BOOST_CHECK_CLOSE(rate_factor(schedule, 0, 101), 1.0, 1e-9);
    BOOST_CHECK_CLOSE(rate_factor(schedule, 50, 101), 0.55, 1e-9);
    BOOST_CHECK_CLOSE(rate_factor(schedule, 100, 101), 0.1, 1e-9);
    for (std::uint64_t step = 1; step < 101; ++step) {
      BOOST_CHECK_LT(rate_factor(schedule, step, 101), rate_factor(schedule, step - 1, 101));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_single_step_has_the_full_rate) {
  BOOST_CHECK_EQUAL(rate_factor({"cosine", 0, 0}, 0, 1), 1);
}

BOOST_AUTO_TEST_SUITE_END()
