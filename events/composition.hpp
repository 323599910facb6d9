// What exists and how it is wired: serving plans, rewiring, agents that come and go. A serving plan
// is data: which recalls, which ranker with which features and weights, which policy. It is never
// edited; a change is a new version.
#pragma once

#include "events/codec/fields.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ars::events {

struct RecallSetting {
  std::string source;  // as in the catalogue of recall sources
  std::uint32_t quota = 0;
  double weight = 0;
  double half_life_s = 0;  // decay of what it counts; 0: none
  static constexpr auto fields = std::tuple{field(0, "source", &RecallSetting::source),
                                            field(1, "quota", &RecallSetting::quota),
                                            field(2, "weight", &RecallSetting::weight),
                                            field(3, "half_life_s", &RecallSetting::half_life_s)};
  friend bool operator==(const RecallSetting&, const RecallSetting&) = default;
};

struct RankerSetting {
  std::string architecture;  // canonical JSON program (model/ir)
  Bytes32 genome{};          // hash of the program
  Bytes32 weights{};         // hash of the trained weights; zero: untrained, fusion order stands
  std::uint64_t trained_until = 0;    // interactions that the training could see
  std::vector<std::string> features;  // names the program may read (model/features catalogue)
  double learning_rate = 0;
  double weight_decay = 0;
  std::uint32_t epochs = 0;
  std::vector<double> point;  // of the ranker's decision space that made it
  static constexpr auto fields =
      std::tuple{field(0, "architecture", &RankerSetting::architecture),
                 field(1, "genome", &RankerSetting::genome),
                 field(2, "weights", &RankerSetting::weights),
                 field(3, "trained_until", &RankerSetting::trained_until),
                 field(4, "features", &RankerSetting::features),
                 field(5, "learning_rate", &RankerSetting::learning_rate),
                 field(6, "weight_decay", &RankerSetting::weight_decay),
                 field(7, "epochs", &RankerSetting::epochs),
                 field(8, "point", &RankerSetting::point)};
  friend bool operator==(const RankerSetting&, const RankerSetting&) = default;
};

struct RerankSetting {
  double mmr_lambda = 0;           // 1: relevance alone
  std::uint16_t category_cap = 0;  // items of one first category in a slate; 0: none
  double freshness_weight = 0;
  double freshness_half_life_s = 0;
  double explore_share = 0;         // probability that an exploration slot explores
  std::uint16_t explore_slots = 0;  // the last slots of the slate that may explore
  static constexpr auto fields =
      std::tuple{field(0, "mmr_lambda", &RerankSetting::mmr_lambda),
                 field(1, "category_cap", &RerankSetting::category_cap),
                 field(2, "freshness_weight", &RerankSetting::freshness_weight),
                 field(3, "freshness_half_life_s", &RerankSetting::freshness_half_life_s),
                 field(4, "explore_share", &RerankSetting::explore_share),
                 field(5, "explore_slots", &RerankSetting::explore_slots)};
  friend bool operator==(const RerankSetting&, const RerankSetting&) = default;
};

// All that a request needs to be answered. Immutable; named by version.
struct ServingPlan {
  std::uint64_t version = 0;
  std::uint64_t parent = 0;
  std::string label;
  std::vector<RecallSetting> recalls;
  double fusion_k = 0;  // reciprocal rank constant
  RankerSetting ranker;
  RerankSetting rerank;
  static constexpr auto fields = std::tuple{
      field(0, "version", &ServingPlan::version),   field(1, "parent", &ServingPlan::parent),
      field(2, "label", &ServingPlan::label),       field(3, "recalls", &ServingPlan::recalls),
      field(4, "fusion_k", &ServingPlan::fusion_k), field(5, "ranker", &ServingPlan::ranker),
      field(6, "rerank", &ServingPlan::rerank)};
  friend bool operator==(const ServingPlan&, const ServingPlan&) = default;
};

// Fact of AutoPerf or the coordinator: a plan exists and may be referred to.
struct PlanProposed {
  std::uint64_t variant = 0;
  ServingPlan plan;
  static constexpr std::uint32_t type_id = 301;
  static constexpr std::string_view name = "ars.plan.proposed";
  static constexpr auto fields = std::tuple{field(0, "variant", &PlanProposed::variant),
                                            field(1, "plan", &PlanProposed::plan)};
  friend bool operator==(const PlanProposed&, const PlanProposed&) = default;
};

