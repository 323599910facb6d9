#include "model/training/anomaly.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace ars::model;

BOOST_AUTO_TEST_SUITE(model_training_anomaly)

BOOST_AUTO_TEST_CASE(a_healthy_run_is_left_alone) {
  AnomalyDetector detector;
  for (int step = 0; step < 1000; ++step) {
    BOOST_CHECK(!detector.observe(0.7 - 0.0005 * step, 2.0 / (1 + step % 7)));
  }
}

BOOST_AUTO_TEST_CASE(values_that_are_not_finite_end_the_run_at_once) {
  const double inf = std::numeric_limits<double>::infinity();
  BOOST_CHECK(AnomalyDetector().observe(inf, 1) == Anomaly::loss_not_finite);
  BOOST_CHECK(AnomalyDetector().observe(std::nan(""), 1) == Anomaly::loss_not_finite);
  BOOST_CHECK(AnomalyDetector().observe(0.5, inf) == Anomaly::loss_not_finite);
}

BOOST_AUTO_TEST_CASE(one_large_gradient_is_forgiven_three_are_not) {
  AnomalyDetector detector;
  for (int step = 0; step < 40; ++step)
    BOOST_REQUIRE(!detector.observe(0.7, 1.0));
  BOOST_CHECK(!detector.observe(0.7, 5000));
  BOOST_CHECK(!detector.observe(0.7, 1));
  BOOST_CHECK(!detector.observe(0.7, 5000));
  BOOST_CHECK(!detector.observe(0.7, 5000));
  BOOST_CHECK(detector.observe(0.7, 5000) == Anomaly::gradient_explodes);
}

BOOST_AUTO_TEST_CASE(a_loss_far_above_the_first_is_an_explosion) {
  AnomalyDetector detector;
  BOOST_CHECK(!detector.observe(0.7, 1));
  BOOST_CHECK(detector.observe(90, 1) == Anomaly::gradient_explodes);
}

BOOST_AUTO_TEST_CASE(gradients_that_stay_zero_are_dead) {
  AnomalyDetector detector;
  for (int step = 0; step < 19; ++step)
    BOOST_REQUIRE(!detector.observe(0.7, 0));
  BOOST_CHECK(detector.observe(0.7, 0) == Anomaly::gradient_dead);
}

BOOST_AUTO_TEST_CASE(remedies_lower_the_rate_and_tighten_the_clip) {
  const Remedy first = next_remedy({}, Anomaly::loss_not_finite);
  const Remedy second = next_remedy(first, Anomaly::gradient_explodes);
  const Remedy dead = next_remedy({}, Anomaly::gradient_dead);

  BOOST_CHECK_CLOSE(first.rate_factor, 0.3, 1e-9);
  BOOST_CHECK_EQUAL(first.clip_norm, 1);
  BOOST_CHECK_CLOSE(second.rate_factor, 0.09, 1e-9);
  BOOST_CHECK_LT(second.clip_norm, first.clip_norm);
  BOOST_CHECK_EQUAL(dead.init_attempt, 1u);
  const TrainRemedy told = describe(Anomaly::loss_not_finite, first, 0.003);
  BOOST_CHECK_EQUAL(told.anomaly, "loss_not_finite");
  BOOST_CHECK_EQUAL(told.remedy, "start again at 0.3 of the learning rate, gradients clipped at 1");
}

BOOST_AUTO_TEST_SUITE_END()
