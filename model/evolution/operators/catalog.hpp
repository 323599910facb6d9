// Mutation operators on a serving plan, one line each: a small, bounded change, drawn from a random
// stream. The allocator treats each as an arm. Pure functions, any thread.
#pragma once

#include "events/base/prng.hpp"
#include "events/composition.hpp"
#include "events/evolution.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace ars::model {

// The changed plan with its base as parent, no version and no trained weights where the ranker must
// be trained anew; empty when the plan has nothing that the operator could change.
using Mutate = std::optional<events::ServingPlan> (*)(const events::ServingPlan& base,
                                                      Philox& random);

// The learning rate times 1/2, 4/5, 5/4 or 2, within [1e-5, 0.3].
std::optional<events::ServingPlan> change_learning_rate(const events::ServingPlan& base,
                                                        Philox& random);
// One epoch more or less, within 1..20.
std::optional<events::ServingPlan> change_epochs(const events::ServingPlan& base, Philox& random);
// The quota of one recall times 2/3 or 3/2, within 10..1000.
std::optional<events::ServingPlan> resize_recall(const events::ServingPlan& base, Philox& random);
// The fusion weight of one recall times 2/3 or 3/2, within [0.05, 20].
std::optional<events::ServingPlan> reweigh_recall(const events::ServingPlan& base, Philox& random);
// MMR's lambda by 0.1 up or down, within [0, 1].
std::optional<events::ServingPlan> change_diversity(const events::ServingPlan& base,
                                                    Philox& random);

struct Operator {
  std::string_view name;
  events::ChangeKind kind;
  Mutate mutate;
};

inline constexpr std::array operators = {
    Operator{"change_learning_rate", events::ChangeKind::parameters, change_learning_rate},
    Operator{"change_epochs", events::ChangeKind::parameters, change_epochs},
    Operator{"resize_recall", events::ChangeKind::policy, resize_recall},
    Operator{"reweigh_recall", events::ChangeKind::policy, reweigh_recall},
    Operator{"change_diversity", events::ChangeKind::policy, change_diversity},
};

}  // namespace ars::model
