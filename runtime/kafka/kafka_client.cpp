#include "runtime/kafka/kafka_client.hpp"

#include "events/base/narrow.hpp"
#include "runtime/limits.hpp"
#include "runtime/telemetry/diagnostics.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <chrono>

namespace ars::runtime {

// Called by librdkafka: during poll() of our own thread, except log_line without a queue, which may
// come from any of its threads and touches nothing of ours.
struct KafkaClient::Callbacks {
  static void delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) noexcept {
    auto* delivery = static_cast<KafkaDelivery*>(message->_private);
    delivery->offset = message->offset;
    delivery->error = message->err;
    delivery->reported = true;
    ++*delivery->reports;
  }

  static void failed(rd_kafka_t*, int code, const char* reason, void* opaque) noexcept {
    auto& signals = static_cast<KafkaClient*>(opaque)->signals_;
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
      signals.brokers_down = true;
    } else {
      signals.last_error = reason;
    }
    diagnose(Level::debug, fmt::format("kafka: {}", reason));
  }

  static void log_line(const rd_kafka_t*, int level, const char*, const char* text) noexcept {
    constexpr int critical = 2;  // syslog's LOG_CRIT
    diagnose(level <= critical ? Level::error : Level::debug, fmt::format("kafka: {}", text));
  }

  static void collect_line(const rd_kafka_t* client, int, const char*, const char* text) noexcept {
    auto& log = static_cast<KafkaClient*>(rd_kafka_opaque(client))->signals_.log;
    if (log.size() < limits::kafka_log_lines_max) log.emplace_back(text);
  }
};

namespace {

struct ConfDestroy {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDestroy>;
using ErrorText = std::array<char, 512>;

std::string text_of(const ErrorText& text) { return std::string(text.data()); }

Result<void> set_all(rd_kafka_conf_t* conf, const KafkaProperties& properties) {
  for (const auto& [name, value] : properties) {
    ErrorText why{};
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size()) !=
        RD_KAFKA_CONF_OK) {
      return fail(Errc::invalid, fmt::format("kafka: {}={}: {}", name, value, text_of(why)));
    }
  }
  return success();
}

}  // namespace

KafkaSettings kafka_settings(const Config& config) {
  KafkaSettings out;
  out.brokers = config.kafka.brokers;
  out.name_space = config.kafka.name_space;
  out.replication_factor = narrow<std::uint16_t>(config.kafka.replication_factor);
  out.min_insync_replicas = narrow<std::uint16_t>(config.kafka.min_insync_replicas);
  out.linger = config.kafka.linger;
  out.compression = config.kafka.compression;
  return out;
}

Result<std::unique_ptr<KafkaClient>> KafkaClient::open(KafkaRole role,
                                                       const KafkaSettings& settings,
                                                       const KafkaProperties& own, KafkaLog log) {
  const Conf conf(rd_kafka_conf_new());
  ARS_TRY(set_all(conf.get(),
                  {{"bootstrap.servers", fmt::format("{}", fmt::join(settings.brokers, ","))},
                   {"client.id", "ars"},
                   {"message.max.bytes", std::to_string(limits::kafka_message_bytes_max)},
                   {"reconnect.backoff.max.ms", "1000"},
                   {"socket.keepalive.enable", "true"},
                   {"log.connection.close", "false"}}));
  ARS_TRY(set_all(conf.get(), own));
  ARS_TRY(set_all(conf.get(), settings.extra));
  auto out = std::make_unique<KafkaClient>();
  rd_kafka_conf_set_opaque(conf.get(), out.get());
  rd_kafka_conf_set_error_cb(conf.get(), &Callbacks::failed);
  if (role == KafkaRole::producer) rd_kafka_conf_set_dr_msg_cb(conf.get(), &Callbacks::delivered);
  if (log == KafkaLog::collected) {
    ARS_TRY(set_all(conf.get(), {{"log.queue", "true"}}));
    rd_kafka_conf_set_log_cb(conf.get(), &Callbacks::collect_line);
  } else {
    rd_kafka_conf_set_log_cb(conf.get(), &Callbacks::log_line);
  }
  ErrorText why{};
  const auto type = role == KafkaRole::producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER;
  out->client_ = rd_kafka_new(type, rd_kafka_conf_dup(conf.get()), why.data(), why.size());
  if (out->client_ == nullptr) return fail(Errc::invalid, "kafka: " + text_of(why));
  if (log == KafkaLog::collected) rd_kafka_set_log_queue(out->client_, nullptr);
  return out;
}

KafkaClient::~KafkaClient() {
  if (client_ != nullptr) rd_kafka_destroy(client_);
}

void KafkaClient::poll(std::chrono::milliseconds wait) {
  rd_kafka_poll(client_, narrow<int>(wait.count()));
}

std::string KafkaClient::last_heard() const {
  return signals_.last_error.empty() ? "" : "; last heard: " + signals_.last_error;
}

Errc kafka_errc(int code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      return Errc::invalid;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      return Errc::denied;
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
      return Errc::unsupported;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return Errc::not_found;
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
      return Errc::corrupt;
    default:
      return Errc::unavailable;
  }
}

Error kafka_error(int code, std::string_view what) {
  const auto* why = rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code));
  return {kafka_errc(code), fmt::format("kafka: {}: {}", what, why)};
}

}  // namespace ars::runtime
