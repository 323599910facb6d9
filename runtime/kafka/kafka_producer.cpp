#include "runtime/kafka/kafka_producer.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "events/limits.hpp"
#include "runtime/kafka/topics.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>

namespace ars::runtime {
namespace {

constexpr std::size_t event_id_at = 8;  // in the envelope (docs/log_format.md)
constexpr std::size_t agent_id_at = 24;
constexpr std::size_t crc_at = 152;

// Event id and checksum: equal for the same record and no other.
using Identity = std::array<std::uint8_t, 20>;
Identity identity_of(const std::vector<std::uint8_t>& record) {
  Identity out{};
  std::copy_n(record.begin() + event_id_at, 16, out.begin());
  std::copy_n(record.begin() + crc_at, 4, out.begin() + 16);
  return out;
}

struct TopicDestroy {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
using TopicHandle = std::unique_ptr<rd_kafka_topic_t, TopicDestroy>;
struct HeadersDestroy {
  void operator()(rd_kafka_headers_t* headers) const { rd_kafka_headers_destroy(headers); }
};
using Headers = std::unique_ptr<rd_kafka_headers_t, HeadersDestroy>;

std::string ms_text(Duration duration) { return std::to_string(duration.ns() / 1'000'000); }

KafkaProperties producer_properties(const KafkaSettings& settings) {
  return {{"enable.idempotence", "true"},
          // A hole can never be closed again: rather fail everything behind a failed batch.
          {"enable.gapless.guarantee", "true"},
          {"acks", "all"},
          {"max.in.flight.requests.per.connection", "5"},
          {"linger.ms", ms_text(settings.linger)},
          {"compression.codec", settings.compression},
          {"queue.buffering.max.messages", std::to_string(limits::kafka_queue_messages_max)},
          {"queue.buffering.max.kbytes", std::to_string(limits::kafka_queue_bytes_max / 1024)},
          {"delivery.timeout.ms", ms_text(settings.delivery_timeout)}};
}

std::chrono::milliseconds until(std::chrono::steady_clock::time_point deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0));
}

}  // namespace

// One append on its way. Its addresses are in librdkafka's hands until every report is in.
struct KafkaProducer::Pending {
  store::Stream stream;
  std::string topic;
  TopicHandle handle;
  std::vector<Identity> ids;
  std::vector<KafkaDelivery> deliveries;
  std::size_t produced = 0;
  std::size_t reports = 0;
  std::size_t checked = 0;  // deliveries looked at for errors

  bool holds(const store::Stream& other, std::span<const std::vector<std::uint8_t>> records) const {
    return stream == other && std::equal(ids.begin(), ids.end(), records.begin(), records.end(),
                                         [](const Identity& id, const auto& record) {
                                           return id == identity_of(record);
                                         });
  }
};

KafkaProducer::KafkaProducer(KafkaSettings settings, const ClusterId& cluster,
                             const KafkaStop& stop)
    : settings_(std::move(settings)), stop_(stop), headers_(cluster) {}
KafkaProducer::~KafkaProducer() { drop_client(); }

// Topic handle, client, deliveries: each must be gone before the next may go.
void KafkaProducer::drop_client() {
  if (pending_ != nullptr) pending_->handle.reset();
  client_.reset();
  pending_.reset();
}

Result<Offset> KafkaProducer::append(const store::Stream& stream,
                                     std::span<const std::vector<std::uint8_t>> records,
                                     std::chrono::milliseconds deadline) {
  ARS_CHECK(!records.empty(), "append of no record");
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (const auto& record : records) {
    if (record.size() < events::limits::envelope_header_bytes ||
        record.size() > events::limits::envelope_bytes_max) {
      return fail(Errc::invalid, fmt::format("a record of {} bytes is no envelope", record.size()));
    }
  }
  if (pending_ != nullptr && !pending_->holds(stream, records)) {
    drop_client();
  }
  if (pending_ == nullptr) ARS_TRY(begin(stream, records));
  ARS_TRY(produce_rest(records, end));
  ARS_TRY(await_reports(end));
  auto first = first_offset();
  if (first.has_error()) return give_up(first.assume_error());
  pending_.reset();
  return first;
}

Result<void> KafkaProducer::begin(const store::Stream& stream,
                                  std::span<const std::vector<std::uint8_t>> records) {
  if (client_ == nullptr) {
    ARS_TRY(client_,
            KafkaClient::open(KafkaRole::producer, settings_, producer_properties(settings_)));
  }
  pending_ = std::make_unique<Pending>();
  pending_->stream = stream;
  pending_->topic = topic_name(settings_.name_space, stream.generation, stream.topic);
  pending_->handle.reset(rd_kafka_topic_new(client_->get(), pending_->topic.c_str(), nullptr));
  if (pending_->handle == nullptr) {
    const auto code = rd_kafka_last_error();
    return outcome::failure(give_up(kafka_error(code, "append to " + pending_->topic)));
  }
  for (const auto& record : records)
    pending_->ids.push_back(identity_of(record));
  pending_->deliveries.resize(records.size());
  for (auto& each : pending_->deliveries)
    each.reports = &pending_->reports;
  return success();
}

