// What lies beside a log's database and says how far it went. `heads`: signed text, rewritten every
// so many events and at close. `tail`: two slots of bytes, written in turn after every synced
// commit, so that nothing acknowledged can vanish unseen after a kill. `seal`: signed text of a
// closed log, one line a file. Formats only; who writes them is store/rocksdb/log_directory. Pure;
// any thread.
#pragma once

#include "store/audit/signed_head.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ars::store {

struct HeadFile {
  ClusterId cluster;
  Bytes32 key{};  // public
  std::vector<Head> heads;
};
std::string head_file_text(const HeadFile& file, const SigningKey& key);
// Errc::corrupt: not such a file, or its signature does not hold.
Result<HeadFile> head_file_from_text(std::string_view text);

struct TailSlot {
  std::uint64_t counter = 0;  // the higher one is the newer one
  std::vector<Head> heads;
};
inline constexpr std::size_t tail_slot_bytes = 32u << 10;
std::string tail_slot_bytes_of(const TailSlot& slot);
// The newest intact slot of a tail file; empty where none is.
std::optional<TailSlot> newest_tail(std::string_view file);

// Per stream the further one of two lists of heads; the result is in key order.
std::vector<Head> newest_heads(const std::vector<Head>& a, const std::vector<Head>& b);

struct SealedFile {
  std::string name;  // relative to the log directory
  std::uint64_t bytes = 0;
  std::string checksum;  // crc32c:<hex> as the manifest holds it, or sha256:<hex>
  std::string family;    // "-" where a file belongs to none
  Pointer lowest;        // first by log time of what the file covers; evt/0/0 when unknown
  std::uint64_t lowest_time_ns = 0;
  friend bool operator==(const SealedFile&, const SealedFile&) = default;
};
struct Seal {
  ClusterId cluster;
  std::vector<SealedFile> files;
};
std::string seal_text(const Seal& seal, const SigningKey& key);
// Errc::corrupt: not such a file, or not signed by this key.
Result<Seal> seal_from_text(std::string_view text, const Bytes32& public_key);

}  // namespace ars::store
