// Which events of a log are meant, and a walk over them in the order of the log's time. Owned by
// one command; one thread.
#pragma once

#include "cli/log_door.hpp"
#include "events/event.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ars::cli {

// Filters as texts of the command line; empty: no filter.
struct EventQuery {
  std::string stream;              // evt/3; else every partition of evt, cmd, fb and ctl
  std::vector<std::string> types;  // names, numbers, or the beginning of a name with a star
  std::string agent;               // AgentNames::is
  std::string correlation;
  std::string offset;  // N, +N, -N, A:B, @TIME, start, end: within each stream
  std::string from;    // @TIME
  std::string to;
};

using EventVisit = std::function<Result<bool>(const events::EventPtr&, const store::Pointer&)>;

// Calls visit for each event meant, by log time over all streams, until it says false.
// Errc::invalid: a filter that cannot be read; Errc::not_found: an offset beyond the end, a stream
// or type that does not exist; Errc::corrupt.
Result<void> visit_events(const store::EventLog& log, const AgentNames& names,
                          const EventQuery& query, const EventVisit& visit);

// Offsets [begin, end) of a stream that a form of `--offset` means.
struct OffsetRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};
Result<OffsetRange> offset_range(const store::EventLog& log, const store::Stream& stream,
                                 const std::string& text);

// Visits the events of wanted types in evt, stream by stream, and stops a stream when `visit` says
// false. The others are not even decoded. Errc::corrupt.
Result<void> scan_types(
    const store::EventLog& log, bool (*wanted)(std::uint32_t type_id),
    const std::function<bool(const events::Event&, const store::Pointer&)>& visit);

// The event at a pointer. Errc::not_found.
Result<events::EventPtr> event_at(const store::EventLog& log, const store::Pointer& at);

}  // namespace ars::cli
