// From a job's paired arms to evidence: the noise floor from A/A runs of the base, the paired
// difference over seeds and users, and what the explored rows say. Pure; any thread.
#pragma once

#include "events/evolution.hpp"
#include "model/evolution/gate.hpp"

namespace ars::actors {

struct OfflineStage {
  events::NoiseFloorMeasured noise;
  events::EvidenceMeasured measured;
  events::OffPolicyChecked off_policy;
};

// REQUIRES: a finished job whose arms are pairs of base and variant, then noise runs.
OfflineStage offline_evidence(const events::TrainingFinished& finished,
                              const events::EvolutionConfigured& config);

// By the cost model of model/ir; zero for a program that does not parse.
model::PlanCost plan_cost(const events::ServingPlan& plan);

}  // namespace ars::actors
