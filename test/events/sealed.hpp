// Events as bytes for tests: one fixed header, every line of the catalogue in turn, and crcs that
// are right again after a test changed something. Pure; any thread.
#pragma once

#include "events/base/narrow.hpp"
#include "events/event.hpp"
#include "test/events/filled.hpp"

#include <cstring>
#include <vector>

namespace ars::test {

using Bytes = std::vector<std::uint8_t>;

template <class... Ts, class Visit>
void each_type(events::Catalogue<Ts...>, Visit&& visit) {
  (visit.template operator()<Ts>(), ...);
}

inline Bytes16 counted_bytes(std::uint8_t first) {
  Bytes16 out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(first + i);
  return out;
}

// A header whose every field holds something, two TLVs included.
inline events::Envelope fixed_header() {
  events::Envelope out;
  out.flags = 16;
  out.event_id = EventId(counted_bytes(0x10));
  out.agent_id = AgentId(counted_bytes(0x20));
  out.agg_seq = Sequence(0x0102030405060708);
  out.log_time_ns = 1'700'000'000'123'456'789;
  out.correlation_id = CorrelationId(counted_bytes(0x30));
  out.causation_id = EventId(counted_bytes(0x40));
  out.composition_version = CompositionVersion(7);
  out.owner_epoch = Epoch(9);
  out.trace_id = TraceId(counted_bytes(0x50));
  out.span_id = 0x1112131415161718;
  out.model_version = ModelVersion(11);
  out.agg_prev_hash = sha256("previous fact");
  out.tlvs.push_back({to_underlying(events::Tag::extra_cause), Bytes(16, 0x61)});
  out.tlvs.push_back({to_underlying(events::Tag::source_uri), {'a', 'b', 'c'}});
  return out;
}

template <class T>
T filled_event(Fill fill = Fill::plain) {
  return filled<T>(std::string(T::name), fill);
}

// Stored bytes of an event with no field at its default.
template <class T>
Bytes sealed_bytes(Fill fill = Fill::plain) {
  return events::seal(fixed_header(), filled_event<T>(fill))->stored;
}

template <class T>
void put(Bytes& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

// Makes the crc of changed bytes right again, so that what is behind it is what a test meets.
// REQUIRES: at least a header.
inline Bytes with_right_crc(Bytes bytes) {
  put(bytes, 152, std::uint32_t{0});
  put(bytes, 152, crc32c(bytes));
  return bytes;
}

}  // namespace ars::test
