#include "runtime/event_sourced/agent_host.hpp"

#include "events/base/prng.hpp"
#include "events/codec/view.hpp"

#include <algorithm>

namespace ars::runtime {
namespace {

struct StoredRow {
  AgentId agent;
  std::string name;
  std::uint64_t agg_seq = 0;
  Bytes32 last_hash{};
  std::vector<std::uint8_t> state;
  Bytes32 state_hash{};
  BatchNumber batch;
  static constexpr auto fields = std::tuple{events::field(0, "agent", &StoredRow::agent),
                                            events::field(1, "name", &StoredRow::name),
                                            events::field(2, "agg_seq", &StoredRow::agg_seq),
                                            events::field(3, "last_hash", &StoredRow::last_hash),
                                            events::field(4, "state", &StoredRow::state),
                                            events::field(5, "state_hash", &StoredRow::state_hash),
                                            events::field(6, "batch", &StoredRow::batch)};
};

std::uint64_t random_key_of(Seed seed, const AgentId& agent) {
  Sha256 hasher;
  hasher.update_u64(seed.value()).update(agent.value());
  const auto digest = hasher.digest();
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i)
    key = (key << 8) | digest[i];
  return key;
}

}  // namespace

Result<void> guarded(const std::function<void()>& run) {
  const StepGuard guard;
  try {
    run();
  } catch (const StepFailure& failure) {
    return fail(Errc::invalid, failure.message);
  }
  return success();
}

std::vector<std::uint8_t> encode_row(const AgentRow& row) {
  return events::to_bytes(StoredRow{row.agent, row.name, row.agg_seq.value(), row.last_hash,
                                    row.state, row.state_hash, row.batch});
}

Result<AgentRow> decode_row(ByteSpan bytes) {
  ARS_TRY(auto stored, events::from_bytes<StoredRow>(bytes));
  return AgentRow{stored.agent,
                  stored.name,
                  Sequence(stored.agg_seq),
                  stored.last_hash,
                  std::move(stored.state),
                  stored.state_hash,
                  stored.batch};
}

AgentHost::AgentHost(HostIdentity identity, AgentKind kind, events::AgentEntry entry)
    : identity_(identity), kind_(std::move(kind)), entry_(std::move(entry)) {}

Result<void> AgentHost::restore(const AgentRow& row) {
  auto& agent = create(row.agent, row.name);
  agent.agg_seq = row.agg_seq;
  agent.last_hash = row.last_hash;
  return agent.behaviour->decode_state(row.state);
}

bool AgentHost::emitted(const events::Event& event) const {
  return event.header.agg_seq.value() != 0 && agents_.contains(event.header.agent_id);
}

bool AgentHost::concerns(const events::Event& event) {
  if (emitted(event)) return false;
  return kind_.entity_key == nullptr || !entity_of(event).first.empty();
}

std::string AgentHost::name_of(const std::string& key) const {
  return key.empty() ? entry_.agent : entry_.agent + "/" + key;
}

AgentHost::Entities::value_type& AgentHost::entity_of(const events::Event& event) {
  const auto& id = event.header.event_id;
  if (newest_entity_ == nullptr || newest_ != id || id == EventId{}) {
    auto key = kind_.entity_key == nullptr ? std::string() : kind_.entity_key(event);
    auto found = entities_.find(key);
    if (found == entities_.end()) {
      const auto minted = events::mint_agent_id(identity_.cluster, name_of(key),
                                                identity_.partition, identity_.partitions);
      found = entities_.emplace(std::move(key), Entity{minted, nullptr}).first;
    }
    newest_ = id;
    newest_entity_ = &*found;
  }
  auto& entity = newest_entity_->second;
  if (entity.agent == nullptr) {
    if (const auto known = agents_.find(entity.id); known != agents_.end())
      entity.agent = &known->second;
  }
  return *newest_entity_;
}

AgentHost::Agent& AgentHost::create(const AgentId& id, const std::string& name) {
  auto& agent = agents_[id];
  agent.name = name;
  agent.random_key = random_key_of(identity_.seed, id);
  agent.behaviour = kind_.make(entry_);
  return agent;
}

AgentHost::Agent& AgentHost::find(const events::Event& event) {
  auto& [key, entity] = entity_of(event);
  if (entity.agent == nullptr) entity.agent = &create(entity.id, name_of(key));
  if (!entity.agent->touched) {
    entity.agent->touched = true;
    touched_.push_back(entity.id);
  }
  return *entity.agent;
}

