#include "events/codec/upcast.hpp"
#include "events/codec/view.hpp"
#include "events/event.hpp"

#include <array>
#include <cstring>

namespace ars::events {
namespace {

template <class... Ts>
constexpr auto rows(Catalogue<Ts...>) {
  return std::array<TypeInfo, sizeof...(Ts)>{
      TypeInfo{Ts::type_id, schema_version<Ts>(), Ts::name}...};
}
constexpr auto type_rows = rows(Catalog{});

template <class... Ts>
consteval bool lists_are_numbered(Catalogue<Ts...>) {
  return (fields_are_numbered<Ts>() && ...);
}
static_assert(lists_are_numbered(Catalog{}), "field numbers rise from 0 without gaps");
consteval bool numbers_are_unique() {
  for (std::size_t i = 0; i < type_rows.size(); ++i) {
    for (std::size_t j = i + 1; j < type_rows.size(); ++j) {
      if (type_rows[i].type_id == type_rows[j].type_id || type_rows[i].name == type_rows[j].name) {
        return false;
      }
    }
  }
  return true;
}
static_assert(numbers_are_unique(), "two catalogue lines share a number or a name");

using Decoder = bool (*)(const std::uint8_t*, std::size_t, Payload&);

template <class T>
bool decode_as(const std::uint8_t* bytes, std::size_t size, Payload& out) {
  return flat::decode(bytes, size, out.emplace<T>());
}
template <class... Ts>
constexpr auto decoders(Catalogue<Ts...>) {
  return std::array<Decoder, sizeof...(Ts)>{&decode_as<Ts>...};
}
constexpr auto decoder_rows = decoders(Catalog{});

constexpr std::size_t slot_max = 600;
constexpr auto slot_by_type = [] {
  std::array<std::int16_t, slot_max> out{};
  for (auto& each : out)
    each = -1;
  for (std::size_t i = 0; i < type_rows.size(); ++i) {
    out[type_rows[i].type_id] = static_cast<std::int16_t>(i);
  }
  return out;
}();

}  // namespace

std::span<const TypeInfo> catalogue_types() { return type_rows; }

std::optional<TypeInfo> type_info(std::uint32_t type_id) {
  if (type_id >= slot_max || slot_by_type[type_id] < 0) return std::nullopt;
  return type_rows[static_cast<std::size_t>(slot_by_type[type_id])];
}

std::optional<TypeInfo> type_info(std::string_view name) {
  for (const auto& row : type_rows) {
    if (row.name == name || std::to_string(row.type_id) == name) return row;
  }
  return std::nullopt;
}

std::vector<std::uint8_t> encode_payload(const Payload& payload) {
  return std::visit([](const auto& value) { return flat::encode(value); }, payload);
}
std::uint32_t type_id_of(const Payload& payload) {
  return std::visit([](const auto& v) { return std::remove_cvref_t<decltype(v)>::type_id; },
                    payload);
}
std::string_view name_of(const Payload& payload) {
  return std::visit([](const auto& v) { return std::remove_cvref_t<decltype(v)>::name; }, payload);
}

EventPtr seal(Envelope header, Payload payload) {
  header.type_id = type_id_of(payload);
  header.schema_version = type_rows[payload.index()].schema_version;
  header.content = Content::flatbuffer;
  const auto bytes = encode_payload(payload);
  auto stored = encode_envelope(header, bytes);
  return std::make_shared<const Event>(
      Event{std::move(header), std::move(payload), std::move(stored)});
}

namespace {

// FlatBuffers loads through reinterpret_cast, so that a payload must lie 8-aligned.
ByteSpan aligned(ByteSpan payload) {
  if (reinterpret_cast<std::uintptr_t>(payload.data()) % 8 == 0) return payload;
  thread_local std::vector<std::uint64_t> arena;
  arena.resize((payload.size() + 7) / 8);
  if (!payload.empty()) std::memcpy(arena.data(), payload.data(), payload.size());
  return {reinterpret_cast<const std::uint8_t*>(arena.data()), payload.size()};
}

}  // namespace

Result<void> open_event_into(ByteSpan stored, Event& event) {
  ARS_TRY(auto decoded, decode_envelope(stored));
  const auto& header = decoded.envelope;
  const auto info = type_info(header.type_id);
  if (!info.has_value()) {
    return fail(Errc::unsupported,
                fmt::format("event type {} is not in the catalogue", header.type_id));
  }
  const auto payload = aligned(decoded.payload);
  if (header.schema_version == info->schema_version) {
    const auto slot = static_cast<std::size_t>(slot_by_type[header.type_id]);
    if (!decoder_rows[slot](payload.data(), payload.size(), event.payload)) {
      return fail(Errc::corrupt, fmt::format("payload is not a {}", info->name));
    }
  } else {
    ARS_TRY(event.payload, upcast(header.type_id, header.schema_version, payload));
  }
  event.header = std::move(decoded.envelope);
  return success();
}

Result<EventPtr> open_event(ByteSpan stored) {
  auto event = std::make_shared<Event>();
  ARS_TRY(open_event_into(stored, *event));
  event->stored.assign(stored.begin(), stored.end());
  return EventPtr(std::move(event));
}

}  // namespace ars::events
