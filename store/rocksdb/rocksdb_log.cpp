#include "store/rocksdb/rocksdb_log.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "store/commit_plan.hpp"
#include "store/limits.hpp"
#include "store/rocksdb/database.hpp"
#include "store/rocksdb/key_layout.hpp"
#include "store/rocksdb/log_directory.hpp"
#include "store/rocksdb/log_reader.hpp"
#include "store/rocksdb/seal_writer.hpp"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cstring>
#include <mutex>

namespace ars::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t protection_bytes = 8;
constexpr std::size_t batch_keep_bytes = 16u << 20;
constexpr std::size_t log_time_at = 48;  // of log_time_ns in an envelope

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
rocksdb::Slice slice(ByteSpan bytes) { return slice(as_text(bytes)); }

struct Families {
  explicit Families(const Database& database)
      : log(database.family(keys::log_family)), meta(database.family(family::meta)) {
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      indexes[i] = database.family(keys::index_families[i]);
    }
  }
  rocksdb::ColumnFamilyHandle* log;
  rocksdb::ColumnFamilyHandle* meta;
  std::array<rocksdb::ColumnFamilyHandle*, keys::index_families.size()> indexes{};
};

// What a log directory says of itself.
Result<ClusterId> read_identity(const LogReader& reader) {
  const auto format = reader.get(family::meta, keys::format);
  const auto cluster = reader.get(family::meta, keys::cluster);
  ARS_TRY(reader.health());
  const auto number = format ? keys::u32_of(as_text(*format)) : std::nullopt;
  if (!number) return fail(Errc::corrupt, "the database does not name its format");
  if (*number != log_format) {
    return fail(Errc::unsupported,
                fmt::format("log format {}: this build knows format {}", *number, log_format));
  }
  if (!cluster || cluster->size() != sizeof(Bytes16)) {
    return fail(Errc::corrupt, "the database does not name its cluster");
  }
  Bytes16 raw{};
  std::copy(cluster->begin(), cluster->end(), raw.begin());
  return ClusterId(raw);
}

// Every head known outside the database must be in it: an acknowledged tail never vanishes unseen.
Result<void> check_heads(const LogReader& reader, const std::vector<Head>& found,
                         const KnownHeads& known, const ClusterId& cluster) {
  if (known.file.cluster != cluster) {
    return fail(Errc::corrupt, fmt::format("the head file is of cluster {}, the database of {}",
                                           to_hex(known.file.cluster), to_hex(cluster)));
  }
  for (const auto& head : known.newest) {
    if (head.next.value() == 0) continue;
    const auto in_log = std::find_if(
        found.begin(), found.end(), [&](const Head& other) { return other.stream == head.stream; });
    const auto next = in_log == found.end() ? Offset(0) : in_log->next;
    if (next < head.next) {
      return fail(Errc::corrupt,
                  fmt::format("{}: the log ends here, its newest head stands at {}",
                              to_string(Pointer{head.stream, next}), head.next.value()));
    }
    const Pointer last{head.stream, Offset(head.next.value() - 1)};
    ARS_TRY(const auto chain, reader.chain_at(last));
    if (chain != head.chain) {
      return fail(Errc::corrupt, to_string(last) + ": the chain is not that of the signed head");
    }
  }
  return success();
}

Result<void> recheck_tails(const LogReader& reader, const std::vector<Head>& heads) {
  for (const auto& head : heads) {
    const auto next = head.next.value();
    const Offset from(next > limits::recheck_records ? next - limits::recheck_records : 0);
    ARS_TRY(reader.scan({head.stream, from}, LogReader::Run::brief,
                        [](const Pointer&, const Bytes32&, ByteSpan) { return true; }));
  }
  return success();
}

Result<SigningKey> load_key(const LogPaths& paths, const Bytes32& expected) {
  ARS_TRY(const auto text, read_file(paths.key));
  const auto seed = text ? bytes32_from_hex(std::string_view(*text).substr(0, 64)) : std::nullopt;
  if (!seed) return fail(Errc::corrupt, "no signing key in " + paths.key.string());
  auto key = SigningKey::from_seed(*seed);
  if (key.public_key() != expected) {
    return fail(Errc::corrupt, "the signing key is not the one that signed the heads");
  }
  return key;
}

}  // namespace

