#include "store/rocksdb/database.hpp"

#include "events/base/check.hpp"
#include "store/projection.hpp"
#include "store/rocksdb/covered_offsets.hpp"
#include "store/rocksdb/key_layout.hpp"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/metadata.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdarg>

namespace ars::store {
namespace {

constexpr std::size_t log_buffer_bytes = 32u << 20;
constexpr std::size_t family_buffer_bytes = 8u << 20;
constexpr std::uint64_t wal_bytes_max = 48u << 20;
constexpr std::size_t all_buffers_bytes = 128u << 20;  // the log's cap above binds first
constexpr std::size_t block_cache_bytes = 16u << 20;
constexpr std::size_t block_bytes = 16u << 10;
constexpr std::size_t arena_bytes = 256u << 10;

// Without a logger RocksDB creates an info log, even in a directory opened for reading.
class SilentLogger : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

bool is_filtered(std::string_view family_name) {
  return family_name == keys::id_family || family_name == keys::fact_family;
}

std::shared_ptr<rocksdb::TableFactory> table_factory(std::string_view family_name) {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = block_bytes;
  table.format_version = 5;
  table.block_cache = rocksdb::NewLRUCache(block_cache_bytes / (is_filtered(family_name) ? 2 : 8));
  if (is_filtered(family_name)) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

Result<std::vector<std::string>> families_to_open(const std::string& path, Access access) {
  auto names = column_families();
  if (access == Access::create) return names;
  std::vector<std::string> present;
  const auto status = rocksdb::DB::ListColumnFamilies(database_options(), path, &present);
  if (!status.ok()) return outcome::failure(error_of(status, "list the families of " + path));
  if (access == Access::read) return present;
  // A family that a later projection left behind is opened too: RocksDB insists on all of them.
  for (const auto& name : present) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace

std::vector<std::string> column_families() {
  std::vector<std::string> out{"default"};
  for (const auto name :
       {keys::log_family, keys::fact_family, keys::id_family, keys::correlation_family,
        keys::cause_family, family::meta, family::state, family::view, family::blob,
        family::snapshot, family::outbox, family::checkpoint}) {
    out.emplace_back(name);
  }
  for (const auto name : projection_names())
    out.push_back("p." + std::string(name));
  return out;
}

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.manual_wal_flush = false;
  options.track_and_verify_wals_in_manifest = false;
  options.max_total_wal_size = wal_bytes_max;
  options.db_write_buffer_size = all_buffers_bytes;
  options.max_background_jobs = 2;
  options.bytes_per_sync = 1u << 20;
  options.max_open_files = -1;
  options.avoid_flush_during_shutdown = false;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1u << 20;
  options.max_manifest_file_size = 16u << 20;
  return options;
}

rocksdb::ColumnFamilyOptions family_options(std::string_view family_name) {
  const bool is_log = family_name == keys::log_family;
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = is_log ? log_buffer_bytes : family_buffer_bytes;
  options.max_write_buffer_number = 2;
  options.arena_block_size = arena_bytes;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.level_compaction_dynamic_level_bytes = true;
  options.table_factory = table_factory(family_name);
  if (is_filtered(family_name)) {
    // Nearly every lookup here is for a key that is not there.
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = 0.1;
  }
  options.table_properties_collector_factories.push_back(covered_offsets_factory(family_name));
  return options;
}

rocksdb::WriteOptions write_options(Durability durability) {
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::synced;
  options.protection_bytes_per_key = 8;
  return options;
}

Error error_of(const rocksdb::Status& status, std::string_view doing) {
  auto text = fmt::format("{}: {}", doing, status.ToString());
  if (status.IsCorruption()) return {Errc::corrupt, std::move(text)};
  if (status.IsNotSupported()) return {Errc::unsupported, std::move(text)};
  const auto message = status.ToString();
  const bool held = message.find("While lock file") != message.npos ||
                    message.find("lock hold by current process") != message.npos;
  if (status.IsIOError() && held) {
    return {Errc::conflict, std::move(text)};
  }
  if (status.IsNotFound() || status.IsPathNotFound()) return {Errc::not_found, std::move(text)};
  if (status.IsInvalidArgument()) return {Errc::corrupt, std::move(text)};
  return {Errc::unavailable, std::move(text)};
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, Access access) {
  std::error_code ignored;
  const bool present = std::filesystem::exists(path / "CURRENT", ignored);
  if (access == Access::create && present) {
    return fail(Errc::conflict, path.string() + " already holds a database");
  }
  if (access != Access::create && !present) {
    const bool damaged = std::filesystem::exists(path / "IDENTITY", ignored);
    return fail(damaged ? Errc::corrupt : Errc::not_found, path.string() + " has no CURRENT file");
  }
  if (access == Access::create) std::filesystem::create_directories(path, ignored);
  ARS_TRY(const auto names, families_to_open(path.string(), access));
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const auto& name : names)
    descriptors.emplace_back(name, family_options(name));
  auto options = database_options();
  options.create_if_missing = access == Access::create;
  options.create_missing_column_families = access != Access::read;
  if (access == Access::read) options.info_log = std::make_shared<SilentLogger>();
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  const auto status =
      access == Access::read
          ? rocksdb::DB::OpenForReadOnly(options, path.string(), descriptors, &handles, &raw)
          : rocksdb::DB::Open(options, path.string(), descriptors, &handles, &raw);
  if (!status.ok()) return outcome::failure(error_of(status, "open " + path.string()));
  std::unique_ptr<Database> out(new Database());
  out->path_ = path;
  out->db_.reset(raw);
  for (std::size_t i = 0; i < names.size(); ++i)
    out->families_[names[i]] = handles[i];
  return out;
}

Database::~Database() { release_families(); }

void Database::release_families() {
  for (auto& [name, handle] : families_)
    db_->DestroyColumnFamilyHandle(handle);
  families_.clear();
}

rocksdb::ColumnFamilyHandle* Database::family(std::string_view name) const {
  const auto found = families_.find(name);
  return found == families_.end() ? nullptr : found->second;
}

Result<void> Database::flush() {
  rocksdb::FlushOptions options;
  options.wait = true;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  for (const auto& [name, handle] : families_)
    handles.push_back(handle);
  const auto status = db_->Flush(options, handles);
  if (!status.ok()) return outcome::failure(error_of(status, "flush " + path_.string()));
  return success();
}

Result<std::vector<LiveFile>> Database::settle() {
  rocksdb::CancelAllBackgroundWork(db_.get(), true);
  std::vector<rocksdb::LiveFileMetaData> files;
  db_->GetLiveFilesMetaData(&files);
  std::map<std::string, std::string> covers;
  for (const auto& [name, handle] : families_) {
    rocksdb::TablePropertiesCollection all;
    const auto status = db_->GetPropertiesOfAllTables(handle, &all);
    if (!status.ok()) return outcome::failure(error_of(status, "read properties of " + name));
    for (const auto& [file, properties] : all) {
      const auto found = properties->user_collected_properties.find(std::string(covers_property));
      if (found == properties->user_collected_properties.end()) continue;
      covers[std::filesystem::path(file).filename().string()] = found->second;
    }
  }
  std::vector<LiveFile> out;
  for (const auto& file : files) {
    const auto name = std::filesystem::path(file.name).filename().string();
    out.push_back({name, file.column_family_name, file.size, file.file_checksum, covers[name]});
  }
  return out;
}

Result<void> Database::close() {
  release_families();
  const auto status = db_->Close();
  db_.reset();
  if (!status.ok()) return outcome::failure(error_of(status, "close " + path_.string()));
  return success();
}

}  // namespace ars::store
