// A log directory as its files show it, without RocksDB opening it: tables named by the manifest,
// write-ahead logs, and the rows of each family that both hold together. Nothing is written.
// One owner, one thread.
#pragma once

#include "store/rocksdb/block_log.hpp"
#include "store/rocksdb/log_directory.hpp"
#include "store/rocksdb/manifest.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ars::store {

struct Table {
  std::string family;
  ManifestFile file;
  std::string damage;  // what is wrong with the file; empty: its bytes are those that were written
};

struct WriteAheadLog {
  std::string name;
  std::uint64_t number = 0;
  std::string bytes;
  BlockLog log;
};

// A row of a write-ahead log that its family still needs; views into the log.
struct PendingRowView {
  std::string_view key;
  std::string_view value;
};

class DirectoryContents {
 public:
  // Errc::not_found: no manifest.
  static Result<DirectoryContents> load(const LogPaths& paths);
  DirectoryContents() = default;
  DirectoryContents(DirectoryContents&&) = default;  // moving keeps the views of pending rows
  DirectoryContents& operator=(DirectoryContents&&) = default;

  const Manifest& manifest() const { return manifest_; }
  const std::vector<Table>& tables() const { return tables_; }
  const std::vector<WriteAheadLog>& logs() const { return logs_; }
  std::filesystem::path path_of(const Table& table) const { return database_ / table.file.name(); }

  // Puts in intact records of write-ahead logs that this family still needs, in their order.
  const std::vector<PendingRowView>& pending(const std::string& family_name) const;
  // Name of a family by its number; empty when the manifest does not know it.
  std::string family_name(std::uint32_t number) const;

  // Every row of a family that can be read, in no particular order, pending ones last; a table with
  // damage is read as far as it goes.
  using Visit = std::function<void(std::string_view key, std::string_view value)>;
  void each_row(const std::string& family_name, const Visit& visit) const;

 private:
  Result<void> load_tables();
  Result<void> load_logs();
  void collect_pending();

  std::filesystem::path database_;
  Manifest manifest_;
  std::vector<Table> tables_;
  std::vector<WriteAheadLog> logs_;
  std::map<std::string, std::vector<PendingRowView>> pending_;
};

// The rows of family `log` in key order, out of all tables and pending rows. Damaged blocks are
// skipped.
class MergedLog {
 public:
  MergedLog(const DirectoryContents& contents, std::set<Stream> streams);
  ~MergedLog();
  // False at the end.
  bool next();
  std::string_view key() const;
  std::string_view value() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::store
