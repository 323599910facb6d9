#include "store/rocksdb/log_reader.hpp"

#include "events/base/check.hpp"
#include "store/rocksdb/covered_offsets.hpp"
#include "store/rocksdb/key_layout.hpp"

#include <fmt/format.h>
#include <rocksdb/db.h>

#include <cstring>

namespace ars::store {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t readahead_bytes = 1u << 20;
constexpr std::size_t chain_bytes = sizeof(Bytes32);

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& from) { return {from.data(), from.size()}; }
ByteSpan bytes(const rocksdb::Slice& from) { return as_bytes(view(from)); }

rocksdb::ColumnFamilyHandle& required(const Database& database, std::string_view family_name) {
  auto* handle = database.family(family_name);
  ARS_CHECK(handle != nullptr, "the database has no family {}", family_name);
  return *handle;
}

Bytes32 chain_of(const rocksdb::Slice& value) {
  Bytes32 out{};
  std::memcpy(out.data(), value.data(), out.size());
  return out;
}

// An iterator over [from, end) of a family; the bound must outlive it.
struct Range {
  Range(const Database& database, std::string_view family_name, std::string bound,
        LogReader::Run run)
      : end(std::move(bound)), end_slice(end) {
    rocksdb::ReadOptions options;
    if (!end.empty()) options.iterate_upper_bound = &end_slice;
    if (run == LogReader::Run::long_run) {
      options.readahead_size = readahead_bytes;
      options.fill_cache = false;
    }
    it.reset(database.db().NewIterator(options, &required(database, family_name)));
  }
  std::string end;
  rocksdb::Slice end_slice;
  std::unique_ptr<rocksdb::Iterator> it;
};

auto corrupt_at(const Pointer& at, std::string_view what) {
  return fail(Errc::corrupt, fmt::format("{}: {}", to_string(at), what));
}

}  // namespace

LogReader::LogReader(const Database& database, ClusterId cluster)
    : database_(database), cluster_(cluster) {}

Result<void> LogReader::scan(const Pointer& from, Run run, const VisitRecord& visit) const {
  Range range(database_, keys::log_family, keys::stream_end(from.stream), run);
  auto& it = *range.it;
  // The record before the first one gives the chain to check it against.
  auto expected = from;
  bool chain_known = from.offset.value() == 0;
  Bytes32 chain = chain_genesis(cluster_, from.stream);
  const Pointer start{from.stream, Offset(chain_known ? 0 : from.offset.value() - 1)};
  it.Seek(slice(keys::text(keys::pointer(start))));
  if (!chain_known && it.Valid() && keys::pointer_of(view(it.key())) == start &&
      it.value().size() >= chain_bytes) {
    chain = chain_of(it.value());
    chain_known = true;
    it.Next();
  }
  for (; it.Valid(); it.Next()) {
    const auto at = keys::pointer_of(view(it.key()));
    if (!at.has_value() || *at != expected) return corrupt_at(expected, "the record is missing");
    const auto value = it.value();
    if (value.size() < chain_bytes) return corrupt_at(*at, "the record has no chain");
    const auto stored = bytes(value).subspan(chain_bytes);
    const auto after = chain_of(value);
    if (chain_known && chain_next(chain, at->offset, events::event_hash(stored)) != after) {
      return corrupt_at(*at, "the chain does not hold");
    }
    chain = after;
    chain_known = true;
    if (!visit(*at, chain, stored)) return success();
    expected.offset = expected.offset.next();
  }
  if (!it.status().ok()) return corrupt_at(expected, it.status().ToString());
  return success();
}

Result<std::vector<Head>> LogReader::load_heads() const {
  std::vector<Head> out;
  Range range(database_, keys::log_family, {}, Run::brief);
  auto& it = *range.it;
  for (it.SeekToFirst(); it.Valid();) {
    const auto first = keys::pointer_of(view(it.key()));
    if (!first.has_value()) return fail(Errc::corrupt, "family log holds a key that is no pointer");
    const Pointer last{first->stream, Offset(~std::uint64_t{0})};
    it.SeekForPrev(slice(keys::text(keys::pointer(last))));
    if (!it.Valid()) break;
    const auto at = keys::pointer_of(view(it.key()));
    if (!at.has_value() || it.value().size() < chain_bytes) {
      return corrupt_at(*first, "the stream's last record cannot be read");
    }
    out.push_back({at->stream, at->offset.next(), chain_of(it.value())});
    it.Seek(keys::stream_end(first->stream));
  }
  if (!it.status().ok()) return outcome::failure(error_of(it.status(), "find the heads"));
  return out;
}

Result<Bytes32> LogReader::chain_at(const Pointer& at) const {
  ARS_TRY(const auto value, fetch(keys::log_family, keys::text(keys::pointer(at))));
  if (!value.has_value()) return fail(Errc::not_found, to_string(at) + " is not in the log");
  if (value->size() < chain_bytes) return corrupt_at(at, "the record has no chain");
  Bytes32 out{};
  std::memcpy(out.data(), value->data(), out.size());
  return out;
}

