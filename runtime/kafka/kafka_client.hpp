// One librdkafka client of ours: made from the settings, destroyed with everything it owns, with
// callbacks that never throw. Used by the producer, the consumer and the admin side of the backend;
// one thread at a time, callbacks run on that thread during a poll.
#pragma once

#include "events/base/id.hpp"
#include "events/base/result.hpp"
#include "events/base/time.hpp"
#include "runtime/config.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct rd_kafka_s;
struct rd_kafka_message_s;

namespace ars::runtime {

using KafkaProperties = std::vector<std::pair<std::string, std::string>>;

struct KafkaSettings {
  std::vector<std::string> brokers = {"127.0.0.1:9092"};
  std::string name_space = "ars";
  std::uint16_t replication_factor = 1;
  std::uint16_t min_insync_replicas = 1;
  Duration linger = Duration::milliseconds(2);
  // Longer than any outage that is to pass unnoticed: a producer that gives up leaves it open what
  // was written.
  Duration delivery_timeout = Duration::seconds(600);
  std::string compression = "lz4";
  KafkaProperties extra{};  // librdkafka properties on top of ours: security, debugging
};
KafkaSettings kafka_settings(const Config& config);

enum class KafkaRole : std::uint8_t { producer, consumer };

// What callbacks leave behind for the thread that polls.
struct KafkaSignals {
  bool brokers_down = false;
  std::string last_error;        // the latest reason why a broker cannot be reached
  std::vector<std::string> log;  // lines of librdkafka, where they are collected
};

enum class KafkaLog : std::uint8_t { to_diagnostics, collected };

class KafkaClient {
 public:
  // Contacts nobody yet. Errc::invalid: a property that librdkafka refuses.
  static Result<std::unique_ptr<KafkaClient>> open(KafkaRole role, const KafkaSettings& settings,
                                                   const KafkaProperties& own,
                                                   KafkaLog log = KafkaLog::to_diagnostics);
  // REQUIRES: every message, topic and queue of this client is gone.
  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  rd_kafka_s* get() const { return client_; }
  // Runs callbacks for at most that long.
  void poll(std::chrono::milliseconds wait);
  const KafkaSignals& signals() const { return signals_; }
  void forget_brokers_down() { signals_.brokers_down = false; }
  // "; last heard: Connection refused", or nothing: for messages.
  std::string last_heard() const;

 private:
  struct Callbacks;
  rd_kafka_s* client_ = nullptr;
  KafkaSignals signals_;

 public:
  KafkaClient() = default;  // through open()
};

// Where a delivery report goes: the slot given as the message's opaque value.
struct KafkaDelivery {
  std::int64_t offset = -1;
  int error = 0;  // a librdkafka code
  bool reported = false;
  std::size_t* reports = nullptr;  // counted up
};

// SHARED: set by whoever stops the backend, seen by the thread that waits inside a call, which has
// no mailbox.
using KafkaStop = std::atomic<bool>;

// The caller's view of a librdkafka error code.
Errc kafka_errc(int code);
Error kafka_error(int code, std::string_view what);

}  // namespace ars::runtime
