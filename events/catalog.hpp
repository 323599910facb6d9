// Every event on one page. A number never changes its meaning; a change of meaning is a new number,
// an added field is not. To add one: a struct with a field list in its subject's header, a line
// here, a golden file in test/events/golden. Variant, codec, JSON and the reference page follow.
#pragma once

#include "events/composition.hpp"
#include "events/control.hpp"
#include "events/deployment.hpp"
#include "events/evolution.hpp"
#include "events/feedback.hpp"
#include "events/knowledge.hpp"
#include "events/serving.hpp"
#include "events/slate.hpp"
#include "events/tasks.hpp"
#include "events/training.hpp"

#include <optional>
#include <variant>

namespace ars::events {

template <class... Ts>
struct Catalogue {
  using Variant = std::variant<Ts...>;
  static constexpr std::size_t size = sizeof...(Ts);
};

using Catalog = Catalogue<
    // serving: 101-199
    RequestReceived, RequestRouted, CandidatesRecalled, CandidatesFused, Scored, StageTimedOut,
    CandidatesRanked, SlateServed, BaselineScored, EvaluationRequested, ItemEvaluated,
    // feedback: 201-299
    ItemListed, FeedbackReceived, DelayedRewardReceived, RatingReceived, LoggedActionReceived,
    InputQuarantined, InteractionRecorded, RewardAssigned, LoggedActionWeighed,
    // composition: 301-399
    PlanProposed, PlanPromoted, PlanFrozen, RewireAdvanced, AgentSpawned, AgentRetired,
    // evolution: 401-499
    VariantProposed, VariantChecked, TrainingRequested, TrainingProgressed, TrainingRemedied,
    TrainingFinished, NoiseFloorMeasured, EvidenceMeasured, OffPolicyChecked, CanaryStarted,
    CanaryLooked, GuardrailCrossed, VariantRejected, VariantPromoted, VariantRolledBack,
    PredictionScored, NegativeCaseRecorded, StudyStarted, TrialSuggested, TrialCompleted,
    ServingSettingChanged, CreditAssigned, StepChosen, TaskGraphStarted, TaskNodeChanged,
    FeatureMeasured, EvolutionConfigured,
    // control: 501-599
    ClusterCreated, OwnerClaimed, EpochFence, BatchFormed, ViewPublished, SnapshotTaken,
    StepAborted, AgentSkipped, AgentQuarantined, HeadSigned, SourceFinished, BlobChunk>;

using Payload = Catalog::Variant;

// Schema version of an event type as this build writes it: 1 unless the struct says otherwise.
template <class T>
constexpr std::uint16_t schema_version() {
  if constexpr (requires { T::schema; }) {
    return T::schema;
  } else {
    return 1;
  }
}

struct TypeInfo {
  std::uint32_t type_id;
  std::uint16_t schema_version;
  std::string_view name;
};

// One row per catalogue line, in its order.
std::span<const TypeInfo> catalogue_types();
// Empty for a number that no line has.
std::optional<TypeInfo> type_info(std::uint32_t type_id);
// By event name ("ars.slate.served") or struct number as text.
std::optional<TypeInfo> type_info(std::string_view name);

}  // namespace ars::events
