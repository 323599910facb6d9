// Which features a program may read: a list of names, edited one at a time by AutoFeature.
// Pure values; any thread.
#pragma once

#include "events/base/result.hpp"
#include "model/features/feature_catalog.hpp"

#include <string>
#include <vector>

namespace ars::model {

// Names in catalogue order: plans with the same features are equal.
using FeatureNames = std::vector<std::string>;

FeatureNames default_feature_plan();
// For sources where people choose from everything, whatever was shown, and then value it: what the
// user's history says about the item and the question asked, but no id of a user or an item, which
// few rows cannot teach (evolution may add them). The rest is the default plan.
FeatureNames choice_feature_plan();
// Features of the catalogue that the plan does not have, in catalogue order.
FeatureNames absent_features(const FeatureNames& plan);
// Errc::invalid: unknown name, listed twice, out of catalogue order, or nothing to read.
Result<void> check_plan(const FeatureNames& plan);
// Errc::invalid for an unknown name, Errc::conflict when it is there already.
Result<FeatureNames> with_feature(const FeatureNames& plan, std::string_view name);
// Errc::not_found when the plan does not have it, Errc::invalid when it is the last one.
Result<FeatureNames> without_feature(const FeatureNames& plan, std::string_view name);

}  // namespace ars::model
