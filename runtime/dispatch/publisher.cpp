#include "runtime/dispatch/publisher.hpp"

#include "events/base/narrow.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::runtime {
namespace {

// ctl first: whoever reads the namespace finds the cluster before its events.
const store::Stream ctl{store::Topic::ctl, 0};
const store::Stream evt{store::Topic::evt, 0};

std::string event_text(ByteSpan stored) {
  const auto decoded = events::decode_envelope(stored);
  return decoded.has_value() ? to_hex(decoded.value().envelope.event_id) : std::string("no event");
}

std::string cluster_text(ByteSpan stored) {
  const auto event = events::open_event(stored);
  const auto* created = event.has_value() ? event.value()->as<events::ClusterCreated>() : nullptr;
  return created == nullptr ? std::string("none") : to_hex(created->cluster);
}

Offset moved(Offset from, std::size_t by) { return Offset(from.value() + by); }

}  // namespace

std::vector<std::uint8_t> head_record(events::HeadSigned head) {
  events::Envelope header;
  const auto digest = sha256("head/" + head.origin);  // one key a stream: compaction keeps one
  Bytes16 key{};
  std::copy_n(digest.begin(), key.size(), key.begin());
  header.agent_id = AgentId(key);
  header.log_time_ns = 1;
  header.event_id =
      events::make_ingress_id(1, "head", fmt::format("{}/{}", head.origin, head.next.value()));
  return events::seal(header, std::move(head))->stored;
}

Result<void> read_range(
    store::LogBackend& backend, const store::Stream& stream, Offset from, Offset to,
    std::chrono::milliseconds deadline,
    const std::function<Result<void>(const std::vector<store::FetchedRecord>& fetched)>& take) {
  while (from < to) {
    const auto left = narrow<std::size_t>(to.value() - from.value());
    ARS_TRY(auto fetched,
            backend.fetch(stream, from, std::min(left, limits::adopt_records_max), deadline));
    // A fetch may repeat what came before.
    std::erase_if(fetched, [next = from](const store::FetchedRecord& each) mutable {
      const bool repeated = each.offset < next;
      if (!repeated) next = each.offset.next();
      return repeated;
    });
    if (fetched.empty()) {
      return fail(Errc::unavailable,
                  fmt::format("{} {}/{}/{} does not come", backend.name(),
                              store::to_string(stream.topic), stream.partition, from.value()));
    }
    ARS_TRY(take(fetched));
    from = fetched.back().offset.next();
  }
  return success();
}

Publisher::Publisher(PublisherSetup setup)
    : setup_(std::move(setup)), log_(*setup_.log), backend_(*setup_.backend) {
  if (setup_.blobs != nullptr) courier_.emplace(*setup_.blobs, backend_);
}

Error Publisher::conflict(const store::Stream& stream, const std::string& what) const {
  return {Errc::conflict,
          fmt::format("{} {} partition {}: {}; continue in the log directory that wrote it, or "
                      "choose another kafka.namespace",
                      backend_.name(), store::to_string(stream.topic), stream.partition, what)};
}

Result<void> Publisher::align(Deadline deadline) {
  ARS_TRY(align_control(deadline));
  return align_events(deadline);
}

// Records of ctl as they come, against our own.
Result<void> Publisher::match_control(const std::vector<store::FetchedRecord>& fetched,
                                      Offset& local) {
  ARS_TRY(const auto own, log_.read({ctl, local}, fetched.size()));
  std::size_t at = 0;
  for (const auto& record : fetched) {
    if (record.offset.value() == 0 && at < own.size() && record.stored != own[at].stored) {
      const auto theirs = cluster_text(record.stored);
      const auto ours = cluster_text(own[at].stored);
      if (theirs != ours) {
        return outcome::failure(conflict(
            ctl, fmt::format("it is of cluster {}, this log of cluster {}", theirs, ours)));
      }
    }
    ARS_TRY(const auto counting, terms_.take(record.stored));
    if (counting == Counting::superseded) continue;
    if (at == own.size()) {
      ARS_TRY(check_owner());
      return outcome::failure(
          conflict(ctl, fmt::format("record {} is event {} there, this log ends before it",
                                    record.offset.value(), event_text(record.stored))));
    }
    if (own[at].stored != record.stored) {
      ARS_TRY(check_owner());
      return outcome::failure(conflict(
          ctl, fmt::format("record {} is event {} there and {} here", record.offset.value(),
                           event_text(record.stored), event_text(own[at].stored))));
    }
    ++at;
  }
  local = moved(local, at);
  return success();
}

