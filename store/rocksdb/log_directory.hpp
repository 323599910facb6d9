// The files of a log beside its database: heads, tail, seal, key. Written so that a crash leaves
// the old or the new one, never half of one; the tail file alone is written in place, slot by slot.
// Owned by a RocksDbLog and called by its one writer.
#pragma once

#include "store/audit/head_file.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rocksdb {
class RandomRWFile;
class FileLock;
}  // namespace rocksdb

namespace ars::store {

// Where things lie in a log directory.
struct LogPaths {
  explicit LogPaths(const std::filesystem::path& directory);
  std::filesystem::path directory;  // absolute, without links, as RocksDB's lock table needs it
  std::filesystem::path database;
  std::filesystem::path heads;
  std::filesystem::path tail;
  std::filesystem::path seal;
  std::filesystem::path seal_aside;  // the seal while the database is being opened
  std::filesystem::path key;
  std::filesystem::path blobs;
};

enum class Secrecy : std::uint8_t { open, owner_only };

// Replaces a file as a whole and makes it durable. Errc::unavailable.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes,
                          Secrecy secrecy = Secrecy::open);
// All bytes of a file; empty when there is none. Errc::unavailable.
Result<std::optional<std::string>> read_file(const std::filesystem::path& path);
// Makes renames and removals in a directory durable.
Result<void> sync_directory(const std::filesystem::path& path);
Result<void> remove_file(const std::filesystem::path& path);
Result<void> rename_file(const std::filesystem::path& from, const std::filesystem::path& to);

// Whether a process, this one included, has the database open for writing. Changes nothing.
bool is_locked(const LogPaths& paths);

// The newest heads that the files beside the database know of, whoever wrote them last. Empty when
// there is no head file. Errc::corrupt: the head file is damaged, or speaks of another cluster.
struct KnownHeads {
  HeadFile file;
  std::vector<Head> newest;
};
Result<std::optional<KnownHeads>> known_heads(const LogPaths& paths);

// Whether there is a log, whole or damaged. What a kill leaves while the first database is still
// being made is none: nothing was in it.
bool holds_log(const LogPaths& paths);

// The slot file. note() writes the next slot and does not sync: a kill keeps it, a power loss may
// leave an older one.
class TailFile {
 public:
  static Result<std::unique_ptr<TailFile>> open(const LogPaths& paths);
  ~TailFile();
  Result<void> note(const std::vector<Head>& heads);
  Result<void> close();

 private:
  TailFile() = default;
  std::unique_ptr<rocksdb::RandomRWFile> file_;
  TailSlot slot_;
};

}  // namespace ars::store
