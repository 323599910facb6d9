#include "runtime/sim/sim_backend.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "runtime/limits.hpp"

#include <algorithm>
#include <optional>

namespace ars::runtime {
namespace {

constexpr Duration round_trip = Duration::milliseconds(10);

Duration duration_of(std::chrono::milliseconds length) {
  return Duration::milliseconds(length.count());
}

}  // namespace

Result<Offset> SimBroker::write(const Request& request) {
  if (request.stream.partition >= partitions_) {
    return fail(Errc::not_found, "sim: no such partition");
  }
  auto& written = written_[{request.producer, request.stream}];
  const auto first = narrow<std::size_t>(request.sequence);
  if (first + request.records.size() <= written.size()) return written[first];
  if (fenced_.contains(request.producer)) return fail(Errc::conflict, "sim: a fenced producer");
  if (first != written.size()) return fail(Errc::conflict, "sim: out of sequence");
  auto& stream = streams_[request.stream];
  for (const auto& record : request.records) {
    written.emplace_back(stream.size());
    stream.push_back(record);
  }
  return written[first];
}

const SimRecords& SimBroker::records(const store::Stream& stream) const {
  static const SimRecords none;
  const auto found = streams_.find(stream);
  return found == streams_.end() ? none : found->second;
}

// The requests of one append, and the answers that came. Shared with deliveries that are late.
struct SimBackend::Sending {
  std::vector<SimBroker::Request> requests;
  std::vector<std::optional<Offset>> acknowledged;
};

SimBackend::SimBackend(SimWorld& world, SimBroker& broker)
    : world_(world), broker_(broker), producer_(broker.new_producer()) {}

bool SimBackend::answers() {
  world_.scheduler.advance(round_trip);
  if (world_.dice.strikes(Fault::unavailable_period)) {
    const auto length = 1 + world_.dice.below(limits::sim_outage_ms_max);
    broker_.down_until =
        std::max(broker_.down_until,
                 world_.clock.now() + Duration::milliseconds(narrow<std::int64_t>(length)));
  }
  return broker_.down_until <= world_.clock.now();
}

Result<void> SimBackend::reach(std::chrono::milliseconds deadline) {
  const auto end = world_.clock.now() + duration_of(deadline);
  while (!answers()) {
    if (end <= world_.clock.now()) return fail(Errc::unavailable, "sim: nobody answers");
  }
  return success();
}

Result<void> SimBackend::check(const store::Stream& stream) const {
  if (stopped_) return fail(Errc::stopping, "sim: the backend is stopped");
  if (stream.partition >= broker_.partitions()) {
    return fail(Errc::not_found, "sim: no such partition");
  }
  return success();
}

void SimBackend::send(const std::shared_ptr<Sending>& sending, std::size_t index) {
  auto& dice = world_.dice;
  if (dice.strikes(Fault::lost_request)) return;
  const bool told = !dice.strikes(Fault::lost_ack);
  const auto arrive = [sending, index, told, broker = &broker_] {
    const auto offset = broker->write(sending->requests[index]);
    if (offset.has_value() && told) sending->acknowledged[index] = offset.value();
  };
  if (!dice.strikes(Fault::delayed_delivery)) return arrive();
  const auto delay = 1 + dice.below(limits::sim_delay_ms_max);
  world_.scheduler.after(Duration::milliseconds(narrow<std::int64_t>(delay)), arrive);
}

Result<Offset> SimBackend::append(const store::Stream& stream,
                                  std::span<const std::vector<std::uint8_t>> records,
                                  std::chrono::milliseconds deadline) {
  ARS_TRY(check(stream));
  if (records.empty()) return Offset(broker_.records(stream).size());
  auto sending = std::make_shared<Sending>();
  auto& next = sequences_[stream];
  while (!records.empty()) {
    const auto size = std::min<std::size_t>(records.size(),
                                            1 + world_.dice.below(limits::sim_request_records_max));
    sending->requests.push_back(
        {stream,
         producer_,
         next,
         {records.begin(), records.begin() + narrow<std::ptrdiff_t>(size)}});
    next += size;
    records = records.subspan(size);
  }
  sending->acknowledged.resize(sending->requests.size());
  const auto end = world_.clock.now() + duration_of(deadline);
  while (true) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < sending->requests.size(); ++i) {
      if (!sending->acknowledged[i].has_value()) open.push_back(i);
    }
    if (open.empty()) return *sending->acknowledged.front();
    if (end <= world_.clock.now()) break;
    if (!answers()) continue;
    open.resize(std::min(open.size(), limits::sim_requests_in_flight));
    if (world_.dice.strikes(Fault::reordered_retry)) world_.dice.draws().shuffle(open);
    for (const auto index : open)
      send(sending, index);
  }
  // What was written is unknown. The next append is another producer's, so that nothing of this one
  // can follow it.
  if (!world_.dice.strikes(Fault::late_write)) broker_.fence(producer_);
  producer_ = broker_.new_producer();
  sequences_.clear();
  return fail(Errc::unavailable, "sim: not everything was acknowledged in time");
}

Result<std::vector<store::FetchedRecord>> SimBackend::fetch(const store::Stream& stream,
                                                            Offset from, std::size_t max_records,
                                                            std::chrono::milliseconds max_wait) {
  ARS_TRY(check(stream));
  ARS_TRY(reach(max_wait));
  const auto& stored = broker_.records(stream);
  if (from.value() > stored.size()) {
    return fail(Errc::not_found, "sim: the offset lies beyond the log");
  }
  if (from.value() == stored.size()) world_.scheduler.advance(duration_of(max_wait));
  const auto first = narrow<std::size_t>(from.value());
  auto size = std::min(max_records, stored.size() - first);
  if (size > 1 && world_.dice.strikes(Fault::short_fetch)) size = 1 + world_.dice.below(size);
  // A retried fetch may give a part twice.
  const auto repeated =
      size > 0 && world_.dice.strikes(Fault::duplicate_fetch) ? 1 + world_.dice.below(size) : 0;
  std::vector<store::FetchedRecord> out;
  for (std::size_t i = 0; i < repeated; ++i)
    out.push_back({Offset(first + i), stored[first + i]});
  for (std::size_t i = 0; i < size; ++i)
    out.push_back({Offset(first + i), stored[first + i]});
  if (out.size() > max_records) out.resize(max_records);
  return out;
}

Result<store::Watermarks> SimBackend::watermarks(const store::Stream& stream,
                                                 std::chrono::milliseconds deadline) {
  ARS_TRY(check(stream));
  ARS_TRY(reach(deadline));
  return store::Watermarks{Offset(0), Offset(broker_.records(stream).size())};
}

Result<void> SimBackend::prepare(std::uint16_t partitions, std::chrono::milliseconds deadline) {
  if (stopped_) return fail(Errc::stopping, "sim: the backend is stopped");
  ARS_TRY(reach(deadline));
  broker_.grow(partitions);
  return success();
}

}  // namespace ars::runtime