struct RocksDbLog::Impl {
  Impl(LogPaths where, std::unique_ptr<Database> base, const ClusterId& id, std::vector<Head> heads)
      : paths(std::move(where)),
        database(std::move(base)),
        cluster(id),
        reader(std::make_unique<LogReader>(*database, id)),
        families(*database),
        planner(id, std::move(heads)) {}

  void put_record(const PlannedRecord& record, const Append& append);
  void put_writes(const std::vector<Write>& writes);
  Result<void> note_heads(std::size_t records, Durability durability);
  Result<void> write_head_file();

  LogPaths paths;
  std::unique_ptr<Database> database;
  ClusterId cluster;
  std::unique_ptr<LogReader> reader;
  Families families;
  Bytes32 public_key{};
  std::optional<SigningKey> key;  // empty: opened for reading
  std::unique_ptr<TailFile> tail;
  std::uint64_t head_every = limits::head_every_events;
  std::uint64_t events_since_heads = 0;
  bool open = true;
  rocksdb::WriteBatch batch{0, 0, protection_bytes, 0};
  // SHARED: the writer plans alone; other threads ask for heads while it accepts a plan.
  mutable std::mutex mutex;
  CommitPlanner planner;
};

void RocksDbLog::Impl::put_record(const PlannedRecord& record, const Append& append) {
  const auto at = keys::pointer(record.at);
  const auto at_slice = slice(keys::text(at));
  const std::array<rocksdb::Slice, 2> value{slice(ByteSpan(record.chain)), slice(append.stored)};
  batch.Put(families.log, rocksdb::SliceParts(&at_slice, 1), rocksdb::SliceParts(value.data(), 2));
  if (append.standing == Standing::superseded) {
    batch.Put(families.meta, keys::superseded(record.at), {});
    return;
  }
  keys::each_index_row(record.header, record.causes, record.at,
                       [&](keys::Index index, std::string_view row, std::string_view holds) {
                         batch.Put(families.indexes[to_underlying(index)], slice(row),
                                   slice(holds));
                       });
}

void RocksDbLog::Impl::put_writes(const std::vector<Write>& writes) {
  for (const auto& write : writes) {
    auto* handle = database->family(write.family);
    ARS_CHECK(handle != nullptr, "the log has no family {}", write.family);
    ARS_CHECK(write.key.size() <= limits::key_bytes_max, "a key of {} bytes", write.key.size());
    if (write.value.has_value()) {
      batch.Put(handle, slice(write.key), slice(*write.value));
    } else {
      batch.Delete(handle, slice(write.key));
    }
  }
}

Result<void> RocksDbLog::Impl::note_heads(std::size_t records, Durability durability) {
  events_since_heads += records;
  // A head beside the database is never newer than what the disk holds.
  if (durability != Durability::synced) return success();
  if (events_since_heads >= head_every) return write_head_file();
  if (records == 0) return success();
  return tail->note(planner.heads());
}

Result<void> RocksDbLog::Impl::write_head_file() {
  events_since_heads = 0;
  ARS_TRY(replace_file(paths.heads, head_file_text({cluster, public_key, planner.heads()}, *key)));
  return tail == nullptr ? Result<void>(success()) : tail->note(planner.heads());
}

RocksDbLog::RocksDbLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksDbLog::~RocksDbLog() = default;

Result<std::unique_ptr<RocksDbLog>> RocksDbLog::create(const fs::path& directory,
                                                       const ClusterId& cluster,
                                                       const RocksDbLogOptions& options) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return fail(Errc::denied, "cannot create " + directory.string());
  const LogPaths paths(directory);
  if (fs::exists(paths.database, error)) {
    return fail(Errc::conflict, directory.string() + " already holds a log");
  }
  // Made aside and renamed: a directory holds a whole log or none.
  const auto aside = paths.directory / "db.creating";
  fs::remove_all(aside, error);
  auto seed = options.key_seed;
  if (!seed) {
    ARS_TRY(seed, SigningKey::random_seed());
  }
  {
    ARS_TRY(auto database, Database::open(aside, Access::create));
    rocksdb::WriteBatch batch;
    auto* meta = database->family(family::meta);
    batch.Put(meta, slice(keys::format), slice(keys::text(keys::u32(log_format))));
    batch.Put(meta, slice(keys::cluster), slice(ByteSpan(cluster.value())));
    const auto status = database->db().Write(write_options(Durability::synced), &batch);
    if (!status.ok()) return outcome::failure(error_of(status, "create " + directory.string()));
    ARS_TRY(database->flush());
    ARS_TRY(database->close());
  }
  const auto key = SigningKey::from_seed(*seed);
  ARS_TRY(replace_file(paths.key, to_hex(ByteSpan(*seed)) + "\n", Secrecy::owner_only));
  ARS_TRY(replace_file(paths.heads, head_file_text({cluster, key.public_key(), {}}, key)));
  ARS_TRY(rename_file(aside, paths.database));
  return open(directory, options);
}

