#include "model/ranking/calibration.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace ars;
using namespace ars::model;

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Rows {
  std::vector<float> scores;
  std::vector<float> labels;
};

// Labels drawn from sigmoid(slope * logit(score) + offset).
Rows rows_of(double slope, double offset, std::size_t n) {
  Rows out;
  Philox draws(8, 1);
  for (std::size_t i = 0; i < n; ++i) {
    const double z = 1.5 * draws.normal();
    out.scores.push_back(static_cast<float>(sigmoid(z)));
    out.labels.push_back(draws.uniform() < sigmoid(slope * z + offset) ? 1.0f : 0.0f);
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_calibration)

BOOST_AUTO_TEST_CASE(platt_recovers_the_distortion) {
  const auto rows = rows_of(0.5, -1, 40'000);

  const auto fitted = fit_platt(rows.scores, rows.labels);

  BOOST_TEST((fitted.kind == CalibrationKind::platt));
  BOOST_TEST(fitted.slope == 0.5, boost::test_tools::tolerance(0.08));
  BOOST_TEST(fitted.offset == -1, boost::test_tools::tolerance(0.08));
}

BOOST_AUTO_TEST_CASE(calibrated_means_match_the_labels) {
  const auto rows = rows_of(1.4, 0.7, 20'000);
  const auto fitted = fit_platt(rows.scores, rows.labels);

  double predicted = 0;
  double observed = 0;
  for (std::size_t i = 0; i < rows.scores.size(); ++i) {
    predicted += calibrate(fitted, static_cast<double>(rows.scores[i]));
    observed += static_cast<double>(rows.labels[i]);
  }

  BOOST_TEST(predicted == observed, boost::test_tools::tolerance(0.01));
}

BOOST_AUTO_TEST_CASE(few_rows_of_a_label_leave_scores_as_they_are) {
  std::vector<float> scores(200, 0.3f);
  std::vector<float> labels(200, 0.0f);
  labels[0] = 1;

  const auto fitted = fit_platt(scores, labels);

  BOOST_TEST((fitted.kind == CalibrationKind::identity));
  BOOST_TEST(calibrate(fitted, 0.3) == 0.3);
}

BOOST_AUTO_TEST_CASE(separable_rows_end_with_finite_parameters) {
  Rows rows;
  for (int i = 0; i < 200; ++i) {
    rows.scores.push_back(i < 100 ? 0.1f : 0.9f);
    rows.labels.push_back(i < 100 ? 0.0f : 1.0f);
  }

  const auto fitted = fit_platt(rows.scores, rows.labels);

  BOOST_TEST((std::isfinite(fitted.slope) && std::isfinite(fitted.offset)));
  BOOST_TEST(calibrate(fitted, 0.9) > 0.9);
  BOOST_TEST(calibrate(fitted, 0.1) < 0.1);
}

BOOST_AUTO_TEST_CASE(calibration_keeps_the_order_and_the_open_interval) {
  const Calibration fitted{CalibrationKind::platt, 2, -3};

  double before = 0;
  for (int i = 0; i <= 100; ++i) {
    const double p = calibrate(fitted, i / 100.0);
    BOOST_TEST((p > 0 && p < 1));
    BOOST_TEST(p >= before);
    before = p;
  }
}

BOOST_AUTO_TEST_CASE(down_sampling_is_undone) {
  // 10 positives among 1000; keeping a tenth of the negatives gives 10 in 109.
  BOOST_TEST(undo_sampling(10.0 / 109, 0.1) == 0.01, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(undo_sampling(0.3, 1) == 0.3, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
