#include "actors/registry.hpp"

#include "actors/decision/experiment/experiment_state.hpp"
#include "actors/decision/fusion/fusion_state.hpp"
#include "actors/decision/ranking/ranking_state.hpp"
#include "actors/decision/recall/recall_state.hpp"
#include "actors/decision/recall/sources/catalog.hpp"
#include "actors/decision/rerank/rerank_state.hpp"
#include "actors/decision/traffic/traffic_state.hpp"
#include "actors/entity_key.hpp"
#include "actors/evolution/autofeature/autofeature_state.hpp"
#include "actors/evolution/autoperf/autoperf_state.hpp"
#include "actors/evolution/autotrain/autotrain_state.hpp"
#include "actors/infrastructure/coordinator/coordinator_state.hpp"
#include "actors/infrastructure/feedback_join/feedback_join_state.hpp"
#include "actors/infrastructure/knowledge/knowledge_state.hpp"
#include "actors/infrastructure/knowledge/view_keeper.hpp"
#include "runtime/event_sourced/state_behaviour.hpp"

#include <set>

namespace ars::actors {
namespace {

using namespace events;  // the specs below are lists of events

template <class State>
std::unique_ptr<runtime::AgentBehaviour> make(const AgentEntry&) {
  return std::make_unique<runtime::Behaviour<State>>();
}
std::unique_ptr<runtime::AgentBehaviour> make_recall(const AgentEntry& entry) {
  RecallState state;
  state.source = entry.source;
  return std::make_unique<runtime::Behaviour<RecallState>>(std::move(state));
}

Registration traffic() {
  return {{"traffic", &user_key, &make<TrafficState>},
          {"traffic",
           Layer::decision,
           "freezes the user's features, chooses segment, arm and plan",
           types<RequestReceived, FeedbackReceived, RatingReceived, LoggedActionReceived>(),
           types<RequestRouted, InteractionRecorded>(),
           types<RewardAssigned>(),
           "outer reward of the segment",
           "RewardAssigned by segment, from the log alone",
           {{"light_user_interactions", 1, 1000, 20, "where a light user becomes a heavy one"}}}};
}
Registration recall() {
  return {{"recall", nullptr, &make_recall},
          {"recall",
           Layer::decision,
           "proposes candidates from one source",
           types<RequestRouted>(),
           types<CandidatesRecalled>(),
           types<RewardAssigned>(),
           "difference reward of its own candidates",
           "BaselineScored counterfactual without it",
           {{"quota", 10, 1000, 100, "candidates a request"},
            {"weight", 0.05, 20, 1, "in fusion"},
            {"half_life_s", 0, 1e9, 0, "of what it counts"}}}};
}
Registration fusion() {
  return {{"fusion", nullptr, &make<FusionState>},
          {"fusion",
           Layer::decision,
           "joins the recalls' lists by reciprocal rank",
           types<RequestRouted, CandidatesRecalled>(),
           types<CandidatesFused>(),
           types<RewardAssigned>(),
           "NDCG of the fused order",
           "BaselineScored in fused order",
           {{"fusion_k", 1, 1000, 60, "constant of reciprocal rank"}}}};
}
Registration ranking() {
  return {{"ranking", nullptr, &make<RankingState>},
          {"ranking",
           Layer::decision,
           "orders candidates by a model's score",
           types<RequestRouted, CandidatesFused, Scored, StageTimedOut, EvaluationRequested>(),
           types<CandidatesRanked, ItemEvaluated>(),
           types<RewardAssigned>(),
           "log likelihood and AUC on held-out rows",
           "the trainer process, from rows alone",
           {{"learning_rate", 0.001, 0.05, 0.01, "of the trainer"},
            {"dim", 4, 16, 8, "of embeddings"},
            {"epochs", 1, 3, 1, "of the trainer"}}}};
}
Registration rerank() {
  return {{"rerank", nullptr, &make<RerankState>},
          {"rerank",
           Layer::decision,
           "answers: diversity, caps, freshness, exploration slots",
           types<RequestRouted, CandidatesRanked, LoggedActionReceived>(),
           types<SlateServed, LoggedActionWeighed>(),
           types<RewardAssigned>(),
           "difference reward against the ranked order",
           "BaselineScored counterfactual without it",
           {{"mmr_lambda", 0, 1, 0.9, "1: relevance alone"},
            {"category_cap", 0, 50, 0, "0: none"},
            {"explore_share", 0, 0.5, 0.1, "of an exploration slot"}}}};
}
Registration experiment() {
  return {{"experiment", nullptr, &make<ExperimentState>},
          {"experiment",
           Layer::decision,
           "answers beside the system: frozen, shadow, counterfactual",
           types<RequestRouted, CandidatesRecalled, CandidatesFused, CandidatesRanked, Scored,
                 StageTimedOut, InteractionRecorded>(),
           types<BaselineScored>(),
           types<RewardAssigned>(),
           "time to a right decision",
           "Monte-Carlo coverage of the sequential test",
           {{"share", 0, 0.5, 0.2, "of requests in a canary"}}}};
}
Registration feedback_join() {
  Registration out{{"feedback_join", &user_key, &make<FeedbackJoinState>}, {}, false};
  out.spec.kind = "feedback_join";
  out.spec.says = "joins outcomes to exposures; a component, it decides nothing";
  out.spec.reads = types<SlateServed, BaselineScored, FeedbackReceived, RatingReceived,
                         DelayedRewardReceived, LoggedActionReceived>();
  out.spec.emits = types<RewardAssigned, InputQuarantined>();
  return out;
}
Registration coordinator() {
  return {{"coordinator", nullptr, &make<CoordinatorState>},
          {"coordinator",
           Layer::infrastructure,
           "chooses the loop to feed, runs the gate's stages",
           types<EvolutionConfigured, BatchFormed, VariantProposed, TrainingFinished, CanaryLooked,
                 VariantPromoted, VariantRolledBack, VariantRejected, NegativeCaseRecorded,
                 CreditAssigned>(),
           types<StepChosen, TaskGraphStarted, TaskNodeChanged, VariantProposed, VariantChecked,
                 NoiseFloorMeasured, EvidenceMeasured, OffPolicyChecked, VariantRejected>(),
           types<VariantPromoted, VariantRolledBack, VariantRejected>(),
           "credited outer gain a step",
           "the allocator on recorded outcomes",
           {{"exploration", 0, 0.25, 0.05, "floor of each loop's probability"}}}};
}
Registration autotrain() {
  return {{"autotrain", nullptr, &make<AutoTrainState>},
          {"autotrain",
           Layer::evolution,
           "searches rankers and asks for paired trainings",
           types<EvolutionConfigured, BatchFormed, StepChosen, VariantProposed, VariantChecked,
                 TrainingFinished, EvidenceMeasured, VariantRejected>(),
           types<StudyStarted, TrialSuggested, TrialCompleted, VariantProposed, TrainingRequested,
                 PlanProposed>(),
           types<EvidenceMeasured>(),
           "best held-out log likelihood of the study",
           "the trainer process, from rows alone",
           {{"learning_rate", 0.001, 0.05, 0.01, "log scale"},
            {"weight_decay", 1e-7, 1e-3, 1e-6, "log scale"}}}};
}
Registration autofeature() {
  return {{"autofeature", nullptr, &make<AutoFeatureState>},
          {"autofeature",
           Layer::evolution,
           "adds or retires a feature on measured marginal gain",
           types<EvolutionConfigured, BatchFormed, StepChosen, TrainingFinished, VariantProposed,
                 EvidenceMeasured>(),
           types<VariantProposed, FeatureMeasured>(),
           types<EvidenceMeasured>(),
           "marginal gain of the features in the plan",
           "paired trainings with and without",
           {{"features", 1, 256, 12, "in the plan"}}}};
}
Registration autoperf() {
  return {
      {"autoperf", nullptr, &make<AutoPerfState>},
      {"autoperf",
       Layer::evolution,
       "moves traffic: canary, promotion, rollback, window",
       types<EvolutionConfigured, BatchFormed, PlanProposed, StepChosen, VariantProposed,
             VariantChecked, TrainingFinished, OffPolicyChecked, RewardAssigned, VariantRejected>(),
       types<PlanPromoted, PlanFrozen, PlanProposed, CanaryStarted, CanaryLooked, GuardrailCrossed,
             VariantPromoted, VariantRolledBack, VariantRejected, EvidenceMeasured,
             ServingSettingChanged>(),
       types<RewardAssigned>(),
       "regret of canaries",
       "the sequential test on recorded rewards",
       {{"canary_share", 0.001, 0.9, 0.2, "of requests, under the latency limit"},
        {"micro_batch_window_us", 0, 4000, 1000, "under the latency limit"}}}};
}
Registration knowledge() {
  return {
      {"knowledge", nullptr, &make<KnowledgeState>},
      {"knowledge",
       Layer::infrastructure,
       "credit, forecasts' scores, failed ideas",
       types<EvolutionConfigured, BatchFormed, RewardAssigned, VariantProposed, EvidenceMeasured,
             CanaryLooked, VariantRejected, VariantRolledBack, VariantPromoted>(),
       types<CreditAssigned, PredictionScored, NegativeCaseRecorded>(),
       types<RewardAssigned>(),
       "standard error of credit",
       "credit recomputed from RewardAssigned",
       {{"credit_window", 100, 100000, 1000, "requests"}}}};
}

AgentEntry entry_of(const Registration& registration, std::string agent, std::string source) {
  return {std::move(agent), registration.kind.name, std::move(source), registration.spec.reads};
}

}  // namespace

const std::vector<Registration>& registrations() {
  static const std::vector<Registration> all = [] {
    std::vector<Registration> out = {traffic(),   recall(),      fusion(),        ranking(),
                                     rerank(),    experiment(),  feedback_join(), coordinator(),
                                     autotrain(), autofeature(), autoperf(),      knowledge()};
    for (const auto& each : out) {
      if (!each.agent) continue;
      const auto checked = check_spec(each.spec);
      ARS_CHECK(checked.has_value(), "{}", checked.error().context);
    }
    return out;
  }();
  return all;
}

const runtime::KindRegistry& kinds() {
  static const runtime::KindRegistry registry = [] {
    runtime::KindRegistry out;
    for (const auto& each : registrations())
      out.emplace(each.kind.name, each.kind);
    return out;
  }();
  return registry;
}

std::unique_ptr<runtime::ViewKeeper> make_view_keeper() { return std::make_unique<Keeper>(); }

Composition composition_for(const Deployment& deployment) {
  std::set<std::string> wanted;
  for (const auto& plan : deployment.plans) {
    for (const auto& setting : plan.recalls)
      wanted.insert(setting.source);
  }
  Composition out;
  for (const auto& registration : registrations()) {
    if (registration.kind.name != "recall") {
      out.agents.push_back(entry_of(registration, registration.kind.name, ""));
      continue;
    }
    for (const auto& source : recall_sources) {
      const std::string name(source.name);
      if (wanted.contains(name))
        out.agents.push_back(entry_of(registration, "recall." + name, name));
    }
  }
  return out;
}

}  // namespace ars::actors
