#include "store/rocksdb/key_layout.hpp"

#include "events/base/narrow.hpp"

#include <bit>
#include <cstring>

namespace ars::store::keys {
namespace {

static_assert(std::endian::native == std::endian::little);

void put64(char* to, std::uint64_t value) {
  value = __builtin_bswap64(value);
  std::memcpy(to, &value, sizeof(value));
}
void put32(char* to, std::uint32_t value) {
  value = __builtin_bswap32(value);
  std::memcpy(to, &value, sizeof(value));
}
void put16(char* to, std::uint16_t value) {
  value = __builtin_bswap16(value);
  std::memcpy(to, &value, sizeof(value));
}
std::uint64_t get64(const char* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof(value));
  return __builtin_bswap64(value);
}
std::uint16_t get16(const char* from) {
  std::uint16_t value = 0;
  std::memcpy(&value, from, sizeof(value));
  return __builtin_bswap16(value);
}

void put_stream(char* to, const Stream& stream) {
  to[0] = static_cast<char>(stream.generation);
  to[1] = static_cast<char>(to_underlying(stream.topic));
  put16(to + 2, stream.partition);
}
void put_pointer(char* to, const Pointer& at) {
  put_stream(to, at.stream);
  put64(to + 4, at.offset.value());
}

}  // namespace

Key<12> pointer(const Pointer& at) {
  Key<12> out;
  put_pointer(out.data(), at);
  return out;
}

std::optional<Stream> stream_of(std::string_view bytes) {
  if (bytes.size() != 4) return std::nullopt;
  const auto raw = as_bytes(bytes);
  if (raw[1] < to_underlying(Topic::evt) || raw[1] > to_underlying(Topic::dlq)) return std::nullopt;
  return Stream{static_cast<Topic>(raw[1]), get16(bytes.data() + 2), raw[0]};
}

std::optional<Pointer> pointer_of(std::string_view bytes) {
  if (bytes.size() != pointer_bytes) return std::nullopt;
  const auto stream = stream_of(bytes.substr(0, 4));
  if (!stream.has_value()) return std::nullopt;
  return Pointer{*stream, Offset(get64(bytes.data() + 4))};
}

Key<4> stream(const Stream& value) {
  Key<4> out;
  put_stream(out.data(), value);
  return out;
}

std::string stream_end(const Stream& value) { return prefix_end(text(stream(value))); }

Key<24> fact(const AgentId& agent, Sequence sequence) {
  Key<24> out;
  std::memcpy(out.data(), agent.value().data(), 16);
  put64(out.data() + 16, sequence.value());
  return out;
}

Key<16> id(const EventId& value) {
  Key<16> out;
  std::memcpy(out.data(), value.value().data(), 16);
  return out;
}

Key<36> correlated(const CorrelationId& value, std::uint64_t log_time_ns, const Pointer& at) {
  Key<36> out;
  std::memcpy(out.data(), value.value().data(), 16);
  put64(out.data() + 16, log_time_ns);
  put_pointer(out.data() + 24, at);
  return out;
}

Key<32> caused(const EventId& cause, const EventId& effect) {
  Key<32> out;
  std::memcpy(out.data(), cause.value().data(), 16);
  std::memcpy(out.data() + 16, effect.value().data(), 16);
  return out;
}

Key<4> u32(std::uint32_t value) {
  Key<4> out;
  put32(out.data(), value);
  return out;
}
Key<8> u64(std::uint64_t value) {
  Key<8> out;
  put64(out.data(), value);
  return out;
}
std::optional<std::uint32_t> u32_of(std::string_view bytes) {
  if (bytes.size() != 4) return std::nullopt;
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return __builtin_bswap32(value);
}
std::optional<std::uint64_t> u64_of(std::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  return get64(bytes.data());
}

std::string prefix_end(std::string_view prefix) {
  std::string out(prefix);
  while (!out.empty() && out.back() == '\xff')
    out.pop_back();
  if (!out.empty()) ++out.back();
  return out;
}

std::string superseded(const Pointer& at) {
  std::string out(superseded_prefix);
  out.append(text(pointer(at)));
  return out;
}

}  // namespace ars::store::keys