Result<AgentTail> LogReader::tail_of(const AgentId& agent) const {
  // A new agent is answered by the filter of its first fact.
  ARS_TRY(const auto first, fetch(keys::fact_family, keys::text(keys::fact(agent, Sequence(1)))));
  if (!first.has_value()) return AgentTail{};
  Range range(database_, keys::fact_family, {}, Run::brief);
  range.it->SeekForPrev(slice(keys::text(keys::fact(agent, Sequence(~std::uint64_t{0})))));
  if (!range.it->Valid()) return outcome::failure(error_of(range.it->status(), "find a fact"));
  const auto key = view(range.it->key());
  const auto at = keys::pointer_of(view(range.it->value()));
  if (key.size() != 24 || !at.has_value()) return fail(Errc::corrupt, "family agg: a bad row");
  ARS_TRY(const auto value, fetch(keys::log_family, view(range.it->value())));
  if (!value.has_value() || value->size() < chain_bytes) {
    return corrupt_at(*at, "a fact in the index is not in the log");
  }
  return AgentTail{Sequence(*keys::u64_of(key.substr(16))),
                   events::event_hash(ByteSpan(*value).subspan(chain_bytes))};
}

Result<std::optional<EventId>> LogReader::first_known(const std::vector<EventId>& ids) const {
  const auto count = ids.size();
  std::vector<rocksdb::Slice> wanted;
  wanted.reserve(count);
  for (const auto& id : ids) {
    wanted.emplace_back(reinterpret_cast<const char*>(id.value().data()), id.value().size());
  }
  std::vector<rocksdb::PinnableSlice> values(count);
  std::vector<rocksdb::Status> statuses(count);
  database_.db().MultiGet({}, &required(database_, keys::id_family), count, wanted.data(),
                          values.data(), statuses.data());
  for (std::size_t i = 0; i < count; ++i) {
    if (statuses[i].ok()) return std::optional<EventId>(ids[i]);
    if (!statuses[i].IsNotFound()) return outcome::failure(error_of(statuses[i], "look up an id"));
  }
  return std::optional<EventId>();
}

Result<std::optional<Bytes>> LogReader::fetch(std::string_view family_name,
                                              std::string_view key) const {
  auto* handle = database_.family(family_name);
  if (handle == nullptr) return std::optional<Bytes>();
  rocksdb::PinnableSlice value;
  const auto status = database_.db().Get({}, handle, slice(key), &value);
  if (status.IsNotFound()) return std::optional<Bytes>();
  if (!status.ok()) {
    return outcome::failure(error_of(status, fmt::format("read family {}", family_name)));
  }
  const auto found = bytes(value);
  return std::optional<Bytes>(Bytes(found.begin(), found.end()));
}

std::optional<Bytes> LogReader::get(std::string_view family_name, std::string_view key) const {
  auto value = fetch(family_name, key);
  if (value.has_value()) return std::move(value).assume_value();
  const std::scoped_lock lock(mutex_);
  if (!damage_.has_value()) damage_ = std::move(value).assume_error();
  return std::nullopt;
}

std::optional<Pointer> LogReader::pointer_at(std::string_view family_name,
                                             std::string_view key) const {
  const auto value = get(family_name, key);
  return value.has_value() ? keys::pointer_of(as_text(*value)) : std::nullopt;
}

std::optional<Pointer> LogReader::find(const EventId& id) const {
  return pointer_at(keys::id_family, keys::text(keys::id(id)));
}

std::optional<Pointer> LogReader::find(const AgentId& agent, Sequence sequence) const {
  return pointer_at(keys::fact_family, keys::text(keys::fact(agent, sequence)));
}

void LogReader::note(const rocksdb::Status& status, std::string_view family_name) const {
  if (status.ok()) return;
  const std::scoped_lock lock(mutex_);
  if (!damage_.has_value()) damage_ = error_of(status, fmt::format("read family {}", family_name));
}

std::vector<Pointer> LogReader::history(const AgentId& agent, Sequence from,
                                        std::size_t limit) const {
  std::vector<Pointer> out;
  const auto start = keys::fact(agent, from);
  Range range(database_, keys::fact_family, keys::prefix_end(keys::text(start).substr(0, 16)),
              Run::brief);
  auto& it = *range.it;
  for (it.Seek(slice(keys::text(start))); it.Valid() && out.size() < limit; it.Next()) {
    if (const auto at = keys::pointer_of(view(it.value()))) out.push_back(*at);
  }
  note(it.status(), keys::fact_family);
  return out;
}

std::vector<Pointer> LogReader::correlated(const CorrelationId& id, std::size_t limit) const {
  std::vector<Pointer> out;
  const auto prefix = std::string(as_text(id.value()));
  each(keys::correlation_family, prefix, [&](std::string_view key, ByteSpan) {
    if (out.size() >= limit) return false;
    if (const auto at = pointer_in_row(keys::correlation_family, key, {})) out.push_back(*at);
    return true;
  });
  return out;
}

std::vector<Pointer> LogReader::caused_by(const EventId& cause, std::size_t limit) const {
  std::vector<Pointer> out;
  const auto prefix = std::string(as_text(cause.value()));
  each(keys::cause_family, prefix, [&](std::string_view, ByteSpan value) {
    if (out.size() >= limit) return false;
    if (const auto at = keys::pointer_of(as_text(value))) out.push_back(*at);
    return true;
  });
  return out;
}

void LogReader::each(std::string_view family_name, std::string_view prefix,
                     const EventLog::Visit& visit) const {
  if (database_.family(family_name) == nullptr) return;
  Range range(database_, family_name, keys::prefix_end(prefix), Run::brief);
  auto& it = *range.it;
  for (it.Seek(slice(prefix)); it.Valid() && view(it.key()).starts_with(prefix); it.Next()) {
    if (!visit(view(it.key()), bytes(it.value()))) break;
  }
  note(it.status(), family_name);
}

Result<void> LogReader::health() const {
  const std::scoped_lock lock(mutex_);
  if (damage_.has_value()) return outcome::failure(*damage_);
  return success();
}

}  // namespace ars::store