// Fact of AutoPerf: from the next batch on the champion is this plan.
struct PlanPromoted {
  std::uint64_t plan = 0;
  std::uint64_t replaced = 0;
  std::uint64_t variant = 0;
  std::string reason;
  static constexpr std::uint32_t type_id = 302;
  static constexpr std::string_view name = "ars.plan.promoted";
  static constexpr auto fields = std::tuple{
      field(0, "plan", &PlanPromoted::plan), field(1, "replaced", &PlanPromoted::replaced),
      field(2, "variant", &PlanPromoted::variant), field(3, "reason", &PlanPromoted::reason)};
  friend bool operator==(const PlanPromoted&, const PlanPromoted&) = default;
};

// Fact of AutoPerf: the plan that stands still as the twin to measure evolution against.
struct PlanFrozen {
  std::uint64_t plan = 0;
  std::uint64_t interactions = 0;
  static constexpr std::uint32_t type_id = 303;
  static constexpr std::string_view name = "ars.plan.frozen";
  static constexpr auto fields = std::tuple{field(0, "plan", &PlanFrozen::plan),
                                            field(1, "interactions", &PlanFrozen::interactions)};
  friend bool operator==(const PlanFrozen&, const PlanFrozen&) = default;
};

enum class RewireState : std::uint8_t {
  proposed = 0,
  validated = 1,
  barrier = 2,
  draining = 3,
  snapshotted = 4,
  spawned = 5,
  switched = 6,
  retired = 7,
  aborted = 8
};

// One agent in the composition, and what it subscribes to.
struct AgentEntry {
  std::string agent;  // its name, from which its id is minted
  std::string kind;
  std::string source;                // of a recall: which one
  std::vector<std::uint32_t> reads;  // event types
  static constexpr auto fields =
      std::tuple{field(0, "agent", &AgentEntry::agent), field(1, "kind", &AgentEntry::kind),
                 field(2, "source", &AgentEntry::source), field(3, "reads", &AgentEntry::reads)};
  friend bool operator==(const AgentEntry&, const AgentEntry&) = default;
};

// Control: the wiring from a version on. The route table is built from it.
struct Composition {
  std::uint64_t version = 0;
  std::vector<AgentEntry> agents;
  static constexpr auto fields = std::tuple{field(0, "version", &Composition::version),
                                            field(1, "agents", &Composition::agents)};
  friend bool operator==(const Composition&, const Composition&) = default;
};

// Control: a step of the rewiring protocol. A crash resumes from the last one.
struct RewireAdvanced {
  std::uint64_t from_version = 0;
  std::uint64_t to_version = 0;
  RewireState state;
  std::string reason;
  Composition composition;  // with proposed and switched
  std::uint64_t barrier_offset = 0;
  static constexpr std::uint32_t type_id = 304;
  static constexpr std::string_view name = "ars.rewire.advanced";
  static constexpr auto fields =
      std::tuple{field(0, "from_version", &RewireAdvanced::from_version),
                 field(1, "to_version", &RewireAdvanced::to_version),
                 field(2, "state", &RewireAdvanced::state),
                 field(3, "reason", &RewireAdvanced::reason),
                 field(4, "composition", &RewireAdvanced::composition),
                 field(5, "barrier_offset", &RewireAdvanced::barrier_offset)};
  friend bool operator==(const RewireAdvanced&, const RewireAdvanced&) = default;
};

// Fact: an agent came into being.
struct AgentSpawned {
  std::string agent;
  std::string kind;
  std::uint64_t composition = 0;
  static constexpr std::uint32_t type_id = 305;
  static constexpr std::string_view name = "ars.agent.spawned";
  static constexpr auto fields =
      std::tuple{field(0, "agent", &AgentSpawned::agent), field(1, "kind", &AgentSpawned::kind),
                 field(2, "composition", &AgentSpawned::composition)};
  friend bool operator==(const AgentSpawned&, const AgentSpawned&) = default;
};

// Fact: an agent left; its history stays.
struct AgentRetired {
  std::string agent;
  std::uint64_t composition = 0;
  std::string reason;
  static constexpr std::uint32_t type_id = 306;
  static constexpr std::string_view name = "ars.agent.retired";
  static constexpr auto fields = std::tuple{field(0, "agent", &AgentRetired::agent),
                                            field(1, "composition", &AgentRetired::composition),
                                            field(2, "reason", &AgentRetired::reason)};
  friend bool operator==(const AgentRetired&, const AgentRetired&) = default;
};

}  // namespace ars::events
