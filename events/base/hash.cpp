#include "events/base/hash.hpp"

#include "events/base/check.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>

namespace ars {
namespace {

// Fetching the digest once halves the cost of short hashes in OpenSSL 3.
const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}

constexpr auto crc_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t n = 0; n < 256; ++n) {
    std::uint32_t crc = n;
    for (int k = 0; k < 8; ++k)
      crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
    tables[0][n] = crc;
  }
  for (std::size_t t = 1; t < 8; ++t) {
    for (std::size_t n = 0; n < 256; ++n) {
      const auto previous = tables[t - 1][n];
      tables[t][n] = (previous >> 8) ^ tables[0][previous & 255];
    }
  }
  return tables;
}();

std::uint32_t crc_by_tables(ByteSpan bytes, std::uint32_t crc) {
  const auto* p = bytes.data();
  auto n = bytes.size();
  for (; n >= 8; n -= 8, p += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, 8);
    word ^= crc;
    crc = crc_tables[7][word & 255] ^ crc_tables[6][(word >> 8) & 255] ^
          crc_tables[5][(word >> 16) & 255] ^ crc_tables[4][(word >> 24) & 255] ^
          crc_tables[3][(word >> 32) & 255] ^ crc_tables[2][(word >> 40) & 255] ^
          crc_tables[1][(word >> 48) & 255] ^ crc_tables[0][word >> 56];
  }
  for (; n > 0; --n, ++p)
    crc = (crc >> 8) ^ crc_tables[0][(crc ^ *p) & 255];
  return crc;
}

#ifdef __x86_64__
// Every record is summed when it is sealed, planned, read and verified: the instruction is several
// times as fast as the tables.
__attribute__((target("sse4.2"))) std::uint32_t crc_by_instruction(ByteSpan bytes,
                                                                   std::uint32_t crc) {
  const auto* p = bytes.data();
  auto n = bytes.size();
  std::uint64_t wide = crc;
  for (; n >= 8; n -= 8, p += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  crc = static_cast<std::uint32_t>(wide);
  for (; n > 0; --n, ++p)
    crc = __builtin_ia32_crc32qi(crc, *p);
  return crc;
}

// Where the two differed, no log of another machine could be read: better slow than apart.
bool instruction_works() {
  constexpr std::string_view text = "once by the instruction, once by the tables";
  return __builtin_cpu_supports("sse4.2") != 0 &&
         crc_by_instruction(as_bytes(text), ~0u) == crc_by_tables(as_bytes(text), ~0u);
}
#endif

}  // namespace

struct Sha256::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Impl() { EVP_MD_CTX_free(context); }
  void start() { EVP_DigestInit_ex2(context, sha256_method(), nullptr); }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) { impl_->start(); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(ByteSpan bytes) {
  EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::update_u64(std::uint64_t value) {
  std::array<std::uint8_t, 8> out{};
  for (std::size_t i = 0; i < 8; ++i)
    out[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
  return update(out);
}
Sha256& Sha256::update_u32(std::uint32_t value) {
  std::array<std::uint8_t, 4> out{};
  for (std::size_t i = 0; i < 4; ++i)
    out[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  return update(out);
}
Sha256& Sha256::update_u16(std::uint16_t value) {
  const std::array<std::uint8_t, 2> out{static_cast<std::uint8_t>(value >> 8),
                                        static_cast<std::uint8_t>(value)};
  return update(out);
}
Sha256& Sha256::update_u8(std::uint8_t value) { return update(ByteSpan(&value, 1)); }

Bytes32 Sha256::digest() {
  Bytes32 out{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(impl_->context, out.data(), &size);
  ARS_CHECK(size == out.size(), "SHA-256 gave {} bytes", size);
  impl_->start();
  return out;
}

Bytes32 sha256(ByteSpan bytes) {
  thread_local Sha256 hasher;
  hasher.update(bytes);
  return hasher.digest();
}

Bytes32 sha256(std::string_view text) { return sha256(as_bytes(text)); }

Bytes32 hmac_sha256(ByteSpan key, ByteSpan bytes) {
  Bytes32 out{};
  unsigned int size = 0;
  HMAC(sha256_method(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(),
       out.data(), &size);
  ARS_CHECK(size == out.size(), "HMAC-SHA256 gave {} bytes", size);
  return out;
}

std::uint32_t crc32c(ByteSpan bytes, std::uint32_t crc) {
#ifdef __x86_64__
  static const bool instruction = instruction_works();
  if (instruction) return ~crc_by_instruction(bytes, ~crc);
#endif
  return ~crc_by_tables(bytes, ~crc);
}

std::uint32_t murmur2(ByteSpan bytes) {
  constexpr std::uint32_t m = 0x5bd1e995;
  std::uint32_t h = 0x9747b28cu ^ static_cast<std::uint32_t>(bytes.size());
  std::size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    std::uint32_t k = 0;
    std::memcpy(&k, bytes.data() + i, 4);
    k *= m;
    k ^= k >> 24;
    k *= m;
    h *= m;
    h ^= k;
  }
  const auto left = bytes.size() - i;
  if (left >= 3) h ^= std::uint32_t{bytes[i + 2]} << 16;
  if (left >= 2) h ^= std::uint32_t{bytes[i + 1]} << 8;
  if (left >= 1) {
    h ^= bytes[i];
    h *= m;
  }
  h ^= h >> 13;
  h *= m;
  h ^= h >> 15;
  return h;
}

std::uint16_t partition_of(ByteSpan key, std::uint16_t partitions) {
  ARS_CHECK(partitions > 0, "a topic has at least one partition");
  return static_cast<std::uint16_t>((murmur2(key) & 0x7fffffffu) % partitions);
}

}  // namespace ars
