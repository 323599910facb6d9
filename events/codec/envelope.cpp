#include "events/codec/envelope.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "events/limits.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace ars::events {
namespace {

static_assert(std::endian::native == std::endian::little, "the envelope is copied as stored");

template <class T>
void put(std::vector<std::uint8_t>& out, std::size_t at, const T& value) {
  std::memcpy(out.data() + at, &value, sizeof(T));
}
template <class T>
T get(ByteSpan bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}
void put_id(std::vector<std::uint8_t>& out, std::size_t at, const Bytes16& id) {
  std::memcpy(out.data() + at, id.data(), id.size());
}
template <class Id>
Id get_id(ByteSpan bytes, std::size_t at) {
  Bytes16 raw{};
  std::memcpy(raw.data(), bytes.data() + at, raw.size());
  return Id(raw);
}

std::uint32_t stored_crc(ByteSpan bytes) {
  static constexpr std::uint8_t zeros[4] = {0, 0, 0, 0};
  auto crc = crc32c(bytes.first(152));
  crc = crc32c(ByteSpan(zeros, 4), crc);
  return crc32c(bytes.subspan(156), crc);
}

EventId uuid7(std::uint64_t log_time_ns, const Bytes32& digest) {
  Bytes16 id{};
  const auto ms = log_time_ns / 1'000'000;
  for (std::size_t i = 0; i < 6; ++i)
    id[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  std::copy_n(digest.begin(), 10, id.begin() + 6);
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0f) | 0x70);
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3f) | 0x80);
  return EventId(id);
}

Result<std::vector<Tlv>> decode_tlvs(ByteSpan area) {
  std::vector<Tlv> out;
  std::size_t at = 0;
  while (area.size() - at >= 4 && get<std::uint16_t>(area, at) != 0) {
    const auto size = get<std::uint16_t>(area, at + 2);
    if (size > area.size() - at - 4) return fail(Errc::corrupt, "a TLV overruns its area");
    const auto* from = area.data() + at + 4;
    out.push_back({get<std::uint16_t>(area, at), {from, from + size}});
    at += 4u + size;
  }
  if (area.size() - at >= 8) return fail(Errc::corrupt, "more than 7 bytes of TLV padding");
  if (std::any_of(area.begin() + narrow<std::ptrdiff_t>(at), area.end(),
                  [](std::uint8_t byte) { return byte != 0; })) {
    return fail(Errc::corrupt, "TLV padding is not zero");
  }
  return out;
}

}  // namespace

std::vector<std::uint8_t> encode_envelope(const Envelope& e, ByteSpan payload) {
  std::size_t tlv_size = 0;
  for (const auto& tlv : e.tlvs)
    tlv_size += 4 + tlv.bytes.size();
  tlv_size = (tlv_size + 7) / 8 * 8;
  const auto header = limits::envelope_header_bytes;
  ARS_CHECK(tlv_size <= limits::tlv_bytes_max, "{} bytes of TLVs", tlv_size);
  ARS_CHECK(header + tlv_size + payload.size() <= limits::envelope_bytes_max,
            "event type {} has {} payload bytes", e.type_id, payload.size());
  std::vector<std::uint8_t> out(header + tlv_size + payload.size());
  put(out, 0, envelope_magic);
  put(out, 4, std::uint16_t{1});
  put(out, 6, e.flags);
  put_id(out, 8, e.event_id.value());
  put_id(out, 24, e.agent_id.value());
  put(out, 40, e.agg_seq.value());
  put(out, 48, e.log_time_ns);
  put_id(out, 56, e.correlation_id.value());
  put_id(out, 72, e.causation_id.value());
  put(out, 88, e.type_id);
  put(out, 92, e.schema_version);
  put(out, 94, to_underlying(e.content));
  put(out, 96, e.composition_version.value());
  put(out, 104, e.owner_epoch.value());
  put_id(out, 112, e.trace_id.value());
  put(out, 128, e.span_id);
  put(out, 136, e.model_version.value());
  put(out, 144, narrow<std::uint32_t>(tlv_size));
  put(out, 148, narrow<std::uint32_t>(payload.size()));
  std::memcpy(out.data() + 160, e.agg_prev_hash.data(), e.agg_prev_hash.size());
  std::size_t at = header;
  for (const auto& tlv : e.tlvs) {
    put(out, at, tlv.tag);
    put(out, at + 2, narrow<std::uint16_t>(tlv.bytes.size()));
    std::copy(tlv.bytes.begin(), tlv.bytes.end(), out.begin() + narrow<std::ptrdiff_t>(at + 4));
    at += 4 + tlv.bytes.size();
  }
  std::copy(payload.begin(), payload.end(),
            out.begin() + narrow<std::ptrdiff_t>(header + tlv_size));
  put(out, 152, stored_crc(out));
  return out;
}

