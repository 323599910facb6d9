#include "cli/event_query.hpp"

#include "cli/event_json.hpp"
#include "cli/time_text.hpp"
#include "events/base/narrow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <set>

namespace ars::cli {
namespace {

constexpr std::size_t read_ahead = 256;  // records a stream

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return out;
}

// `@TIME`, the sign being optional.
Result<std::uint64_t> time_of(std::string_view text) {
  if (text.starts_with('@')) text.remove_prefix(1);
  ARS_TRY(const auto ns, time_from_text(text));
  return narrow<std::uint64_t>(std::max<std::int64_t>(ns, 0));
}

// The first offset whose event is not before a time; log time grows within a stream.
Result<std::uint64_t> offset_at(const store::EventLog& log, const store::Stream& stream,
                                std::uint64_t time_ns) {
  std::uint64_t low = 0;
  std::uint64_t high = log.head(stream).next.value();
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    ARS_TRY(const auto event, event_at(log, {stream, Offset(middle)}));
    if (event->header.log_time_ns < time_ns) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Result<std::set<std::uint32_t>> types_of(const std::vector<std::string>& asked) {
  std::set<std::uint32_t> out;
  for (const auto& text : asked) {
    const auto before = out.size();
    for (const auto& info : events::catalogue_types()) {
      const bool star =
          text.ends_with('*') && info.name.starts_with(text.substr(0, text.size() - 1));
      if (star || info.name == text || std::to_string(info.type_id) == text)
        out.insert(info.type_id);
    }
    if (out.size() == before) {
      return fail(Errc::not_found,
                  fmt::format("there is no event type '{}'; `ars events list` shows "
                              "names such as ars.slate.served",
                              text));
    }
  }
  return out;
}

Result<std::vector<store::Stream>> streams_of(const store::EventLog& log,
                                              const std::string& asked) {
  std::vector<store::Stream> out;
  if (!asked.empty()) {
    ARS_TRY(const auto at, store::pointer_from_text(asked + "/0"));
    out.push_back(at.stream);
    if (log.head(at.stream).next.value() > 0) return out;
    return fail(Errc::not_found, fmt::format("the log has no stream {}", asked));
  }
  for (const auto& head : log.heads()) {
    if (head.stream.topic <= store::Topic::ctl) out.push_back(head.stream);
  }
  return out;
}

// One stream's events in reach, read in portions.
class Cursor {
 public:
  Cursor(const store::EventLog& log, store::Stream stream, OffsetRange range)
      : log_(log), stream_(stream), range_(range) {}
  // The next event, or null at the end.
  Result<const std::pair<events::EventPtr, store::Pointer>*> front() {
    if (ahead_.empty() && range_.begin < range_.end) {
      const auto most = std::min<std::uint64_t>(read_ahead, range_.end - range_.begin);
      ARS_TRY(const auto records, log_.read({stream_, Offset(range_.begin)}, most));
      for (const auto& record : records) {
        auto event = events::open_event(record.stored);
        if (!event) return outcome::failure(within(store::to_string(record.at), event.error()));
        ahead_.emplace_back(std::move(event).value(), record.at);
      }
      range_.begin += records.size();
      if (records.empty()) range_.begin = range_.end;
    }
    return ahead_.empty() ? nullptr : &ahead_.front();
  }
  void pop() { ahead_.pop_front(); }

 private:
  const store::EventLog& log_;
  store::Stream stream_;
  OffsetRange range_;
  std::deque<std::pair<events::EventPtr, store::Pointer>> ahead_;
};

// The filters, read once.
struct Filter {
  std::set<std::uint32_t> types;
  std::string agent;
  std::optional<CorrelationId> correlation;
  std::uint64_t from_ns = 0;
  std::uint64_t to_ns = ~std::uint64_t{0};

  bool takes(const events::Event& event, const AgentNames& names) const {
    const auto& header = event.header;
    if (!types.empty() && !types.contains(header.type_id)) return false;
    if (correlation.has_value() && header.correlation_id != *correlation) return false;
    if (header.log_time_ns < from_ns || header.log_time_ns >= to_ns) return false;
    return agent.empty() || names.is(header.agent_id, agent);
  }
};

Result<Filter> filter_of(const EventQuery& query) {
  Filter out;
  ARS_TRY(out.types, types_of(query.types));
  out.agent = query.agent;
  if (!query.correlation.empty()) {
    const auto id = uuid_from_text(query.correlation);
    if (!id)
      return fail(Errc::invalid, fmt::format("--corr {}: no id of 16 bytes", query.correlation));
    out.correlation = CorrelationId(*id);
  }
  if (!query.from.empty()) {
    ARS_TRY(out.from_ns, time_of(query.from));
  }
  if (!query.to.empty()) {
    ARS_TRY(out.to_ns, time_of(query.to));
  }
  return out;
}

}  // namespace

Result<events::EventPtr> event_at(const store::EventLog& log, const store::Pointer& at) {
  ARS_TRY(const auto records, log.read(at, 1));
  if (records.empty()) {
    return fail(Errc::not_found,
                fmt::format("{} does not exist: the stream ends at {}", store::to_string(at),
                            log.head(at.stream).next.value()));
  }
  auto event = events::open_event(records.front().stored);
  if (!event) return outcome::failure(within(store::to_string(at), event.error()));
  return std::move(event).value();
}

Result<void> scan_types(
    const store::EventLog& log, bool (*wanted)(std::uint32_t type_id),
    const std::function<bool(const events::Event&, const store::Pointer&)>& visit) {
  Error broken;
  events::Event event;
  for (const auto& head : log.heads()) {
    if (head.stream.topic != store::Topic::evt) continue;
    ARS_TRY(log.scan({head.stream, Offset(0)},
                     [&](const store::Pointer& at, const Bytes32&, ByteSpan stored) {
                       if (!wanted(events::stored_type(stored))) return true;
                       if (auto opened = events::open_event_into(stored, event); !opened) {
                         broken = within(store::to_string(at), opened.error());
                         return false;
                       }
                       return visit(event, at);
                     }));
    if (!broken.context.empty()) return outcome::failure(broken);
  }
  return success();
}

Result<OffsetRange> offset_range(const store::EventLog& log, const store::Stream& stream,
                                 const std::string& text) {
  const auto next = log.head(stream).next.value();
  if (text.empty() || text == "start") return OffsetRange{0, next};
  if (text == "end") return OffsetRange{next, next};
  if (text.starts_with('@')) {
    ARS_TRY(const auto time, time_of(text));
    ARS_TRY(const auto begin, offset_at(log, stream, time));
    return OffsetRange{begin, next};
  }
  if (const auto colon = text.find(':'); colon != text.npos) {
    const auto a = number(text.substr(0, colon));
    const auto b = number(text.substr(colon + 1));
    if (a && b && *a <= *b) return OffsetRange{std::min(*a, next), std::min(*b, next)};
  } else if (text.starts_with('-')) {
    if (const auto n = number(text.substr(1))) return OffsetRange{next - std::min(*n, next), next};
  } else if (const auto n = number(text.starts_with('+') ? text.substr(1) : text)) {
    return OffsetRange{std::min(*n, next), next};
  }
  return fail(Errc::invalid, fmt::format("--offset {}: write N, +N (from the start), -N (from the "
                                         "end), A:B, @TIME, start or end",
                                         text));
}

Result<void> visit_events(const store::EventLog& log, const AgentNames& names,
                          const EventQuery& query, const EventVisit& visit) {
  ARS_TRY(const auto filter, filter_of(query));
  ARS_TRY(const auto streams, streams_of(log, query.stream));
  std::vector<Cursor> cursors;
  for (const auto& stream : streams) {
    ARS_TRY(auto range, offset_range(log, stream, query.offset));
    if (filter.from_ns > 0) {
      ARS_TRY(const auto begin, offset_at(log, stream, filter.from_ns));
      range.begin = std::max(range.begin, begin);
    }
    cursors.emplace_back(log, stream, range);
  }
  while (true) {
    Cursor* earliest = nullptr;
    std::pair<events::EventPtr, store::Pointer> next;
    for (auto& cursor : cursors) {
      ARS_TRY(const auto* front, cursor.front());
      if (front == nullptr) continue;
      if (earliest != nullptr && front->first->header.log_time_ns >= next.first->header.log_time_ns)
        continue;
      earliest = &cursor;
      next = *front;
    }
    if (earliest == nullptr) return success();
    earliest->pop();
    if (!filter.takes(*next.first, names)) continue;
    ARS_TRY(const auto more, visit(next.first, next.second));
    if (!more) return success();
  }
}

}  // namespace ars::cli
