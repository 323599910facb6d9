#include "model/training/byte_reader.hpp"

#include "events/base/narrow.hpp"

#include <algorithm>

namespace ars::model {

void ByteWriter::raw(const void* from, std::size_t size) {
  if (size == 0) return;
  const auto at = out_.size();
  out_.resize(at + size);
  std::memcpy(out_.data() + at, from, size);
}

void ByteWriter::text(const std::string& value) {
  number(narrow<std::uint16_t>(value.size()));
  raw(value.data(), value.size());
}

std::vector<std::uint8_t> ByteWriter::sealed() && {
  const Bytes32 seal = sha256(out_);
  bytes(seal);
  return std::move(out_);
}

Result<void> ByteReader::raw(void* to, std::size_t size) {
  if (size > left_) return fail(Errc::corrupt, "bytes end too early");
  if (size == 0) return success();
  std::memcpy(to, at_, size);
  at_ += size;
  left_ -= size;
  return success();
}

Result<float> ByteReader::real() {
  float value = 0;
  ARS_TRY(raw(&value, sizeof(value)));
  return value;
}

Result<std::vector<std::uint32_t>> ByteReader::numbers(std::uint64_t count) {
  if (count > left_ / sizeof(std::uint32_t)) return fail(Errc::corrupt, "bytes end too early");
  std::vector<std::uint32_t> out(count);
  ARS_TRY(raw(out.data(), count * sizeof(std::uint32_t)));
  return out;
}

Result<std::vector<float>> ByteReader::reals(std::uint64_t count) {
  if (count > left_ / sizeof(float)) return fail(Errc::corrupt, "bytes end too early");
  std::vector<float> out(count);
  ARS_TRY(raw(out.data(), count * sizeof(float)));
  return out;
}

Result<std::string> ByteReader::text() {
  ARS_TRY(const auto size, number<std::uint16_t>());
  std::string out(size, '\0');
  ARS_TRY(raw(out.data(), size));
  return out;
}

Result<Bytes32> ByteReader::digest() {
  Bytes32 out{};
  ARS_TRY(raw(out.data(), out.size()));
  return out;
}

Result<ByteSpan> unsealed(ByteSpan bytes) {
  constexpr std::size_t seal_bytes = 32;
  if (bytes.size() < seal_bytes) return fail(Errc::corrupt, "bytes end too early");
  const ByteSpan body = bytes.first(bytes.size() - seal_bytes);
  const Bytes32 seal = sha256(body);
  if (!std::ranges::equal(seal, bytes.last(seal_bytes))) {
    return fail(Errc::corrupt, "the checksum does not match");
  }
  return body;
}

}  // namespace ars::model
