// `ars audit verify`: judges a log directory by its files alone. RocksDB never opens it, nothing in
// it changes, and damage that RocksDB refuses is named all the same. Any thread; one call a
// directory at a time.
#pragma once

#include "store/audit/verify.hpp"

#include <filesystem>
#include <string>

namespace ars::store {

// Checks tables against the manifest's whole-file checksums, write-ahead logs and their padding,
// chains and payloads of all records, heads beside the database, histories, indexes, named blobs,
// and the seal where there is one. `prefix` stands in front of bad_offset (`frozen/`).
// Errc::not_found: no log there; conflict: a process has it open; unsupported: another log format.
Result<VerifyReport> verify_directory(const std::filesystem::path& directory,
                                      const std::string& prefix = "");

}  // namespace ars::store
