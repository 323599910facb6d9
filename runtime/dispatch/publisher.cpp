#include "runtime/dispatch/publisher.hpp"

#include "events/codec/envelope.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>

namespace ars::runtime {
namespace {

// ctl first: whoever reads the namespace finds the cluster before its events.
const std::vector<store::Stream> streams = {{store::Topic::ctl, 0}, {store::Topic::evt, 0}};

std::string cluster_text(ByteSpan stored) {
  const auto decoded = events::decode_envelope(stored);
  return decoded.has_value() ? to_hex(decoded.value().envelope.event_id) : std::string("no event");
}

}  // namespace

Publisher::Publisher(const store::EventLog& log, store::LogBackend& backend)
    : log_(log), backend_(backend) {}

Result<void> Publisher::align(std::chrono::milliseconds deadline) {
  for (const auto& stream : streams)
    ARS_TRY(align_stream(stream, deadline));
  return success();
}

Result<void> Publisher::align_stream(const store::Stream& stream,
                                     std::chrono::milliseconds deadline) {
  ARS_TRY(const auto marks, backend_.watermarks(stream, deadline));
  const auto ours = log_.head(stream).next.value();
  const auto theirs = marks.next.value();
  const auto refuse = [&](const std::string& what) {
    return fail(
        Errc::conflict,
        fmt::format("{} {} partition {}: {}; continue in the log directory that wrote it, or "
                    "choose another kafka.namespace",
                    backend_.name(), store::to_string(stream.topic), stream.partition, what));
  };
  if (theirs > ours) {
    return refuse(fmt::format("it holds {} records, this log {}", theirs, ours));
  }
  if (theirs > 0) {
    const Offset last(theirs - 1);
    ARS_TRY(const auto fetched, backend_.fetch(stream, last, 1, deadline));
    ARS_TRY(const auto local, log_.read({stream, last}, 1));
    if (fetched.empty()) return fail(Errc::unavailable, "the newest record there does not come");
    if (fetched.front().stored != local.front().stored) {
      return refuse(fmt::format("record {} is event {} there and {} here", theirs - 1,
                                cluster_text(fetched.front().stored),
                                cluster_text(local.front().stored)));
    }
  }
  next_[stream] = Offset(theirs);
  return success();
}

Result<void> Publisher::publish_stream(const store::Stream& stream,
                                       std::chrono::milliseconds deadline) {
  auto& next = next_.at(stream);
  while (next < log_.head(stream).next) {
    ARS_TRY(const auto records, log_.read({stream, next}, limits::publish_records_max));
    std::vector<std::vector<std::uint8_t>> bytes;
    for (const auto& record : records)
      bytes.push_back(record.stored);
    const auto first = backend_.append(stream, bytes, deadline);
    if (!first.has_value()) {
      // What became of them is unknown: ask before sending anything again.
      next_.erase(stream);
      return ars::outcome::failure(first.error());
    }
    if (first.value() != next) {
      return fail(Errc::conflict, fmt::format("records went to offset {} instead of {}: somebody "
                                              "else writes to this namespace",
                                              first.value().value(), next.value()));
    }
    next = Offset(next.value() + bytes.size());
  }
  return success();
}

Result<void> Publisher::publish(std::chrono::milliseconds deadline) {
  for (const auto& stream : streams) {
    if (!next_.contains(stream)) ARS_TRY(align_stream(stream, deadline));
    ARS_TRY(publish_stream(stream, deadline));
  }
  return success();
}

std::uint64_t Publisher::lag() const {
  std::uint64_t out = 0;
  for (const auto& [stream, next] : next_)
    out += log_.head(stream).next.value() - next.value();
  return out;
}

}  // namespace ars::runtime
