// An event as it travels: header, typed payload, and the bytes as stored once it is. Immutable
// after construction and shared between actors as EventPtr.
#pragma once

#include "events/catalog.hpp"
#include "events/codec/envelope.hpp"

#include <memory>

namespace ars::events {

struct Event {
  Envelope header;
  Payload payload;
  std::vector<std::uint8_t> stored;  // empty until encoded

  template <class T>
  const T* as() const {
    return std::get_if<T>(&payload);
  }
};

using EventPtr = std::shared_ptr<const Event>;

// FlatBuffers bytes of a payload.
std::vector<std::uint8_t> encode_payload(const Payload& payload);
std::uint32_t type_id_of(const Payload& payload);
std::string_view name_of(const Payload& payload);

// Fills header.type_id, schema_version, content and `stored`. The rest of the header is the
// caller's.
EventPtr seal(Envelope header, Payload payload);

// Verifies and reads stored bytes; upcasts old versions. Errc::corrupt for bytes that are not what
// they claim, Errc::unsupported for a type or version unknown to this build.
Result<EventPtr> open_event(ByteSpan stored);
// The same into an event that is used again; its `stored` stays empty. For folds, which read and
// forget: with 8-aligned bytes nothing is copied but the values.
Result<void> open_event_into(ByteSpan stored, Event& event);

// Any listed struct (agent state, view delta, row of a projection) to bytes and back, by the same
// codec. Instantiate with ARS_LISTED in codec/payload.cpp for types of the catalogue; other layers
// include events/codec/flat.hpp through events/codec/view.hpp.
}  // namespace ars::events
