// RocksDB's manifest, read by us: which table files make up the newest version, their sizes and
// whole-file checksums, and from which write-ahead log on each family needs it. Values; any thread.
#pragma once

#include "events/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ars::store {

struct ManifestFile {
  std::uint64_t number = 0;
  std::uint64_t bytes = 0;
  std::string smallest;  // user keys
  std::string largest;
  std::string checksum;  // crc32c as RocksDB keeps it: four bytes
  std::string checksum_name;
  std::string name() const;  // 000123.sst
};

struct ManifestFamily {
  std::string name;
  std::uint64_t log_number = 0;  // older write-ahead logs hold nothing it still needs
  std::map<std::uint64_t, ManifestFile> files;
};

struct Manifest {
  std::string name;  // MANIFEST-000005
  std::map<std::uint32_t, ManifestFamily> families;
  std::vector<std::string> damage;  // what is wrong with CURRENT and the manifest
};

// Reads what CURRENT names, or the newest manifest where CURRENT is unusable. Damage is reported in
// the result as far as anything can be read. Errc::not_found: no manifest at all.
Result<Manifest> read_manifest(const std::filesystem::path& database);

}  // namespace ars::store
