// A serving plan as tests of the gate and of mutation need it. Value; any thread.
#pragma once

#include "events/composition.hpp"

namespace ars::test {

inline events::ServingPlan base_plan() {
  events::ServingPlan plan;
  plan.version = 7;
  plan.parent = 6;
  plan.label = "base";
  plan.recalls = {{"trending", 200, 1.0, 86'400}, {"covisitation", 200, 1.5, 0}};
  plan.fusion_k = 60;
  plan.ranker.architecture = R"({"nodes":[]})";
  plan.ranker.genome[0] = 1;
  plan.ranker.weights[0] = 1;
  plan.ranker.features = {"item_popularity", "user_mean_value"};
  plan.ranker.learning_rate = 0.01;
  plan.ranker.weight_decay = 1e-5;
  plan.ranker.epochs = 2;
  plan.rerank.mmr_lambda = 0.8;
  plan.rerank.explore_share = 0.1;
  plan.rerank.explore_slots = 1;
  return plan;
}

inline events::ServingPlan variant_plan() {
  auto plan = base_plan();
  plan.version = 8;
  plan.parent = 7;
  plan.recalls.push_back({"content", 100, 1.0, 0});
  return plan;
}

}  // namespace ars::test
