#include "store/memory_log.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "store/commit_plan.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

namespace ars::store {

using Bytes = std::vector<std::uint8_t>;

struct MemoryLog::Impl : CommitOracle {
  explicit Impl(ClusterId id) : cluster(id), planner(id, {}) {}

  Result<AgentTail> tail_of(const AgentId& agent) const override {
    const auto after = facts.upper_bound({agent, ~std::uint64_t{0}});
    if (after == facts.begin() || std::prev(after)->first.first != agent) return AgentTail{};
    const auto& [key, at] = *std::prev(after);
    return AgentTail{Sequence(key.second), events::event_hash(stored_at(at))};
  }
  Result<std::optional<EventId>> first_known(const std::vector<EventId>& ids) const override {
    for (const auto& id : ids) {
      if (by_id.contains(id)) return std::optional<EventId>(id);
    }
    return std::optional<EventId>();
  }

  const Bytes& stored_at(const Pointer& at) const {
    return streams.at(at.stream)[narrow<std::size_t>(at.offset.value())].stored;
  }

  void add(const PlannedRecord& record, const Append& append) {
    const auto& [at, chain, header, causes, index] = record;
    streams[at.stream].push_back({at, chain, append.stored});
    if (append.standing == Standing::superseded) return;
    by_id.emplace(header.event_id, at);
    if (header.agg_seq.value() > 0) {
      facts.emplace(std::pair(header.agent_id, header.agg_seq.value()), at);
    }
    if (header.correlation_id != CorrelationId{}) {
      by_correlation.emplace(std::tuple(header.correlation_id, header.log_time_ns, at), at);
    }
    for (const auto& cause : causes)
      by_cause.emplace(std::pair(cause, header.event_id), at);
  }

  ClusterId cluster;
  CommitPlanner planner;
  bool open = true;
  std::map<Stream, std::vector<Record>> streams;
  std::map<EventId, Pointer> by_id;
  std::map<std::pair<AgentId, std::uint64_t>, Pointer> facts;
  std::map<std::tuple<CorrelationId, std::uint64_t, Pointer>, Pointer> by_correlation;
  std::map<std::pair<EventId, EventId>, Pointer> by_cause;
  std::map<std::string, std::map<std::string, Bytes, std::less<>>, std::less<>> families;
};

namespace {

template <class Map, class Key, class Same>
std::vector<Pointer> collect(const Map& map, const Key& from, std::size_t limit, Same same) {
  std::vector<Pointer> out;
  for (auto it = map.lower_bound(from); it != map.end() && out.size() < limit; ++it) {
    if (!same(it->first)) break;
    out.push_back(it->second);
  }
  return out;
}

}  // namespace

MemoryLog::MemoryLog(ClusterId cluster) : impl_(std::make_unique<Impl>(cluster)) {}
MemoryLog::~MemoryLog() = default;

Result<std::unique_ptr<EventLog>> MemoryLog::open(ClusterId cluster) {
  return std::unique_ptr<EventLog>(std::make_unique<MemoryLog>(cluster));
}

Result<std::vector<Pointer>> MemoryLog::commit(const Batch& batch, Durability) {
  ARS_CHECK(impl_->open, "the log is closed");
  ARS_TRY(const auto* planned, impl_->planner.plan(batch, *impl_));
  std::vector<Pointer> out;
  out.reserve(planned->size());
  for (const auto& record : *planned) {
    impl_->add(record, batch.appends[record.append]);
    out.push_back(record.at);
  }
  for (const auto& write : batch.writes) {
    auto& rows = impl_->families[write.family];
    if (write.value.has_value()) {
      rows[write.key] = *write.value;
    } else {
      rows.erase(write.key);
    }
  }
  impl_->planner.accept();
  return out;
}

Result<std::vector<Record>> MemoryLog::read(const Pointer& from, std::size_t max_records,
                                            std::size_t max_bytes) const {
  std::vector<Record> out;
  std::size_t bytes = 0;
  ARS_TRY(scan(from, [&](const Pointer& at, const Bytes32& chain, ByteSpan stored) {
    if (out.size() >= max_records || (!out.empty() && bytes + stored.size() > max_bytes)) {
      return false;
    }
    bytes += stored.size();
    out.push_back({at, chain, {stored.begin(), stored.end()}});
    return true;
  }));
  return out;
}

Result<void> MemoryLog::scan(
    const Pointer& from,
    const std::function<bool(const Pointer&, const Bytes32& chain, ByteSpan stored)>& visit) const {
  ARS_CHECK(impl_->open, "the log is closed");
  const auto found = impl_->streams.find(from.stream);
  if (found == impl_->streams.end()) return success();
  const auto& records = found->second;
  for (auto i = narrow<std::size_t>(from.offset.value()); i < records.size(); ++i) {
    const auto previous =
        i == 0 ? chain_genesis(impl_->cluster, from.stream) : records[i - 1].chain;
    const auto& record = records[i];
    if (chain_next(previous, record.at.offset, events::event_hash(record.stored)) != record.chain) {
      return fail(Errc::corrupt, fmt::format("{}: the chain does not hold", to_string(record.at)));
    }
    if (!visit(record.at, record.chain, record.stored)) break;
  }
  return success();
}

Head MemoryLog::head(const Stream& stream) const { return impl_->planner.head(stream); }
std::vector<Head> MemoryLog::heads() const { return impl_->planner.heads(); }

std::optional<Pointer> MemoryLog::find(const EventId& id) const {
  const auto found = impl_->by_id.find(id);
  return found == impl_->by_id.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Pointer> MemoryLog::find(const AgentId& agent, Sequence sequence) const {
  const auto found = impl_->facts.find({agent, sequence.value()});
  return found == impl_->facts.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Pointer> MemoryLog::history(const AgentId& agent, Sequence from,
                                        std::size_t limit) const {
  return collect(impl_->facts, std::pair(agent, from.value()), limit,
                 [&](const auto& key) { return key.first == agent; });
}

std::vector<Pointer> MemoryLog::correlated(const CorrelationId& id, std::size_t limit) const {
  const Pointer lowest{Stream{Topic{}, 0, 0}, Offset(0)};
  return collect(impl_->by_correlation, std::tuple(id, std::uint64_t{0}, lowest), limit,
                 [&](const auto& key) { return std::get<0>(key) == id; });
}

std::vector<Pointer> MemoryLog::caused_by(const EventId& cause, std::size_t limit) const {
  return collect(impl_->by_cause, std::pair(cause, EventId{}), limit,
                 [&](const auto& key) { return key.first == cause; });
}

std::optional<Bytes> MemoryLog::get(std::string_view family_name, std::string_view key) const {
  const auto family = impl_->families.find(family_name);
  if (family == impl_->families.end()) return std::nullopt;
  const auto found = family->second.find(key);
  return found == family->second.end() ? std::nullopt : std::optional(found->second);
}

void MemoryLog::each(std::string_view family_name, std::string_view prefix,
                     const Visit& visit) const {
  const auto family = impl_->families.find(family_name);
  if (family == impl_->families.end()) return;
  for (auto it = family->second.lower_bound(prefix); it != family->second.end(); ++it) {
    if (!std::string_view(it->first).starts_with(prefix)) return;
    if (!visit(it->first, it->second)) return;
  }
}

Result<void> MemoryLog::close() {
  ARS_CHECK(impl_->open, "the log is closed");
  impl_->open = false;
  return success();
}

}  // namespace ars::store
