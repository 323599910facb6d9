#include "store/audit/named_blobs.hpp"

namespace ars::store {

void each_named(const events::Event& event,
                const std::function<void(const Bytes32& hash, Use use)>& visit) {
  const auto name = [&](const Bytes32& hash, Use use) {
    if (hash != Bytes32{}) visit(hash, use);
  };
  if (const auto* scored = event.as<events::Scored>()) {
    name(scored->weights, Use::decided_with);
  } else if (const auto* ranked = event.as<events::CandidatesRanked>()) {
    name(ranked->weights, Use::decided_with);
  } else if (const auto* finished = event.as<events::TrainingFinished>()) {
    for (const auto& arm : finished->arms)
      name(arm.weights, Use::mentioned);
  } else if (const auto* proposed = event.as<events::VariantProposed>()) {
    name(proposed->plan.ranker.weights, Use::mentioned);
  } else if (const auto* plan = event.as<events::PlanProposed>()) {
    name(plan->plan.ranker.weights, Use::mentioned);
  } else if (const auto* view = event.as<events::ViewPublished>()) {
    name(view->sha256, Use::mentioned);
  }
}

bool introduces_weights(std::uint32_t type_id) {
  return type_id == events::TrainingFinished::type_id ||
         type_id == events::VariantProposed::type_id || type_id == events::PlanProposed::type_id;
}

}  // namespace ars::store
