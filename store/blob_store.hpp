// Bytes named by their SHA-256: weights, large views. Small ones ride in the batch that names them
// (family `blob`); larger ones become files beside the database, durable before that batch is
// written. Owned by whoever commits; reads from any thread.
#pragma once

#include "store/event_log.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace ars::store {

// A blob that may now be named: `write` belongs into the batch that names it.
struct StoredBlob {
  Bytes32 sha256{};
  std::optional<Write> write;
};

class BlobStore {
 public:
  // `directory` is created when the first large blob comes; empty: everything rides in the batch,
  // as for a log in memory. REQUIRES: the log outlives the store.
  BlobStore(const EventLog& log, std::filesystem::path directory);

  // Errc::overloaded: larger than limits::blob_bytes_max; unavailable: the disk.
  Result<StoredBlob> put(ByteSpan bytes) const;
  // Verified against its name. Errc::not_found; corrupt: other bytes; unavailable.
  Result<std::vector<std::uint8_t>> get(const Bytes32& sha256) const;
  bool holds(const Bytes32& sha256) const;
  // Where a large blob lies, for a child process that reads it itself; empty when it is not a file.
  std::optional<std::filesystem::path> file_of(const Bytes32& sha256) const;

 private:
  const EventLog& log_;
  std::filesystem::path directory_;
};

}  // namespace ars::store