// ctl is short: it is read whole, so that who owns what is known.
Result<void> Publisher::align_control(Deadline deadline) {
  ARS_TRY(const auto marks, backend_.watermarks(ctl, deadline));
  terms_ = OwnerTerms();
  Offset local;
  ARS_TRY(read_range(backend_, ctl, Offset(0), marks.next, deadline,
                     [&](const auto& fetched) { return match_control(fetched, local); }));
  ARS_TRY(check_owner());
  places_[ctl] = {local, marks.next};
  acked_[ctl] = local;
  return success();
}

// Errc::conflict once a claim says that another node is the owner.
Result<void> Publisher::check_owner() const {
  const auto* owner = terms_.newest();
  if (owner == nullptr || setup_.head_key == Bytes32{} || owner->head_key == setup_.head_key)
    return success();
  return outcome::failure(conflict(
      ctl,
      fmt::format("{} owns it since epoch {}, and this log is of {}, whose time is over",
                  node_name(owner->head_key), owner->epoch.value(), node_name(setup_.head_key))));
}

Result<bool> Publisher::is_ours(const store::Stream& stream, ByteSpan stored) const {
  ARS_TRY(const auto decoded, events::decode_envelope(stored));
  const auto at = log_.find(decoded.envelope.event_id);
  if (!at.has_value() || at->stream != stream) return false;
  ARS_TRY(const auto own, log_.read(*at, 1));
  return std::equal(own.front().stored.begin(), own.front().stored.end(), stored.begin(),
                    stored.end());
}

// Our newest record in [from, end), and where that leaves us. What follows it must be superseded.
Result<std::optional<Publisher::Place>> Publisher::find_ours(Offset from, Offset end,
                                                             Deadline deadline) {
  std::optional<Place> out;
  std::optional<store::FetchedRecord> stranger;  // the first after `out` that counts
  const auto* owner = terms_.newest();
  const auto look = [&](const std::vector<store::FetchedRecord>& fetched) -> Result<void> {
    for (const auto& record : fetched) {
      ARS_TRY(const auto decoded, events::decode_envelope(record.stored));
      ARS_TRY(const bool ours, is_ours(evt, record.stored));
      if (ours) {
        const auto at = log_.find(decoded.envelope.event_id)->offset.next();
        out = Place{out ? std::max(out->local, at) : at, end};
        stranger.reset();
      } else if (!stranger && (owner == nullptr || decoded.envelope.owner_epoch >= owner->epoch)) {
        stranger = record;
      }
    }
    return success();
  };
  ARS_TRY(read_range(backend_, evt, from, end, deadline, look));
  if (!stranger) return out;
  return outcome::failure(conflict(
      evt, fmt::format("record {} is event {} there, and this log, which ends at {}, does not "
                       "have it",
                       stranger->offset.value(), event_text(stranger->stored),
                       log_.head(evt).next.value())));
}

Result<void> Publisher::align_events(Deadline deadline) {
  ARS_TRY(const auto marks, backend_.watermarks(evt, deadline));
  const auto end = marks.next.value();
  for (std::uint64_t window = 64;; window *= 8) {
    const Offset from(end > window ? end - window : 0);
    ARS_TRY(const auto place, find_ours(from, marks.next, deadline));
    if (place.has_value()) {
      places_[evt] = *place;
      acked_[evt] = place->local;
      return success();
    }
    if (from.value() > 0 && window < limits::foreign_records_max) continue;
    // Nothing of ours is there: all of it was written by owners before us, or nothing at all.
    if (from.value() > 0) {
      return outcome::failure(
          conflict(evt, fmt::format("none of its newest {} records is in this log", window)));
    }
    places_[evt] = {Offset(0), marks.next};
    acked_[evt] = Offset(0);
    return success();
  }
}

