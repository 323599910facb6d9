// Whether a feature reads what it must not: the label, an outcome, or something later than the
// decision. First by what is declared, then by the data. Pure; any thread.
#pragma once

#include "events/base/result.hpp"
#include "model/features/feature_plan.hpp"
#include "model/training/trainer.hpp"

#include <span>
#include <string>
#include <vector>

namespace ars::model {

// Errc::invalid naming the feature and what it reads: the name of an outcome ("click", "rating",
// "satisfaction" ...), of something from later ("next_item", "future_ctr"), or a feature that the
// catalogue does not have, whose inputs are therefore unknown.
Result<void> check_leakage(const FeatureNames& plan);

struct LeakSuspect {
  std::string feature;
  double auc = 0;  // of the feature alone against the label, 0.5 to 1
};

// Features of the plan that alone order the labels too well (AUC above `limit`): a statistic that
// was computed after the outcome shows here. Fewer than 30 rows of either label: none is named.
std::vector<LeakSuspect> suspect_leaks(const FeatureNames& plan, std::span<const Example> rows,
                                       double limit = 0.98);

}  // namespace ars::model