Result<std::unique_ptr<RocksDbLog>> RocksDbLog::open(const fs::path& directory,
                                                     const RocksDbLogOptions& options) {
  const LogPaths paths(directory);
  std::error_code error;
  // The seal holds until the database is open for writing: from then on the files change.
  const bool sealed = fs::exists(paths.seal, error);
  if (sealed && is_locked(paths)) return fail(Errc::conflict, directory.string() + " is in use");
  if (sealed) ARS_TRY(rename_file(paths.seal, paths.seal_aside));
  auto opened = Database::open(paths.database, Access::write);
  if (!opened.has_value()) {
    if (sealed) ARS_TRY(rename_file(paths.seal_aside, paths.seal));
    return outcome::failure(std::move(opened).assume_error());
  }
  auto database = std::move(opened).assume_value();
  ARS_TRY(remove_file(paths.seal_aside));
  ARS_TRY(const auto cluster, read_identity(LogReader(*database, ClusterId{})));
  ARS_TRY(auto heads, LogReader(*database, cluster).load_heads());
  ARS_TRY(const auto known, known_heads(paths));
  if (!known) return fail(Errc::corrupt, "no head file in " + directory.string());
  auto impl = std::make_unique<Impl>(paths, std::move(database), cluster, heads);
  ARS_TRY(check_heads(*impl->reader, heads, *known, cluster));
  ARS_TRY(recheck_tails(*impl->reader, heads));
  ARS_TRY(impl->key, load_key(paths, known->file.key));
  impl->public_key = known->file.key;
  if (options.head_every_events > 0) impl->head_every = options.head_every_events;
  ARS_TRY(impl->write_head_file());
  ARS_TRY(impl->tail, TailFile::open(paths));
  return std::unique_ptr<RocksDbLog>(new RocksDbLog(std::move(impl)));
}

Result<std::unique_ptr<RocksDbLog>> RocksDbLog::open_read_only(const fs::path& directory) {
  const LogPaths paths(directory);
  if (is_locked(paths)) return fail(Errc::conflict, directory.string() + " is in use");
  ARS_TRY(auto database, Database::open(paths.database, Access::read));
  ARS_TRY(const auto cluster, read_identity(LogReader(*database, ClusterId{})));
  ARS_TRY(auto heads, LogReader(*database, cluster).load_heads());
  ARS_TRY(const auto known, known_heads(paths));
  if (!known) return fail(Errc::corrupt, "no head file in " + directory.string());
  auto impl = std::make_unique<Impl>(paths, std::move(database), cluster, heads);
  ARS_TRY(check_heads(*impl->reader, heads, *known, cluster));
  impl->public_key = known->file.key;
  return std::unique_ptr<RocksDbLog>(new RocksDbLog(std::move(impl)));
}

const ClusterId& RocksDbLog::cluster() const { return impl_->cluster; }
const Bytes32& RocksDbLog::head_key() const { return impl_->public_key; }
const fs::path& RocksDbLog::directory() const { return impl_->paths.directory; }

events::HeadSigned RocksDbLog::signed_head(const Stream& stream) const {
  ARS_CHECK(impl_->key.has_value(), "the log is not open for writing");
  return sign_head(impl_->cluster, head(stream), *impl_->key);
}

