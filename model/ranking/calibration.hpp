// Calibration of a score into a probability: identity or Platt scaling, p = sigmoid(a logit(s) +
// b). Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ars::model {

enum class CalibrationKind : std::uint8_t { identity, platt };

struct Calibration {
  CalibrationKind kind = CalibrationKind::identity;
  double slope = 1;
  double offset = 0;
};

// s in [0, 1]; finite and in (0, 1) for Platt.
double calibrate(const Calibration& calibration, double score);

// Platt scaling by Newton's method on the regularised targets of Platt (1999). Identity when there
// are fewer than `least` rows of either label. REQUIRES: as many labels (0 or 1) as scores.
Calibration fit_platt(std::span<const float> scores, std::span<const float> labels,
                      std::size_t least = 50);

// Undoes negative down-sampling at rate w: p / (p + (1 - p) / w). REQUIRES: 0 < w <= 1.
double undo_sampling(double probability, double rate);

}  // namespace ars::model
