// Little-endian bytes for the files that parent and trainer exchange: a writer, a reader that never
// leaves its bounds, and a SHA-256 seal behind the body. Values, any thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/result.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ars::model {

static_assert(std::endian::native == std::endian::little,
              "columns are stored as they lie in memory");

class ByteWriter {
 public:
  template <std::unsigned_integral T>
  void number(T value) {
    raw(&value, sizeof(value));
  }
  void real(float value) { raw(&value, sizeof(value)); }
  void numbers(std::span<const std::uint32_t> values) { raw(values.data(), values.size_bytes()); }
  void reals(std::span<const float> values) { raw(values.data(), values.size_bytes()); }
  void text(const std::string& value);  // u16 length, bytes. REQUIRES: below 64 KiB
  void bytes(ByteSpan value) { raw(value.data(), value.size()); }
  // The body followed by its SHA-256.
  std::vector<std::uint8_t> sealed() &&;

 private:
  void raw(const void* from, std::size_t size);
  std::vector<std::uint8_t> out_;
};

// Errc::corrupt from each function: fewer bytes are left.
class ByteReader {
 public:
  explicit ByteReader(ByteSpan bytes) : at_(bytes.data()), left_(bytes.size()) {}
  std::size_t left() const { return left_; }

  template <std::unsigned_integral T>
  Result<T> number() {
    T value = 0;
    ARS_TRY(raw(&value, sizeof(value)));
    return value;
  }
  Result<float> real();
  Result<std::vector<std::uint32_t>> numbers(std::uint64_t count);
  Result<std::vector<float>> reals(std::uint64_t count);
  Result<std::string> text();
  Result<Bytes32> digest();

 private:
  Result<void> raw(void* to, std::size_t size);
  const std::uint8_t* at_;
  std::size_t left_;
};

// The body of sealed bytes. Errc::corrupt: shorter than a seal, or another checksum.
Result<ByteSpan> unsealed(ByteSpan bytes);

}  // namespace ars::model
