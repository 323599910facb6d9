#include "model/ranking/calibration.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {
namespace {

constexpr double probability_min = 1e-6;

double logit(double score) {
  const double p = std::clamp(score, probability_min, 1 - probability_min);
  return std::log(p / (1 - p));
}

double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

// ln(1 + exp(x)) without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

struct Rows {
  std::vector<double> logits;
  std::vector<double> targets;

  double loss(double slope, double offset) const {
    double sum = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const double z = slope * logits[i] + offset;
      sum += softplus(z) - targets[i] * z;
    }
    return sum;
  }
};

// One Newton step with halving; false when it no longer lowers the loss.
bool improve(const Rows& rows, Calibration& out) {
  double ga = 0, gb = 0, haa = 1e-9, hab = 0, hbb = 1e-9;
  for (std::size_t i = 0; i < rows.logits.size(); ++i) {
    const double x = rows.logits[i];
    const double p = sigmoid(out.slope * x + out.offset);
    const double error = p - rows.targets[i];
    const double weight = p * (1 - p);
    ga += error * x;
    gb += error;
    haa += weight * x * x;
    hab += weight * x;
    hbb += weight;
  }
  const double determinant = haa * hbb - hab * hab;
  if (!(determinant > 0)) return false;
  const double step_a = (hbb * ga - hab * gb) / determinant;
  const double step_b = (haa * gb - hab * ga) / determinant;
  const double before = rows.loss(out.slope, out.offset);
  for (double size = 1; size > 1e-6; size /= 2) {
    const double slope = out.slope - size * step_a;
    const double offset = out.offset - size * step_b;
    if (rows.loss(slope, offset) < before - 1e-12 * std::abs(before)) {
      out.slope = slope;
      out.offset = offset;
      return true;
    }
  }
  return false;
}

}  // namespace

double calibrate(const Calibration& calibration, double score) {
  if (calibration.kind == CalibrationKind::identity) return std::clamp(score, 0.0, 1.0);
  const double p = sigmoid(calibration.slope * logit(score) + calibration.offset);
  return std::clamp(p, probability_min, 1 - probability_min);
}

Calibration fit_platt(std::span<const float> scores, std::span<const float> labels,
                      std::size_t least) {
  ARS_CHECK(scores.size() == labels.size(), "{} scores, {} labels", scores.size(), labels.size());
  std::size_t positives = 0;
  for (const float label : labels)
    positives += label > 0.5f ? 1u : 0u;
  const auto negatives = labels.size() - positives;
  if (positives < std::max<std::size_t>(least, 1) || negatives < std::max<std::size_t>(least, 1)) {
    return {};
  }
  const double high = (to_double(positives) + 1) / (to_double(positives) + 2);
  const double low = 1 / (to_double(negatives) + 2);
  Rows rows;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    rows.logits.push_back(logit(to_double(scores[i])));
    rows.targets.push_back(labels[i] > 0.5f ? high : low);
  }
  Calibration out{CalibrationKind::platt, 1, 0};
  for (std::size_t round = 0; round < limits::calibration_rounds_max; ++round) {
    if (!improve(rows, out)) break;
  }
  return out;
}

double undo_sampling(double probability, double rate) {
  ARS_CHECK(rate > 0 && rate <= 1, "a sampling rate of {}", rate);
  return probability / (probability + (1 - probability) / rate);
}

}  // namespace ars::model