Result<DecodedEnvelope> decode_envelope(ByteSpan bytes) {
  const auto header = limits::envelope_header_bytes;
  if (bytes.size() < header) return fail(Errc::corrupt, "shorter than an envelope header");
  if (bytes.size() > limits::envelope_bytes_max) return fail(Errc::corrupt, "larger than 900 KiB");
  if (get<std::uint32_t>(bytes, 0) != envelope_magic) return fail(Errc::corrupt, "wrong magic");
  if (get<std::uint16_t>(bytes, 4) != 1) {
    return fail(Errc::unsupported, fmt::format("envelope version {} is not known to this build",
                                               get<std::uint16_t>(bytes, 4)));
  }
  const std::uint64_t tlv_size = get<std::uint32_t>(bytes, 144);
  const std::uint64_t payload_size = get<std::uint32_t>(bytes, 148);
  if (header + tlv_size + payload_size != bytes.size() || tlv_size % 8 != 0) {
    return fail(Errc::corrupt, "lengths do not add up to the size");
  }
  if (get<std::uint32_t>(bytes, 156) != 0)
    return fail(Errc::corrupt, "reserved bytes are not zero");
  if (get<std::uint32_t>(bytes, 152) != stored_crc(bytes))
    return fail(Errc::corrupt, "crc32c differs");
  DecodedEnvelope out;
  auto& e = out.envelope;
  e.flags = get<std::uint16_t>(bytes, 6);
  e.event_id = get_id<EventId>(bytes, 8);
  e.agent_id = get_id<AgentId>(bytes, 24);
  e.agg_seq = Sequence(get<std::uint64_t>(bytes, 40));
  e.log_time_ns = get<std::uint64_t>(bytes, 48);
  e.correlation_id = get_id<CorrelationId>(bytes, 56);
  e.causation_id = get_id<EventId>(bytes, 72);
  e.type_id = get<std::uint32_t>(bytes, 88);
  e.schema_version = get<std::uint16_t>(bytes, 92);
  const auto content = get<std::uint16_t>(bytes, 94);
  if (content != 1 && content != 2) return fail(Errc::corrupt, "unknown content kind");
  e.content = static_cast<Content>(content);
  e.composition_version = CompositionVersion(get<std::uint64_t>(bytes, 96));
  e.owner_epoch = Epoch(get<std::uint64_t>(bytes, 104));
  e.trace_id = get_id<TraceId>(bytes, 112);
  e.span_id = get<std::uint64_t>(bytes, 128);
  e.model_version = ModelVersion(get<std::uint64_t>(bytes, 136));
  std::memcpy(e.agg_prev_hash.data(), bytes.data() + 160, 32);
  ARS_TRY(e.tlvs, decode_tlvs(bytes.subspan(header, tlv_size)));
  out.payload = bytes.subspan(header + tlv_size, payload_size);
  return out;
}

std::uint32_t stored_type(ByteSpan stored) {
  return stored.size() < limits::envelope_header_bytes ? 0 : get<std::uint32_t>(stored, 88);
}

EventId make_event_id(std::uint64_t log_time_ns, const AgentId& agent, Sequence agg_seq,
                      const EventId& input) {
  thread_local Sha256 hasher;
  hasher.update(agent.value()).update_u64(agg_seq.value()).update(input.value());
  return uuid7(log_time_ns, hasher.digest());
}

EventId make_ingress_id(std::uint64_t log_time_ns, std::string_view source, std::string_view id) {
  thread_local Sha256 hasher;
  hasher.update("in").update_u8(0).update(source).update_u8(0).update(id);
  return uuid7(log_time_ns, hasher.digest());
}

std::uint64_t make_span_id(const EventId& id) {
  const auto digest = sha256(id.value());
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i)
    out = (out << 8) | digest[i];
  return out;
}

AgentId mint_agent_id(const ClusterId& cluster, std::string_view name, std::uint16_t partition,
                      std::uint16_t partitions) {
  for (std::uint32_t nonce = 0;; ++nonce) {
    Sha256 hasher;
    hasher.update(cluster.value()).update(name).update_u32(nonce);
    const auto digest = hasher.digest();
    Bytes16 id{};
    std::copy_n(digest.begin(), id.size(), id.begin());
    if (partition_of(id, partitions) == partition) return AgentId(id);
  }
}

}  // namespace ars::events