Result<void> KafkaProducer::produce_rest(std::span<const std::vector<std::uint8_t>> records,
                                         Deadline deadline) {
  auto& p = *pending_;
  while (p.produced < records.size()) {
    auto taken = produce_one(records[p.produced]);
    if (taken.has_error()) return give_up(taken.assume_error());
    if (taken.assume_value()) {
      ++p.produced;
      continue;
    }
    client_->poll(std::chrono::milliseconds(10));
    if (stop_.load()) return not_yet({Errc::stopping, "kafka: the backend stops"});
    if (until(deadline).count() == 0) {
      return not_yet({Errc::unavailable, "kafka: the producer's queue stays full"});
    }
  }
  return success();
}

// False: the queue is full.
Result<bool> KafkaProducer::produce_one(const std::vector<std::uint8_t>& record) {
  auto& p = *pending_;
  ARS_TRY(const auto cloud_headers, headers_.of(record));
  Headers headers(rd_kafka_headers_new(cloud_headers.size()));
  for (const auto& each : cloud_headers) {
    rd_kafka_header_add(headers.get(), each.name.data(), narrow<ssize_t>(each.name.size()),
                        each.value.data(), narrow<ssize_t>(each.value.size()));
  }
  const std::int32_t partition = p.stream.partition;
  void* const value = const_cast<std::uint8_t*>(record.data());  // copied, not changed
  const void* const key = record.data() + agent_id_at;
  const std::size_t key_size = sizeof(Bytes16);
  void* const opaque = &p.deliveries[p.produced];
  const auto code = rd_kafka_producev(
      client_->get(), RD_KAFKA_V_RKT(p.handle.get()), RD_KAFKA_V_PARTITION(partition),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(value, record.size()),
      RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_HEADERS(headers.get()), RD_KAFKA_V_OPAQUE(opaque),
      RD_KAFKA_V_END);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    static_cast<void>(headers.release());  // librdkafka owns them now
    return true;
  }
  if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) return false;
  return outcome::failure(kafka_error(code, "produce to " + p.topic));
}

Result<void> KafkaProducer::await_reports(Deadline deadline) {
  auto& p = *pending_;
  while (true) {
    const bool late = until(deadline).count() == 0;
    client_->poll(late ? std::chrono::milliseconds(0)
                       : std::min(until(deadline), std::chrono::milliseconds(100)));
    // Reports come in order: all before the first one missing are in.
    for (; p.checked < p.deliveries.size() && p.deliveries[p.checked].reported; ++p.checked) {
      const auto code = p.deliveries[p.checked].error;
      if (code != 0) return give_up(cause_of(code));
    }
    if (p.reports == p.deliveries.size()) return success();
    if (rd_kafka_fatal_error(client_->get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return give_up(cause_of(RD_KAFKA_RESP_ERR__FATAL));
    }
    if (stop_.load()) return not_yet({Errc::stopping, "kafka: the backend stops"});
    if (late) {
      return not_yet({Errc::unavailable, fmt::format("kafka: {} of {} records acknowledged in time",
                                                     p.reports, p.deliveries.size())});
    }
  }
}

// A fatal error fails everything queued with another code: it is the one to tell.
Error KafkaProducer::cause_of(int code) const {
  std::array<char, 512> why{};
  const auto fatal = rd_kafka_fatal_error(client_->get(), why.data(), why.size());
  const auto what = "append to " + pending_->topic;
  if (fatal == RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_error(code, what);
  return kafka_error(fatal, fmt::format("{}: {}", what, why.data()));
}

Result<Offset> KafkaProducer::first_offset() const {
  const auto& deliveries = pending_->deliveries;
  // The broker may tell of a repeat without saying where the first one lies; offsets of one append
  // need not be dense where others write too, so none is derived from another.
  if (deliveries.front().offset < 0) {
    return fail(Errc::unavailable, "kafka: acknowledged without an offset");
  }
  return Offset(narrow<std::uint64_t>(deliveries.front().offset));
}

// What was written is open: the next attempt needs a new producer, so that nothing of this one can
// follow it.
Error KafkaProducer::give_up(Error error) {
  error.context += client_->last_heard();
  drop_client();
  return error;
}

Error KafkaProducer::not_yet(Error error) const {
  error.context += client_->last_heard();
  return error;
}

}  // namespace ars::runtime
