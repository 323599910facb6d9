#include "cli/event_json.hpp"

#include "cli/json_object.hpp"
#include "cli/time_text.hpp"
#include "events/base/narrow.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::cli {
namespace {

using events::IsByteArray;
using events::IsVector;
using events::Listed;
using events::Strong;

std::string_view word(events::Arm value) {
  return value == events::Arm::champion ? "champion" : "variant";
}
std::string_view word(events::SlotKind value) {
  constexpr std::array<std::string_view, 5> words{"ranked", "explore", "pinned", "backfill",
                                                  "fallback"};
  return to_underlying(value) < words.size() ? words[to_underlying(value)] : "";
}
std::string_view word(events::ResultCode value) {
  constexpr std::array<std::string_view, 3> words{"ok", "fewer", "empty"};
  return to_underlying(value) < words.size() ? words[to_underlying(value)] : "";
}
std::string_view word(events::RewireState value) {
  constexpr std::array<std::string_view, 9> words{"proposed", "validated",   "barrier",
                                                  "draining", "snapshotted", "spawned",
                                                  "switched", "retired",     "aborted"};
  return to_underlying(value) < words.size() ? words[to_underlying(value)] : "";
}
std::string_view word(events::ChangeKind value) {
  constexpr std::array<std::string_view, 9> words{
      "initial", "parameters",   "feature_added",  "feature_retired", "architecture",
      "policy",  "recall_added", "recall_removed", "serving"};
  return to_underlying(value) < words.size() ? words[to_underlying(value)] : "";
}
std::string_view word(events::TaskState value) {
  constexpr std::array<std::string_view, 7> words{"pending", "ready",   "running", "succeeded",
                                                  "failed",  "skipped", "waiting"};
  return to_underlying(value) < words.size() ? words[to_underlying(value)] : "";
}

template <class T>
std::string json_of(const T& value) {
  if constexpr (std::same_as<T, Timestamp>) {
    return json_text(time_text(value.value()));
  } else if constexpr (Strong<T>) {
    return json_of(value.value());
  } else if constexpr (Listed<T>) {
    JsonObject out;
    events::for_each_field<T>(
        [&](const auto& f) { out.add_raw(f.name, json_of(value.*f.member)); });
    return out.text();
  } else if constexpr (std::same_as<T, std::string>) {
    return json_text(std::string_view(value));
  } else if constexpr (IsByteArray<T>::value || std::same_as<T, std::vector<std::uint8_t>>) {
    return json_text(std::string_view(to_hex(ByteSpan(value))));
  } else if constexpr (IsVector<T>::value) {
    std::vector<std::string> out;
    out.reserve(value.size());
    for (const auto& each : value)
      out.push_back(json_of<typename T::value_type>(each));
    return json_list(out);
  } else if constexpr (std::is_enum_v<T>) {
    const auto known = word(value);
    return known.empty() ? json_text(std::uint64_t{to_underlying(value)}) : json_text(known);
  } else if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_floating_point_v<T>) {
    return json_text(value);
  } else if constexpr (std::is_signed_v<T>) {
    return json_text(std::int64_t{value});
  } else {
    return json_text(std::uint64_t{value});
  }
}

// A value as it stands in a line of text; empty when it would say nothing there.
template <class T>
std::string short_text(const T& value) {
  if constexpr (std::same_as<T, Timestamp>) {
    return time_text(value.value());
  } else if constexpr (Strong<T>) {
    return short_text(value.value());
  } else if constexpr (IsByteArray<T>::value) {
    const auto zero = std::all_of(value.begin(), value.end(), [](auto byte) { return byte == 0; });
    return zero ? std::string() : to_hex(ByteSpan(value)).substr(0, 8);
  } else if constexpr (std::same_as<T, std::string>) {
    return value;
  } else if constexpr (IsVector<T>::value) {
    return value.empty() ? std::string() : fmt::format("[{}]", value.size());
  } else if constexpr (std::is_enum_v<T>) {
    return std::string(word(value));
  } else if constexpr (std::is_arithmetic_v<T>) {
    return fmt::format("{}", value);
  } else {
    return {};
  }
}

}  // namespace

std::string payload_json(const events::Payload& payload) {
  return std::visit([](const auto& value) { return json_of(value); }, payload);
}

std::string payload_line(const events::Payload& payload, std::size_t chars) {
  std::string out;
  std::visit(
      [&](const auto& value) {
        using T = std::remove_cvref_t<decltype(value)>;
        events::for_each_field<T>([&](const auto& f) {
          const auto text = short_text(value.*f.member);
          if (text.empty()) return;
          if (!out.empty()) out += ' ';
          out += fmt::format("{}={}", f.name, text);
        });
      },
      payload);
  for (auto& c : out) {
    if (c == '\n') c = ' ';
  }
  if (out.size() > chars) {
    out.resize(chars - 3);
    out += "...";
  }
  return out;
}

std::string uuid_text(const Bytes16& id) {
  const auto hex = to_hex(ByteSpan(id));
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

std::optional<Bytes16> uuid_from_text(std::string_view text) {
  std::string hex(text);
  std::erase(hex, '-');
  return bytes16_from_hex(hex);
}

std::string cloud_event_json(const events::Event& event, const store::Pointer& at,
                             const ClusterId& cluster) {
  const auto& header = event.header;
  JsonObject out;
  out.add("specversion", "1.0").add("id", uuid_text(header.event_id.value()));
  out.add("source", fmt::format("/ars/{}/{}", to_hex(cluster), to_hex(header.agent_id)));
  out.add("type", fmt::format("{}.v{}", events::name_of(event.payload), header.schema_version));
  out.add("time", time_text(narrow<std::int64_t>(header.log_time_ns)));
  out.add("datacontenttype", "application/json");
  out.add("arsoffset", store::to_string(at));
  out.add("partitionkey", to_hex(header.agent_id));
  if (header.correlation_id != CorrelationId{}) {
    out.add("correlationid", to_hex(header.correlation_id));
  }
  if (header.causation_id != EventId{}) {
    out.add("causationid", uuid_text(header.causation_id.value()));
  }
  if (header.trace_id != TraceId{}) {
    out.add("traceparent",
            fmt::format("00-{}-{:016x}-01", to_hex(header.trace_id), header.span_id));
  }
  out.add("arssequence", header.agg_seq.value()).add("arsepoch", header.owner_epoch.value());
  out.add("arscomposition", header.composition_version.value());
  out.add("arsprevioushash", to_hex(ByteSpan(header.agg_prev_hash)));
  out.add_raw("data", payload_json(event.payload));
  return out.text();
}

}  // namespace ars::cli
