#include "bench/anchors/raw_kafka.hpp"

#include "bench/stopwatch.hpp"
#include "events/base/narrow.hpp"
#include "runtime/limits.hpp"

#ifdef ARS_HAS_RUNTIME_KAFKA
#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <array>

namespace ars::bench {
namespace {

constexpr double patience_seconds = 30;
constexpr std::size_t consumed_at_once = 500;

using Properties = std::vector<std::pair<std::string, std::string>>;
using ErrorText = std::array<char, 512>;

Error failed(std::string_view doing, std::string_view why) {
  return {Errc::unavailable, fmt::format("plain librdkafka: {}: {}", doing, why)};
}

// As the backend's clients; runtime/kafka says why each of them is set.
Properties common_properties(const std::string& brokers) {
  return {{"bootstrap.servers", brokers},
          {"client.id", "ars-bench"},
          {"message.max.bytes", std::to_string(runtime::limits::kafka_message_bytes_max)},
          {"reconnect.backoff.max.ms", "1000"},
          {"socket.keepalive.enable", "true"},
          {"log.connection.close", "false"}};
}

Properties producer_properties(const RawTopic& topic) {
  return {
      {"enable.idempotence", "true"},
      {"enable.gapless.guarantee", "true"},
      {"acks", "all"},
      {"max.in.flight.requests.per.connection", "5"},
      {"linger.ms", std::to_string(topic.linger_ms)},
      {"compression.codec", topic.compression},
      {"queue.buffering.max.messages", std::to_string(runtime::limits::kafka_queue_messages_max)},
      {"queue.buffering.max.kbytes",
       std::to_string(runtime::limits::kafka_queue_bytes_max / 1024)}};
}

Properties consumer_properties() {
  return {{"enable.auto.commit", "false"},
          {"enable.auto.offset.store", "false"},
          {"auto.offset.reset", "error"},
          {"enable.partition.eof", "true"},
          {"check.crcs", "true"},
          {"isolation.level", "read_committed"},
          {"allow.auto.create.topics", "false"},
          {"fetch.wait.max.ms", "20"},
          {"fetch.error.backoff.ms", "5"},
          {"queued.min.messages", std::to_string(runtime::limits::kafka_prefetch_messages)},
          {"queued.max.messages.kbytes",
           std::to_string(runtime::limits::kafka_prefetch_bytes_max / 1024)}};
}

// What delivery reports leave behind; they come during poll, on the caller's thread.
struct Reports {
  std::uint64_t count = 0;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
};

void delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& reports = *static_cast<Reports*>(opaque);
  reports.count += 1;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) reports.error = message->err;
}

void be_silent(const rd_kafka_t*, int, const char*, const char*) {}

Result<rd_kafka_t*> open_client(rd_kafka_type_t type, const std::string& brokers,
                                const Properties& own, Reports* reports) {
  auto* conf = rd_kafka_conf_new();
  auto properties = common_properties(brokers);
  properties.insert(properties.end(), own.begin(), own.end());
  ErrorText why{};
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size()) !=
        RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      return fail(Errc::invalid, fmt::format("plain librdkafka: {}: {}", name, why.data()));
    }
  }
  rd_kafka_conf_set_log_cb(conf, &be_silent);
  if (reports != nullptr) {
    rd_kafka_conf_set_opaque(conf, reports);
    rd_kafka_conf_set_dr_msg_cb(conf, &delivered);
  }
  auto* client = rd_kafka_new(type, conf, why.data(), why.size());
  if (client == nullptr) {
    rd_kafka_conf_destroy(conf);
    return fail(Errc::invalid, fmt::format("plain librdkafka: {}", why.data()));
  }
  return client;
}

}  // namespace

struct RawProducer::Impl {
  Reports reports;
  rd_kafka_t* client = nullptr;
  rd_kafka_topic_t* topic = nullptr;
  std::int32_t partition = 0;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (topic != nullptr) rd_kafka_topic_destroy(topic);
    if (client != nullptr) rd_kafka_destroy(client);
  }
  rd_kafka_resp_err_t produce(const RawRecord& record);
};

