// What the agents' decisions read beyond their own state: the model's views and the deployment
// view. Immutable values, shared; any thread. The runtime passes them opaquely as one pointer.
#pragma once

#include "events/catalog.hpp"
#include "model/retrieval/view_set.hpp"
#include "runtime/event_sourced/behaviour.hpp"

#include <memory>
#include <vector>

namespace ars::actors {

// The canary in progress.
struct Canary {
  std::uint64_t experiment = 0;  // 0: none
  std::uint64_t variant = 0;
  std::uint64_t plan = 0;
  double share = 0;
  bool shadow_pairs = false;
  static constexpr auto fields =
      std::tuple{events::field(0, "experiment", &Canary::experiment),
                 events::field(1, "variant", &Canary::variant),
                 events::field(2, "plan", &Canary::plan), events::field(3, "share", &Canary::share),
                 events::field(4, "shadow_pairs", &Canary::shadow_pairs)};
  friend bool operator==(const Canary&, const Canary&) = default;
};

// Which plans are in use, and how. Small, so each version is stored whole.
struct Deployment {
  std::vector<events::ServingPlan> plans;  // those in use, by version
  std::uint64_t champion = 0;
  std::uint64_t frozen = 0;
  Canary canary;
  std::uint64_t seed = 0;
  std::uint64_t micro_batch_window_us = 0;
  bool baselines = false;  // frozen and popularity answer beside the system
  static constexpr auto fields =
      std::tuple{events::field(0, "plans", &Deployment::plans),
                 events::field(1, "champion", &Deployment::champion),
                 events::field(2, "frozen", &Deployment::frozen),
                 events::field(3, "canary", &Deployment::canary),
                 events::field(4, "seed", &Deployment::seed),
                 events::field(5, "micro_batch_window_us", &Deployment::micro_batch_window_us),
                 events::field(6, "baselines", &Deployment::baselines)};
  friend bool operator==(const Deployment&, const Deployment&) = default;

  // Null when no plan in use has this version.
  const events::ServingPlan* plan(std::uint64_t version) const {
    for (const auto& each : plans) {
      if (each.version == version) return &each;
    }
    return nullptr;
  }
};

// Plan numbers: 1 the start, 2 after the first training, then one a variant.
constexpr std::uint64_t plan_version_of(std::uint64_t variant) { return 2 + variant; }

struct DecisionViews {
  model::ViewSet sets;
  std::shared_ptr<const Deployment> deployment;
  std::vector<std::string> names;  // name@version of each
};

inline const DecisionViews& views_of(const runtime::StepContext& context) {
  ARS_CHECK(context.views != nullptr, "a decision needs its batch's views");
  return *static_cast<const DecisionViews*>(context.views);
}

}  // namespace ars::actors
