// Seals a log that was closed in order: one signed line for every file, so that any later change to
// any of them shows. Called by a RocksDbLog at close.
#pragma once

#include "store/rocksdb/database.hpp"
#include "store/rocksdb/log_directory.hpp"

#include <functional>
#include <vector>

namespace ars::store {

// Log time of a record; nullopt when it cannot be read.
using TimeOf = std::function<std::optional<std::uint64_t>(const Pointer&)>;

// The lowest record, by log time, that a file covers.
struct Lowest {
  Pointer at;
  std::uint64_t time_ns = 0;
};
Lowest lowest_covered(const LiveFile& file, const TimeOf& time_of);

// Whether a file of the database directory belongs to the log: not info logs, OPTIONS and LOCK.
bool is_data_file(const std::string& name);

// Lists the files of a closed database and signs the list. `lowest` is parallel to `files`, which
// the database gave when it settled. Errc::unavailable.
Result<void> write_seal(const LogPaths& paths, const ClusterId& cluster, const SigningKey& key,
                        const std::vector<LiveFile>& files, const std::vector<Lowest>& lowest);

// crc32c:<hex> of a table file's bytes as RocksDB's manifest holds it, sha256:<hex> of any file.
std::string manifest_checksum_text(std::string_view raw);
Result<std::string> sha256_of_file(const std::filesystem::path& path);

}  // namespace ars::store
