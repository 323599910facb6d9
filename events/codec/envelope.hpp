// Envelope v1: the fixed little-endian header of every stored event (docs/log_format.md).
// Bytes are hashed exactly as stored and never re-serialized. Pure; any thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/id.hpp"
#include "events/base/result.hpp"

#include <cstdint>
#include <vector>

namespace ars::events {

inline constexpr std::uint32_t envelope_magic = 0x31455241;  // 'ARE1', little-endian

enum class Flag : std::uint16_t {
  encrypted = 1,
  imported = 2,
  barrier = 4,
  tombstone = 8,
  shadow = 16
};
enum class Content : std::uint16_t { flatbuffer = 1, json = 2 };
enum class Tag : std::uint16_t {
  extra_cause = 1,
  subject_key = 2,
  model_sha256 = 3,
  rng = 4,
  source_uri = 5,
  trace_flags = 6,
  raw_sha256 = 7,
  batch_number = 8,
};

struct Tlv {
  std::uint16_t tag = 0;
  std::vector<std::uint8_t> bytes;
  friend bool operator==(const Tlv&, const Tlv&) = default;
};

struct Envelope {
  std::uint16_t flags = 0;
  EventId event_id;
  AgentId agent_id;
  Sequence agg_seq;  // 0: an input, in nobody's history
  std::uint64_t log_time_ns = 0;
  CorrelationId correlation_id;
  EventId causation_id;
  std::uint32_t type_id = 0;
  std::uint16_t schema_version = 1;
  Content content = Content::flatbuffer;
  CompositionVersion composition_version;
  Epoch owner_epoch;
  TraceId trace_id;
  std::uint64_t span_id = 0;
  ModelVersion model_version;
  Bytes32 agg_prev_hash{};
  std::vector<Tlv> tlvs;
  friend bool operator==(const Envelope&, const Envelope&) = default;
};

// The stored bytes. REQUIRES: within limits::envelope_bytes_max.
std::vector<std::uint8_t> encode_envelope(const Envelope& envelope, ByteSpan payload);

struct DecodedEnvelope {
  Envelope envelope;
  ByteSpan payload;  // into the given bytes
};

// Errc::corrupt for anything that encode_envelope does not write; says what is wrong.
Result<DecodedEnvelope> decode_envelope(ByteSpan bytes);

// The event type that stored bytes claim, unverified; 0 when they are too short. For readers that
// pass over most events.
std::uint32_t stored_type(ByteSpan stored);

// SHA-256 of all stored bytes, crc included.
inline Bytes32 event_hash(ByteSpan stored) { return sha256(stored); }

// UUIDv7: milliseconds of log_time, then 10 bytes of SHA256(agent || agg_seq || input id).
EventId make_event_id(std::uint64_t log_time_ns, const AgentId& agent, Sequence agg_seq,
                      const EventId& input);
// The same with 10 bytes of SHA256("in" || 0 || source || 0 || id), for inputs from outside.
EventId make_ingress_id(std::uint64_t log_time_ns, std::string_view source, std::string_view id);
// First 8 bytes of SHA256(event id), big-endian.
std::uint64_t make_span_id(const EventId& id);
// First 16 bytes of SHA256(cluster || name || u32 nonce); the nonce is raised until the agent lands
// on the wanted partition.
AgentId mint_agent_id(const ClusterId& cluster, std::string_view name, std::uint16_t partition,
                      std::uint16_t partitions);

}  // namespace ars::events
