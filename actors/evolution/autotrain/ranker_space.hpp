// The ranker's decision space: from a point of it to a ranker, and the architectures a ranker may
// have. Pure; any thread.
#pragma once

#include "events/composition.hpp"
#include "model/evolution/study.hpp"

#include <string>
#include <vector>

namespace ars::actors {

// Architecture family, embedding size, learning rate, weight decay, epochs.
const model::Space& ranker_space();

// The ranker at a point, reading these features. REQUIRES: check_point passes; known features.
events::RankerSetting ranker_at(const model::Point& point,
                                const std::vector<std::string>& features);
// The same program family with other features; hyperparameters stay.
events::RankerSetting with_features(const events::RankerSetting& ranker,
                                    const std::vector<std::string>& features);
// The point of the plan that starts everything: a small DeepFM.
model::Point default_ranker_point();
// The same beside a linear part, which learns from few rows what history says about an item: for
// sources where people choose from everything.
model::Point choice_ranker_point();
// In words: "deepfm dim 8, learning rate 0.01".
// The ranker's point in step with its own settings, which an operator changes directly.
events::RankerSetting with_point_of_settings(events::RankerSetting ranker);
// Whether a trained ranker has served so long that what it learned may be out of date.
bool is_stale(const events::RankerSetting& ranker, std::uint64_t interactions,
              std::uint64_t checkpoint_every);
std::string describe_point(const model::Point& point);

}  // namespace ars::actors
