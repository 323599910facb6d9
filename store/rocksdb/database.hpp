// One RocksDB directory with the families of the log: options, opening, closing, errors. The types
// of the library stay behind names declared here. Owned by one log; reads from any thread.
#pragma once

#include "store/event_log.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rocksdb {
class DB;
class ColumnFamilyHandle;
class Status;
struct DBOptions;
struct ColumnFamilyOptions;
struct WriteOptions;
}  // namespace rocksdb

namespace ars::store {

// What a log directory says of its own making; another number is refused.
inline constexpr std::uint32_t log_format = 1;

// Every family of this build, "default" first.
std::vector<std::string> column_families();

// The settings that every log runs with; the bench's anchor takes the same.
rocksdb::DBOptions database_options();
rocksdb::ColumnFamilyOptions family_options(std::string_view family_name);
rocksdb::WriteOptions write_options(Durability durability);

// A library's answer as ours: corrupt, not_found, conflict (locked), unsupported, unavailable.
Error error_of(const rocksdb::Status& status, std::string_view doing);

enum class Access : std::uint8_t { create, write, read };

// A file of the database that belongs to its newest version.
struct LiveFile {
  std::string name;  // 000123.sst
  std::string family;
  std::uint64_t bytes = 0;
  std::string checksum;  // as the manifest holds it
  std::string covers;    // see covered_offsets.hpp; empty when unknown
};

class Database {
 public:
  // Errc::not_found: no database there; conflict: there already is one (create), or another process
  // or log of this one has it open; corrupt; unsupported: another format; unavailable.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, Access access);

  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  rocksdb::DB& db() const { return *db_; }
  // Null when this database has no such family.
  rocksdb::ColumnFamilyHandle* family(std::string_view name) const;
  const std::filesystem::path& path() const { return path_; }

  // Writes what memory holds into files, so that the write-ahead log ends empty.
  Result<void> flush();
  // Stops background work and lists what the newest version consists of. No writes after it.
  Result<std::vector<LiveFile>> settle();
  Result<void> close();

 private:
  Database() = default;
  void release_families();

  std::filesystem::path path_;
  std::unique_ptr<rocksdb::DB> db_;
  std::map<std::string, rocksdb::ColumnFamilyHandle*, std::less<>> families_;
};

}  // namespace ars::store