std::pair<AgentId, Sequence> AgentHost::addressee(const events::Event& input) {
  const auto& entity = entity_of(input).second;
  return {entity.id, entity.agent == nullptr ? Sequence(1) : entity.agent->agg_seq.next()};
}

Result<Decision> AgentHost::decide(const events::Event& input, const void* views) {
  const StepGuard guard;
  try {
    auto& agent = find(input);
    return agent.behaviour->decide(input, {views, agent.random_key, agent.agg_seq.next()});
  } catch (const StepFailure& failure) {
    return fail(Errc::invalid, failure.message);
  }
}

StepResult AgentHost::step(const events::Event& input, const void* views) {
  StepResult out;
  if (!concerns(input)) return out;
  const StepGuard guard;
  try {
    auto& agent = find(input);
    const auto id = entity_of(input).second.id;
    auto decision = agent.behaviour->decide(input, {views, agent.random_key, agent.agg_seq.next()});
    agent.behaviour->evolve(input);
    for (auto& payload : decision.facts) {
      auto fact = std::make_shared<events::Event>();
      auto& header = fact->header;
      agent.agg_seq = agent.agg_seq.next();
      header.agent_id = id;
      header.agg_seq = agent.agg_seq;
      header.event_id =
          events::make_event_id(input.header.log_time_ns, id, agent.agg_seq, input.header.event_id);
      header.correlation_id = input.header.correlation_id;
      header.causation_id = input.header.event_id;
      header.trace_id = input.header.trace_id;
      header.span_id = events::make_span_id(header.event_id);
      header.type_id = events::type_id_of(payload);
      fact->payload = std::move(payload);
      agent.behaviour->evolve(*fact);
      out.facts.push_back(std::move(fact));
    }
    out.questions = std::move(decision.questions);
  } catch (const StepFailure& failure) {
    out.failed = true;
    out.failure = failure.message;
  }
  return out;
}

Result<void> AgentHost::apply(const events::Event& input,
                              std::span<const events::Event* const> own_facts) {
  const StepGuard guard;
  try {
    auto& agent = find(input);
    agent.behaviour->evolve(input);
    for (const auto* fact : own_facts) {
      ARS_CHECK(fact->header.agg_seq == agent.agg_seq.next(), "{}: sequence {} after {}",
                agent.name, fact->header.agg_seq.value(), agent.agg_seq.value());
      agent.agg_seq = fact->header.agg_seq;
      agent.behaviour->evolve(*fact);
    }
  } catch (const StepFailure& failure) {
    return fail(Errc::corrupt, failure.message);
  }
  return success();
}

void AgentHost::sealed(const AgentId& agent, const Bytes32& event_hash) {
  agents_.at(agent).last_hash = event_hash;
}

Bytes32 AgentHost::last_hash(const AgentId& agent) const { return agents_.at(agent).last_hash; }

AgentRow AgentHost::row_of(const AgentId& id, const Agent& agent) const {
  return {id, agent.name,    agent.agg_seq, agent.last_hash, agent.behaviour->encode_state(),
          {}, BatchNumber(0)};
}

std::vector<AgentRow> AgentHost::drain() {
  std::vector<AgentRow> rows;
  rows.reserve(touched_.size());
  std::sort(touched_.begin(), touched_.end());
  for (const auto& id : touched_) {
    auto& agent = agents_.at(id);
    agent.touched = false;
    rows.push_back(row_of(id, agent));
  }
  touched_.clear();
  return rows;
}

std::vector<std::pair<AgentId, Bytes32>> AgentHost::state_hashes() const {
  std::vector<std::pair<AgentId, Bytes32>> out;
  out.reserve(agents_.size());
  for (const auto& [id, agent] : agents_) {
    out.emplace_back(id, agent.behaviour->state_hash(id, agent.agg_seq));
  }
  return out;
}

std::vector<AgentRow> AgentHost::snapshot(bool with_hash) const {
  std::vector<AgentRow> rows;
  for (const auto& [id, agent] : agents_) {
    rows.push_back(row_of(id, agent));
    if (with_hash) rows.back().state_hash = agent.behaviour->state_hash(id, agent.agg_seq);
  }
  return rows;
}

}  // namespace ars::runtime
