// CloudEvents 1.0 headers of a stored event, as Kafka records carry them (binary mode). A
// projection for outsiders: on a mismatch the envelope wins. Pure; any thread, one object per
// thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/id.hpp"
#include "events/base/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ars::events {

// `name` has static storage.
struct CloudHeader {
  std::string_view name;
  std::string value;
};

// Makes the headers of one record after the other in the same memory.
class CloudEventHeaders {
 public:
  explicit CloudEventHeaders(const ClusterId& cluster);

  // The headers of `stored`; valid until the next call. ce_subject is the user's pseudonym where
  // the event has one, ce_time its occurred_at, else the log time. Errc::corrupt: no envelope, or a
  // payload that is not what its type says; Errc::unsupported: a type unknown to this build.
  Result<std::span<const CloudHeader>> of(ByteSpan stored);

 private:
  std::string& next(std::string_view name);

  std::string source_prefix_;
  std::array<CloudHeader, 12> headers_;
  std::size_t count_ = 0;
};

// 2026-01-02T03:04:05.006Z: UTC, fraction only where there is one.
std::string rfc3339(std::int64_t ns_since_1970);
// 018bcfe5-6800-72e2-9661-860cc4327562
std::string uuid_text(const EventId& id);

}  // namespace ars::events
