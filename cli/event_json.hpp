// Events as JSON, by their field lists: the payload alone, or a structured CloudEvent as
// `ars events export` writes it. Pure; any thread.
#pragma once

#include "events/event.hpp"
#include "store/event_log.hpp"

#include <string>

namespace ars::cli {

// One JSON object; fields named as in the field list. Ids and bytes in hexadecimal, times in
// RFC 3339, enumerations by name, integers beyond 2^53 as strings.
std::string payload_json(const events::Payload& payload);

// CloudEvents 1.0, structured mode; extensions carry what the envelope knows beyond that.
std::string cloud_event_json(const events::Event& event, const store::Pointer& at,
                             const ClusterId& cluster);

// 018bcfe5-6800-72e2-9661-860cc4327562
std::string uuid_text(const Bytes16& id);
// With or without dashes.
std::optional<Bytes16> uuid_from_text(std::string_view text);

// The payload's own words, short: name=value of its scalar fields, at most `chars` of them.
std::string payload_line(const events::Payload& payload, std::size_t chars);

}  // namespace ars::cli
