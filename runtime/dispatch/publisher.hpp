// Sends the local log to a backend, record for record and in order, so that offsets there equal
// offsets here (docs/adr/0001). The local log is durable first; what the backend lacks is found by
// asking it, so a restart or an outage loses nothing and repeats nothing. Owned by the run loop or
// a log actor; its calls block.
#pragma once

#include "store/log_backend.hpp"

#include <chrono>
#include <map>

namespace ars::runtime {

class Publisher {
 public:
  // Both outlive the publisher.
  Publisher(const store::EventLog& log, store::LogBackend& backend);

  // Finds how far the backend is. Errc::conflict: it holds records that this log does not - another
  // cluster in the same namespace, or a second writer; the context names both. Errc::unavailable.
  Result<void> align(std::chrono::milliseconds deadline);
  // Sends everything that the backend lacks. Errc::unavailable: try again later, nothing is lost;
  // Errc::conflict: somebody else wrote meanwhile.
  Result<void> publish(std::chrono::milliseconds deadline);
  // Records of evt and ctl that the backend lacks.
  std::uint64_t lag() const;

 private:
  Result<void> align_stream(const store::Stream& stream, std::chrono::milliseconds deadline);
  Result<void> publish_stream(const store::Stream& stream, std::chrono::milliseconds deadline);

  const store::EventLog& log_;
  store::LogBackend& backend_;
  std::map<store::Stream, Offset> next_;  // per stream, the first record that the backend lacks
};

}  // namespace ars::runtime