// The array form: rd_kafka_producev of 2.0.2 takes a topic handle without counting it.
rd_kafka_resp_err_t RawProducer::Impl::produce(const RawRecord& record) {
  auto* headers = rd_kafka_headers_new(record.headers.size());
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers, name.data(), narrow<ssize_t>(name.size()), value.data(),
                        narrow<ssize_t>(value.size()));
  }
  std::array<rd_kafka_vu_t, 6> of;
  of[0].vtype = RD_KAFKA_VTYPE_RKT;
  of[0].u.rkt = topic;
  of[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  of[1].u.i32 = partition;
  of[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  of[2].u.i = RD_KAFKA_MSG_F_COPY;
  of[3].vtype = RD_KAFKA_VTYPE_VALUE;
  of[3].u.mem = {const_cast<char*>(record.value.data()), record.value.size()};
  of[4].vtype = RD_KAFKA_VTYPE_KEY;
  of[4].u.mem = {const_cast<char*>(record.key.data()), record.key.size()};
  of[5].vtype = RD_KAFKA_VTYPE_HEADERS;
  of[5].u.headers = headers;
  auto* error = rd_kafka_produceva(client, of.data(), of.size());
  if (error == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;
  const auto code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  rd_kafka_headers_destroy(headers);
  return code;
}

RawProducer::RawProducer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RawProducer::~RawProducer() = default;

Result<std::unique_ptr<RawProducer>> RawProducer::open(const RawTopic& topic) {
  auto impl = std::make_unique<Impl>();
  ARS_TRY(impl->client, open_client(RD_KAFKA_PRODUCER, topic.brokers, producer_properties(topic),
                                    &impl->reports));
  impl->topic = rd_kafka_topic_new(impl->client, topic.name.c_str(), nullptr);
  impl->partition = topic.partition;
  return std::unique_ptr<RawProducer>(new RawProducer(std::move(impl)));
}

Result<void> RawProducer::publish(std::span<const RawRecord> records) {
  auto& impl = *impl_;
  const auto wanted = impl.reports.count + records.size();
  const Stopwatch watch;
  for (const auto& record : records) {
    auto code = impl.produce(record);
    while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && watch.seconds() < patience_seconds) {
      rd_kafka_poll(impl.client, 10);
      code = impl.produce(record);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return outcome::failure(failed("produce", rd_kafka_err2str(code)));
    }
  }
  while (impl.reports.count < wanted && watch.seconds() < patience_seconds) {
    rd_kafka_poll(impl.client, 100);
  }
  if (impl.reports.error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return outcome::failure(failed("produce", rd_kafka_err2str(impl.reports.error)));
  }
  if (impl.reports.count < wanted) return outcome::failure(failed("produce", "no answer"));
  return success();
}

struct RawConsumer::Impl {
  rd_kafka_t* client = nullptr;
  rd_kafka_topic_t* topic = nullptr;
  std::int32_t partition = 0;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (topic != nullptr) rd_kafka_topic_destroy(topic);
    if (client != nullptr) rd_kafka_destroy(client);
  }
};

RawConsumer::RawConsumer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RawConsumer::~RawConsumer() = default;

Result<std::unique_ptr<RawConsumer>> RawConsumer::open(const RawTopic& topic) {
  auto impl = std::make_unique<Impl>();
  ARS_TRY(impl->client,
          open_client(RD_KAFKA_CONSUMER, topic.brokers, consumer_properties(), nullptr));
  impl->topic = rd_kafka_topic_new(impl->client, topic.name.c_str(), nullptr);
  impl->partition = topic.partition;
  return std::unique_ptr<RawConsumer>(new RawConsumer(std::move(impl)));
}

Result<std::uint64_t> RawConsumer::consume(std::uint64_t records) {
  auto& impl = *impl_;
  if (rd_kafka_consume_start(impl.topic, impl.partition, 0) != 0) {
    return outcome::failure(failed("consume", rd_kafka_err2str(rd_kafka_last_error())));
  }
  std::vector<rd_kafka_message_t*> messages(consumed_at_once);
  std::uint64_t seen = 0;
  std::uint64_t bytes = 0;
  const Stopwatch watch;
  while (seen < records && watch.seconds() < patience_seconds) {
    const auto came =
        rd_kafka_consume_batch(impl.topic, impl.partition, 100, messages.data(), messages.size());
    for (std::size_t i = 0; came > 0 && i < narrow<std::size_t>(came); ++i) {
      if (messages[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        seen += 1;
        bytes += messages[i]->len;
      }
      rd_kafka_message_destroy(messages[i]);
    }
  }
  rd_kafka_consume_stop(impl.topic, impl.partition);
  if (seen < records) return outcome::failure(failed("consume", "the records do not come"));
  return bytes;
}

Result<void> delete_topics(const std::string& brokers, const std::vector<std::string>& names) {
  ARS_TRY(auto* const client, open_client(RD_KAFKA_PRODUCER, brokers, {}, nullptr));
  std::vector<rd_kafka_DeleteTopic_t*> asked;
  for (const auto& name : names)
    asked.push_back(rd_kafka_DeleteTopic_new(name.c_str()));
  auto* queue = rd_kafka_queue_new(client);
  rd_kafka_DeleteTopics(client, asked.data(), asked.size(), nullptr, queue);
  auto* event = rd_kafka_queue_poll(queue, 10'000);
  const bool answered = event != nullptr && rd_kafka_event_error(event) == 0;
  if (event != nullptr) rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
  rd_kafka_DeleteTopic_destroy_array(asked.data(), asked.size());
  rd_kafka_destroy(client);
  if (!answered) return outcome::failure(failed("delete topics", "no answer"));
  return success();
}

}  // namespace ars::bench
#endif