// Whatever was put between our records does not count, or our time is over.
Result<void> Publisher::pass_over(const store::Stream& stream, Offset from, Offset to,
                                  Deadline deadline) {
  return read_range(backend_, stream, from, to, deadline, [&](const auto& fetched) -> Result<void> {
    for (const auto& record : fetched) {
      ARS_TRY(const bool ours, is_ours(stream, record.stored));
      if (ours) continue;
      if (stream.topic == store::Topic::ctl) {
        if (!terms_.cluster() && log_.head(ctl).next.value() > 0) {
          ARS_TRY(const auto own, log_.read({ctl, Offset(0)}, 1));
          return outcome::failure(conflict(
              ctl, fmt::format("cluster {} was there first, this log is of cluster {}",
                               cluster_text(record.stored), cluster_text(own.front().stored))));
        }
        ARS_TRY(const auto counting, terms_.take(record.stored));
        if (counting == Counting::superseded) continue;
        ARS_TRY(check_owner());
      } else {
        ARS_TRY(const auto decoded, events::decode_envelope(record.stored));
        const auto* owner = terms_.newest();
        if (owner != nullptr && decoded.envelope.owner_epoch < owner->epoch) continue;
      }
      return outcome::failure(
          conflict(stream, fmt::format("somebody else wrote event {} at offset {}",
                                       event_text(record.stored), record.offset.value())));
    }
    return success();
  });
}

// A node that slept may not know yet that another one took over.
Result<void> Publisher::watch_control(Deadline deadline) {
  ARS_TRY(const auto marks, backend_.watermarks(ctl, deadline));
  auto& place = places_.at(ctl);
  if (marks.next <= place.remote) return success();
  ARS_TRY(pass_over(ctl, place.remote, marks.next, deadline));
  place.remote = marks.next;
  return success();
}

Result<void> Publisher::publish_stream(const store::Stream& stream, Deadline deadline) {
  auto& place = places_.at(stream);
  while (place.local < log_.head(stream).next) {
    ARS_TRY(
        const auto records,
        log_.read({stream, place.local}, underway_ == 0 ? limits::publish_records_max : underway_));
    if (courier_) ARS_TRY(courier_->send_named(records, deadline));
    std::vector<std::vector<std::uint8_t>> bytes;
    for (const auto& record : records)
      bytes.push_back(record.stored);
    const auto first = backend_.append(stream, bytes, deadline);
    if (!first.has_value()) {
      underway_ = backend_.is_underway() ? bytes.size() : 0;
      // What became of them is unknown: ask before sending anything again.
      if (underway_ == 0) places_.clear();
      return ars::outcome::failure(first.error());
    }
    underway_ = 0;
    if (first.value() > place.remote) {
      ARS_TRY(pass_over(stream, place.remote, first.value(), deadline));
    } else if (first.value() < place.remote) {
      return outcome::failure(
          conflict(stream, fmt::format("records went to offset {} instead of {}",
                                       first.value().value(), place.remote.value())));
    }
    if (stream.topic == store::Topic::ctl) {
      for (const auto& record : records)
        ARS_TRY(terms_.take(record.stored));
    }
    place = {moved(place.local, bytes.size()), moved(first.value(), bytes.size())};
    acked_[stream] = place.local;
  }
  return success();
}

Result<void> Publisher::publish_heads(Deadline deadline) {
  if (!setup_.sign) return success();
  for (const auto& stream : {ctl, evt}) {
    const auto next = log_.head(stream).next;
    if (heads_[stream] == next) continue;
    const std::vector<std::vector<std::uint8_t>> record{head_record(setup_.sign(stream))};
    ARS_TRY([[maybe_unused]] auto at, backend_.append(heads_stream, record, deadline));
    heads_[stream] = next;
  }
  return success();
}

Result<void> Publisher::publish(Deadline deadline) {
  if (!places_.contains(ctl) || !places_.contains(evt)) ARS_TRY(align(deadline));
  ARS_TRY(publish_stream(ctl, deadline));
  if (places_.at(evt).local < log_.head(evt).next) ARS_TRY(watch_control(deadline));
  ARS_TRY(publish_stream(evt, deadline));
  return publish_heads(deadline);
}

std::uint64_t Publisher::lag() const {
  std::uint64_t out = 0;
  for (const auto& [stream, acked] : acked_)
    out += log_.head(stream).next.value() - acked.value();
  return out;
}

}  // namespace ars::runtime