Result<std::vector<Pointer>> RocksDbLog::commit(const Batch& batch, Durability durability) {
  auto& impl = *impl_;
  ARS_CHECK(impl.open && impl.key.has_value(), "the log is not open for writing");
  ARS_TRY(impl.reader->health());
  ARS_TRY(const auto* planned, impl.planner.plan(batch, *impl.reader));
  impl.batch.Clear();
  std::vector<Pointer> out;
  out.reserve(planned->size());
  for (const auto& record : *planned) {
    impl.put_record(record, batch.appends[record.append]);
    out.push_back(record.at);
  }
  impl.put_writes(batch.writes);
  const auto status = impl.database->db().Write(write_options(durability), &impl.batch);
  if (!status.ok()) return outcome::failure(error_of(status, "commit"));
  {
    const std::scoped_lock lock(impl.mutex);
    impl.planner.accept();
  }
  if (impl.batch.GetDataSize() > batch_keep_bytes) {
    impl.batch = rocksdb::WriteBatch(0, 0, protection_bytes, 0);
  }
  ARS_TRY(impl.note_heads(out.size(), durability));
  return out;
}

Result<std::vector<Record>> RocksDbLog::read(const Pointer& from, std::size_t max_records,
                                             std::size_t max_bytes) const {
  std::vector<Record> out;
  if (max_records == 0) return out;
  std::size_t bytes = 0;
  ARS_TRY(impl_->reader->scan(from, LogReader::Run::brief,
                              [&](const Pointer& at, const Bytes32& chain, ByteSpan stored) {
                                if (!out.empty() && bytes + stored.size() > max_bytes) return false;
                                bytes += stored.size();
                                out.push_back({at, chain, {stored.begin(), stored.end()}});
                                return out.size() < max_records;
                              }));
  return out;
}

Result<void> RocksDbLog::scan(
    const Pointer& from,
    const std::function<bool(const Pointer&, const Bytes32& chain, ByteSpan stored)>& visit) const {
  return impl_->reader->scan(from, LogReader::Run::long_run, visit);
}

Head RocksDbLog::head(const Stream& stream) const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->planner.head(stream);
}
std::vector<Head> RocksDbLog::heads() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->planner.heads();
}

std::optional<Pointer> RocksDbLog::find(const EventId& id) const { return impl_->reader->find(id); }
std::optional<Pointer> RocksDbLog::find(const AgentId& agent, Sequence sequence) const {
  return impl_->reader->find(agent, sequence);
}
std::vector<Pointer> RocksDbLog::history(const AgentId& agent, Sequence from,
                                         std::size_t limit) const {
  return impl_->reader->history(agent, from, limit);
}
std::vector<Pointer> RocksDbLog::correlated(const CorrelationId& id, std::size_t limit) const {
  return impl_->reader->correlated(id, limit);
}
std::vector<Pointer> RocksDbLog::caused_by(const EventId& cause, std::size_t limit) const {
  return impl_->reader->caused_by(cause, limit);
}
std::optional<std::vector<std::uint8_t>> RocksDbLog::get(std::string_view family_name,
                                                         std::string_view key) const {
  return impl_->reader->get(family_name, key);
}
void RocksDbLog::each(std::string_view family_name, std::string_view prefix,
                      const Visit& visit) const {
  impl_->reader->each(family_name, prefix, visit);
}
Result<void> RocksDbLog::health() const { return impl_->reader->health(); }

Result<void> RocksDbLog::close() {
  auto& impl = *impl_;
  ARS_CHECK(impl.open, "the log is closed already");
  impl.open = false;
  if (!impl.key.has_value()) return impl.database->close();
  ARS_TRY(impl.database->flush());
  ARS_TRY(const auto files, impl.database->settle());
  const auto time_of = [&](const Pointer& at) -> std::optional<std::uint64_t> {
    const auto value = impl.reader->get(keys::log_family, keys::text(keys::pointer(at)));
    if (!value || value->size() < sizeof(Bytes32) + log_time_at + 8) return std::nullopt;
    std::uint64_t time = 0;
    std::memcpy(&time, value->data() + sizeof(Bytes32) + log_time_at, sizeof(time));
    return time;
  };
  std::vector<Lowest> lowest;
  for (const auto& file : files)
    lowest.push_back(lowest_covered(file, time_of));
  ARS_TRY(impl.reader->health());
  ARS_TRY(impl.database->close());
  ARS_TRY(impl.tail->close());
  impl.tail.reset();
  ARS_TRY(impl.write_head_file());
  ARS_TRY(remove_file(impl.paths.tail));
  return write_seal(impl.paths, impl.cluster, *impl.key, files, lowest);
}

}  // namespace ars::store
