// The agents of one composition entry: a singleton, or one entity per key. Loads them from their
// stored rows, runs steps, and tells which rows changed. No CAF, no I/O: the shell actor owns one
// while serving, fold and reexec own one each; so replay equals live by construction.
#pragma once

#include "runtime/event_sourced/behaviour.hpp"

#include <functional>
#include <map>
#include <span>
#include <string_view>

namespace ars::runtime {

// One agent as stored in family "st".
struct AgentRow {
  AgentId agent;
  std::string name;
  Sequence agg_seq;
  Bytes32 last_hash{};  // event hash of its newest fact
  std::vector<std::uint8_t> state;
  Bytes32 state_hash{};  // of a snapshot; else zero
  BatchNumber batch;     // that wrote it
};
std::vector<std::uint8_t> encode_row(const AgentRow& row);
Result<AgentRow> decode_row(ByteSpan bytes);

// Whether an agent of this name belongs to this composition entry: it is the entry's own, or one of
// its entities.
inline bool is_agent_of(std::string_view name, std::string_view entry) {
  return name == entry || (name.starts_with(entry) && name[entry.size()] == '/');
}

struct StepResult {
  bool failed = false;
  std::string failure;
  std::vector<std::shared_ptr<events::Event>> facts;  // header: ids, sequence, causation, type
  std::vector<Question> questions;
};

// Runs something that may fail a check, as a step may. Errc::invalid: it did, and the context says
// where.
Result<void> guarded(const std::function<void()>& run);

// Names an agent within its cluster; what ids and random keys derive from.
struct HostIdentity {
  ClusterId cluster;
  std::uint16_t partition = 0;
  std::uint16_t partitions = 1;
  Seed seed;
};

class AgentHost {
 public:
  AgentHost(HostIdentity identity, AgentKind kind, events::AgentEntry entry);

  // Puts back an agent as it was stored. Errc::corrupt.
  Result<void> restore(const AgentRow& row);
  // Whether an event concerns an agent of this host. What this host's agents emitted does not: an
  // agent's own facts are evolved in the step that made them and never come back as inputs.
  bool concerns(const events::Event& event);
  bool emitted(const events::Event& event) const;

  // One step: facts = decide(state, input), evolve(input), evolve(own facts). On a failed check the
  // result says so, and the host must be discarded and built anew from the stored rows.
  StepResult step(const events::Event& input, const void* views);
  // Fold: evolve(input) and then the recorded facts, without deciding. Errc::corrupt: the record
  // cannot be what this build wrote; the host must be discarded.
  Result<void> apply(const events::Event& input, std::span<const events::Event* const> own_facts);
  // Reexec: what the agent would decide now. The state does not change. Errc::invalid: a check
  // failed.
  Result<Decision> decide(const events::Event& input, const void* views);
  // The agent that would take this event: id, and the sequence of its next fact.
  std::pair<AgentId, Sequence> addressee(const events::Event& input);

  // After sealing: the hash of an agent's newest fact, for its row.
  void sealed(const AgentId& agent, const Bytes32& event_hash);
  Bytes32 last_hash(const AgentId& agent) const;
  // Rows of agents touched since the last call, in id order.
  std::vector<AgentRow> drain();
  // All rows in id order with their hashes computed now.
  std::vector<std::pair<AgentId, Bytes32>> state_hashes() const;
  std::vector<AgentRow> snapshot(bool with_hash) const;

  const events::AgentEntry& entry() const { return entry_; }
  std::size_t size() const { return agents_.size(); }

 private:
  struct Agent {
    std::string name;
    Sequence agg_seq;
    Bytes32 last_hash{};
    std::uint64_t random_key = 0;
    bool touched = false;  // since the last drain
    std::unique_ptr<AgentBehaviour> behaviour;
  };
  struct Entity {
    AgentId id;  // minting hashes, so it is remembered
    Agent* agent = nullptr;
  };
  using Entities = std::map<std::string, Entity>;  // by entity key
  Agent& find(const events::Event& event);
  Agent& create(const AgentId& id, const std::string& name);
  std::string name_of(const std::string& key) const;
  Entities::value_type& entity_of(const events::Event& event);
  AgentRow row_of(const AgentId& id, const Agent& agent) const;

  HostIdentity identity_;
  AgentKind kind_;
  events::AgentEntry entry_;
  std::map<AgentId, Agent> agents_;
  Entities entities_;
  // An event is asked about several times in a row: whose it is, is worked out once.
  EventId newest_;
  Entities::value_type* newest_entity_ = nullptr;
  std::vector<AgentId> touched_;
};

}  // namespace ars::runtime
