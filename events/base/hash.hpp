// The hashes of the log: SHA-256 and HMAC-SHA256 (OpenSSL), crc32c, murmur2 as Kafka computes it.
// Stateless functions and one value class; any thread, one object per thread.
#pragma once

#include "events/base/id.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace ars {

using ByteSpan = std::span<const std::uint8_t>;

inline ByteSpan as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Incremental SHA-256. digest() ends it; the object may then be used again from the start.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256& update(ByteSpan bytes);
  Sha256& update(std::string_view text) { return update(as_bytes(text)); }
  // Integers enter big-endian, as everything that is hashed does.
  Sha256& update_u64(std::uint64_t value);
  Sha256& update_u32(std::uint32_t value);
  Sha256& update_u16(std::uint16_t value);
  Sha256& update_u8(std::uint8_t value);
  Bytes32 digest();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Bytes32 sha256(ByteSpan bytes);
Bytes32 sha256(std::string_view text);
Bytes32 hmac_sha256(ByteSpan key, ByteSpan bytes);
// crc32c (Castagnoli); crc continues from an earlier call.
std::uint32_t crc32c(ByteSpan bytes, std::uint32_t crc = 0);
// Kafka's partitioner hash, as an unsigned word.
std::uint32_t murmur2(ByteSpan bytes);
// (murmur2(key) & 0x7fffffff) % partitions. REQUIRES: partitions > 0.
std::uint16_t partition_of(ByteSpan key, std::uint16_t partitions);

}  // namespace ars
