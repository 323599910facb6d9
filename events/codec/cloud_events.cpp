#include "events/codec/cloud_events.hpp"

#include "events/base/narrow.hpp"
#include "events/catalog.hpp"
#include "events/codec/envelope.hpp"
#include "events/codec/flat.hpp"

#include <cstring>
#include <optional>
#include <vector>

namespace ars::events {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

// Every record passes here half a dozen times, so no byte is appended alone.
void append_hex(std::string& out, ByteSpan bytes) {
  auto at = out.size();
  out.resize(at + 2 * bytes.size());
  for (const auto byte : bytes) {
    out[at++] = digits[byte >> 4];
    out[at++] = digits[byte & 15];
  }
}

void append_uuid(std::string& out, const Bytes16& id) {
  const ByteSpan bytes(id);
  append_hex(out, bytes.subspan(0, 4));
  for (const std::size_t at : {4u, 6u, 8u}) {
    out += '-';
    append_hex(out, bytes.subspan(at, 2));
  }
  out += '-';
  append_hex(out, bytes.subspan(10, 6));
}

// A number with leading zeros.
void append_padded(std::string& out, std::uint64_t value, int width) {
  char text[20];
  for (int i = width; i-- > 0; value /= 10)
    text[i] = digits[value % 10];
  out.append(text, narrow<std::size_t>(width));
}

// Year, month and day of a day number since 1970 (Hinnant, chrono-compatible date algorithms).
void append_date(std::string& out, std::int64_t day) {
  day += 719'468;
  const auto era = (day >= 0 ? day : day - 146'096) / 146'097;
  const auto of_era = day - era * 146'097;
  const auto year_of_era = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const auto of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto shifted = (5 * of_year + 2) / 153;  // months since March
  const auto day_of_month = of_year - (153 * shifted + 2) / 5 + 1;
  const auto month = shifted < 10 ? shifted + 3 : shifted - 9;
  const auto year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  append_padded(out, narrow<std::uint64_t>(year), 4);
  out += '-';
  append_padded(out, narrow<std::uint64_t>(month), 2);
  out += '-';
  append_padded(out, narrow<std::uint64_t>(day_of_month), 2);
}

void append_time(std::string& out, std::int64_t ns_since_1970) {
  constexpr std::int64_t ns_per_day = 86'400'000'000'000;
  auto day = ns_since_1970 / ns_per_day;
  auto rest = ns_since_1970 % ns_per_day;
  if (rest < 0) {
    rest += ns_per_day;
    --day;
  }
  append_date(out, day);
  const auto seconds = narrow<std::uint64_t>(rest / 1'000'000'000);
  out += 'T';
  append_padded(out, seconds / 3600, 2);
  out += ':';
  append_padded(out, seconds / 60 % 60, 2);
  out += ':';
  append_padded(out, seconds % 60, 2);
  if (const auto fraction = narrow<std::uint64_t>(rest % 1'000'000'000); fraction != 0) {
    out += '.';
    append_padded(out, fraction, 9);
    out.erase(out.find_last_not_of('0') + 1);
  }
  out += 'Z';
}

// What the headers need of a payload.
struct Peeked {
  std::optional<UserId> user;
  std::optional<Timestamp> occurred_at;
};

// Reads the two fields alone, from a verified table. False when it is not a T.
template <class T>
bool peek_as(const std::uint8_t* bytes, std::size_t size, Peeked& out) {
  flatbuffers::Verifier verifier(bytes, size, limits::payload_depth_max,
                                 limits::payload_tables_max);
  if (!verifier.VerifyBuffer<flat::View<T>>(nullptr)) return false;
  const flatbuffers::Table& table = flatbuffers::GetRoot<flat::View<T>>(bytes)->table();
  for_each_field<T>([&](const auto& f) {
    using F = typename std::remove_cvref_t<decltype(f)>::Type;
    if constexpr (std::same_as<F, UserId>) {
      if (f.name != "user") return;
      UserId user;
      flat::read_reference<UserId>(table, flat::slot_of<F>(f.number), user);
      if (user != UserId{}) out.user = user;
    } else if constexpr (std::same_as<F, Timestamp>) {
      if (f.name != "occurred_at") return;
      const auto slot = flat::slot_of<F>(f.number);
      out.occurred_at = Timestamp(table.GetField<std::int64_t>(slot, 0));
    }
  });
  return true;
}

using Peeker = bool (*)(const std::uint8_t*, std::size_t, Peeked&);
template <class... Ts>
constexpr auto peekers(Catalogue<Ts...>) {
  return std::array<Peeker, sizeof...(Ts)>{&peek_as<Ts>...};
}
constexpr auto peeker_rows = peekers(Catalog{});

Result<Peeked> peek(const TypeInfo& info, const Envelope& header, ByteSpan payload) {
  Peeked out;
  // Another version may have other fields; its headers do without.
  if (header.schema_version != info.schema_version || header.content != Content::flatbuffer)
    return out;
  const auto* bytes = payload.data();
  thread_local std::vector<std::uint64_t> arena;
  if (reinterpret_cast<std::uintptr_t>(bytes) % 8 != 0) {
    arena.resize((payload.size() + 7) / 8);
    std::memcpy(arena.data(), payload.data(), payload.size());
    bytes = reinterpret_cast<const std::uint8_t*>(arena.data());
  }
  const auto row = narrow<std::size_t>(&info - catalogue_types().data());
  if (!peeker_rows[row](bytes, payload.size(), out)) {
    return fail(Errc::corrupt, std::string("payload is not a ").append(info.name));
  }
  return out;
}

const TypeInfo* row_of(std::uint32_t type_id) {
  for (const auto& row : catalogue_types()) {
    if (row.type_id == type_id) return &row;
  }
  return nullptr;
}

std::uint8_t trace_flags(const Envelope& header) {
  for (const auto& tlv : header.tlvs) {
    if (tlv.tag == to_underlying(Tag::trace_flags) && tlv.bytes.size() == 1) return tlv.bytes[0];
  }
  return 0;
}

void append_traceparent(std::string& out, const Envelope& header) {
  out += "00-";
  append_hex(out, header.trace_id.value());
  out += '-';
  std::array<std::uint8_t, 9> tail{};
  for (std::size_t i = 0; i < 8; ++i) {
    tail[i] = narrow<std::uint8_t>((header.span_id >> (56 - 8 * i)) & 0xff);
  }
  tail[8] = trace_flags(header);
  append_hex(out, ByteSpan(tail).first(8));
  out += '-';
  append_hex(out, ByteSpan(tail).subspan(8));
}

}  // namespace

std::string rfc3339(std::int64_t ns_since_1970) {
  std::string out;
  append_time(out, ns_since_1970);
  return out;
}

std::string uuid_text(const EventId& id) {
  std::string out;
  append_uuid(out, id.value());
  return out;
}

CloudEventHeaders::CloudEventHeaders(const ClusterId& cluster)
    : source_prefix_("/ars/" + to_hex(cluster) + "/") {}

std::string& CloudEventHeaders::next(std::string_view name) {
  auto& header = headers_[count_++];
  header.name = name;
  header.value.clear();
  return header.value;
}

Result<std::span<const CloudHeader>> CloudEventHeaders::of(ByteSpan stored) {
  ARS_TRY(const auto decoded, decode_envelope(stored));
  const auto& header = decoded.envelope;
  const auto* info = row_of(header.type_id);
  if (info == nullptr) {
    return fail(Errc::unsupported,
                "event type " + std::to_string(header.type_id) + " is not in the catalogue");
  }
  ARS_TRY(const auto peeked, peek(*info, header, decoded.payload));
  count_ = 0;
  next("content-type").append("application/vnd.ars.event.v1");
  next("ce_specversion").append("1.0");
  append_uuid(next("ce_id"), header.event_id.value());
  auto& source = next("ce_source").append(source_prefix_);
  append_hex(source, header.agent_id.value());
  next("ce_type").append(info->name).append(".v").append(std::to_string(header.schema_version));
  if (peeked.user.has_value()) append_hex(next("ce_subject"), peeked.user->value());
  append_time(next("ce_time"), peeked.occurred_at.has_value()
                                   ? peeked.occurred_at->value()
                                   : narrow<std::int64_t>(header.log_time_ns));
  append_hex(next("ce_partitionkey"), header.agent_id.value());
  if (header.correlation_id != CorrelationId{}) {
    append_hex(next("ce_correlationid"), header.correlation_id.value());
  }
  if (header.causation_id != EventId{})
    append_uuid(next("ce_causationid"), header.causation_id.value());
  if (header.trace_id != TraceId{}) append_traceparent(next("traceparent"), header);
  return std::span<const CloudHeader>(headers_.data(), count_);
}

}  // namespace ars::events
