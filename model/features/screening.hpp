// How much a feature could still explain of what a trained model got wrong: a cheap look at all
// features before one of them is paid for with trainings (AutoModel, section 4: profile, propose,
// select). It orders proposals and decides nothing. Pure; any thread.
#pragma once

#include "model/training/trainer.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

struct ScreenedFeature {
  std::string feature;
  double gain = 0;  // of squared error a row, on rows that the means were not taken from
  friend bool operator==(const ScreenedFeature&, const ScreenedFeature&) = default;
};

// Every column that is a feature of the catalogue, in the catalogue's order. Residuals (label minus
// score) are averaged by the feature's value - dense ones by decile -, alone and crossed with the
// item's first category, on one half of the rows and tested on the other, both ways; the better of
// the two groupings counts, and noise comes out negative. `scores` belong to `rows`, in order.
// Too few rows, and rows of other columns than model/features/encoder gives, name no feature.
// REQUIRES: as many scores as rows.
std::vector<ScreenedFeature> screen_features(std::span<const Example> rows,
                                             std::span<const float> scores);

// Name of the metric under which a training reports the gain of a feature, and back; empty when the
// name is another metric's.
std::string screening_metric(std::string_view feature);
std::string_view screened_feature(std::string_view metric);

}  // namespace ars::model
