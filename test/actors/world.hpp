// What tests of agents need around a pure state: views over an invented catalogue, a deployment,
// and a step as the shell takes it - decide, then evolve the input, then the own facts. Owned by
// one test.
#pragma once

#include "actors/decision_views.hpp"
#include "actors/evolution/autotrain/ranker_space.hpp"
#include "events/event.hpp"
#include "model/features/feature_plan.hpp"
#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

namespace ars::actors::world {

using events::Payload;

inline RequestId request_id(std::uint16_t number) {
  Bytes16 bytes{};
  bytes[0] = static_cast<std::uint8_t>(number & 255u);
  bytes[1] = static_cast<std::uint8_t>(number >> 8);
  bytes[15] = 1;  // none of these is sampled for its matrix
  return RequestId(bytes);
}

inline Bytes32 hash_of(std::uint8_t number) {
  Bytes32 out{};
  out[0] = number;
  return out;
}

inline events::Event event_of(Payload payload) {
  events::Event out;
  out.header.type_id = events::type_id_of(payload);
  out.payload = std::move(payload);
  return out;
}

// A plan that passes the gate's static checks; untrained.
inline events::ServingPlan plan_of(std::uint64_t version) {
  events::ServingPlan out;
  out.version = version;
  out.parent = version - 1;
  out.label = "plan " + std::to_string(version);
  out.recalls = {{"popularity", 20, 1, 0}, {"content", 20, 1, 0}};
  out.fusion_k = 60;
  out.ranker = ranker_at(default_ranker_point(), model::default_feature_plan());
  out.rerank.mmr_lambda = 1;
  return out;
}

inline events::ServingPlan trained(events::ServingPlan plan, std::uint8_t weights) {
  plan.ranker.weights = hash_of(weights);
  return plan;
}

// Champion 1; change `deployment` freely between two steps.
struct World {
  model::ViewSet sets;
  Deployment deployment;
  std::uint64_t random_key = 11;
  std::uint64_t sequence = 1;

  explicit World(std::uint32_t items = 40, std::uint32_t interactions = 400) {
    auto folds = model::sample::busy_folds(items, interactions);
    sets = folds.publish();
    deployment.plans = {plan_of(1)};
    deployment.champion = 1;
    deployment.seed = 5;
  }

  template <class State>
  runtime::Decision decide(const State& state, Payload input) const {
    const DecisionViews views{
        sets, std::make_shared<const Deployment>(deployment), {"catalogue@1"}};
    return state.decide(event_of(std::move(input)), {&views, random_key, Sequence(sequence)});
  }
  template <class State>
  runtime::Decision step(State& state, const Payload& input) {
    auto out = decide(state, input);
    state.evolve(event_of(input));
    for (const auto& fact : out.facts)
      state.evolve(event_of(fact));
    sequence += out.facts.size();
    return out;
  }
};

template <class State>
void tell(State& state, const std::vector<Payload>& events) {
  for (const auto& each : events)
    state.evolve(event_of(each));
}

template <class Fact>
std::vector<Fact> all(const runtime::Decision& decision) {
  std::vector<Fact> out;
  for (const auto& fact : decision.facts) {
    if (const auto* found = std::get_if<Fact>(&fact)) out.push_back(*found);
  }
  return out;
}

// The one fact of this type.
template <class Fact>
Fact only(const runtime::Decision& decision) {
  const auto found = all<Fact>(decision);
  BOOST_REQUIRE_EQUAL(found.size(), 1u);
  return found.front();
}

inline bool says_nothing(const runtime::Decision& decision) {
  return decision.facts.empty() && decision.questions.empty();
}

inline events::RequestRouted routed(std::uint8_t request, std::uint32_t user = 3,
                                    std::uint64_t plan = 1) {
  auto out = model::sample::request_of(user, {}, request);
  out.request = request_id(request);
  out.plan = plan;
  return out;
}

inline std::vector<ItemIndex> item_range(std::uint32_t begin, std::uint32_t end) {
  std::vector<ItemIndex> out;
  for (auto i = begin; i < end; ++i)
    out.emplace_back(i);
  return out;
}

inline events::CandidatesRecalled recalled(std::uint8_t request, std::string source,
                                           std::vector<ItemIndex> items) {
  events::CandidatesRecalled out;
  out.request = request_id(request);
  out.source = std::move(source);
  for (std::size_t i = 0; i < items.size(); ++i)
    out.scores.push_back(1 / static_cast<float>(i + 1));
  out.items = std::move(items);
  return out;
}

// Items 0..n-1 in falling order.
inline events::CandidatesFused fused(std::uint8_t request, std::uint32_t n,
                                     std::uint64_t plan = 1) {
  events::CandidatesFused out;
  out.request = request_id(request);
  out.plan = plan;
  out.items = item_range(0, n);
  for (std::uint32_t i = 0; i < n; ++i) {
    out.scores.push_back(1 / static_cast<float>(i + 1));
    out.sources.push_back(1 + i % 3);
  }
  return out;
}

inline events::CandidatesRanked ranked(std::uint8_t request, std::uint32_t n,
                                       std::uint64_t plan = 1) {
  const auto from = fused(request, n, plan);
  events::CandidatesRanked out;
  out.request = from.request;
  out.plan = plan;
  out.items = from.items;
  out.scores = from.scores;
  out.sources = from.sources;
  return out;
}

inline events::EvolutionConfigured bounds() {
  events::EvolutionConfigured out;
  out.enabled = true;
  out.seed = 5;
  out.first_training_after = 100;
  out.checkpoint_every = 50;
  out.rows_max = 1000;
  out.seeds = 3;
  out.canary_share = 0.5;
  out.alpha = 0.05;
  out.canary_requests_max = 2000;
  out.canary_clusters_min = 10;
  out.guardrail_margin = 0.05;
  out.metric = "clicks";
  out.guardrail = "satisfaction";
  out.latency_budget_ms = 20;
  return out;
}

inline events::BatchFormed batch_at(std::uint64_t interactions) {
  events::BatchFormed out;
  out.interactions = interactions;
  return out;
}

// A change of the champion, as an evolution agent proposes it; untrained.
inline events::VariantProposed proposed(std::uint64_t variant, const events::ServingPlan& base,
                                        events::ChangeKind kind = events::ChangeKind::parameters) {
  events::VariantProposed out;
  out.variant = variant;
  out.proposer = "autotrain";
  out.kind = kind;
  out.summary = "change " + std::to_string(variant);
  out.base_plan = base.version;
  out.plan = base;
  out.plan.version = plan_version_of(variant);
  out.plan.parent = base.version;
  out.plan.fusion_k = base.fusion_k + static_cast<double>(variant);
  out.prediction = {"clicks", 0.02, 0.03, 0.7, "the sequential test says no"};
  out.trained_model = true;
  return out;
}

}  // namespace ars::actors::world
