// The log on Kafka: records as CloudEvents, idempotent appends, reads from our own offsets; no
// transactions, no consumer group. Owned by the detached log actor or a test; one caller at a time,
// and every call may block. Kafka's topics lie in a namespace, so one broker carries many clusters.
#pragma once

#include "runtime/kafka/kafka_admin.hpp"
#include "runtime/kafka/kafka_client.hpp"
#include "store/log_backend.hpp"

#include <chrono>
#include <memory>
#include <mutex>

namespace ars::runtime {

class KafkaConsumer;
class KafkaProducer;

class KafkaBackend final : public store::LogBackend {
 public:
  // Contacts nobody yet. `cluster` names the source in record headers. Errc::invalid: a setting
  // that librdkafka refuses.
  static Result<std::unique_ptr<KafkaBackend>> open(const KafkaSettings& settings,
                                                    const ClusterId& cluster);
  KafkaBackend(KafkaSettings settings, const ClusterId& cluster);
  ~KafkaBackend() override;

  std::string_view name() const override { return "kafka"; }
  // Also Errc::invalid: a record that is no envelope; Errc::not_found: no such topic or partition;
  // Errc::denied; Errc::unsupported: the broker.
  Result<Offset> append(const store::Stream& stream,
                        std::span<const std::vector<std::uint8_t>> records,
                        std::chrono::milliseconds deadline) override;
  bool is_underway() const override;
  Result<std::vector<store::FetchedRecord>> fetch(const store::Stream& stream, Offset from,
                                                  std::size_t max_records,
                                                  std::chrono::milliseconds max_wait) override;
  Result<store::Watermarks> watermarks(const store::Stream& stream,
                                       std::chrono::milliseconds deadline) override;
  // Also Errc::unsupported, Errc::conflict and Errc::invalid, as kafka_prepare.
  Result<void> prepare(std::uint16_t partitions, std::chrono::milliseconds deadline) override;
  // Any thread: a call that waits ends with Errc::stopping, as does every later one.
  void stop() override;

  // A node that adopted its cluster from ctl learns the id only then.
  void set_cluster(const ClusterId& cluster);
  // Versions of librdkafka and of the broker.
  Result<KafkaBroker> describe(std::chrono::milliseconds deadline) const;

 private:
  Result<void> check_running() const;

  KafkaSettings settings_;
  KafkaStop stop_{false};
  // SHARED: held during each call, so that stop() from another thread destroys nothing in use.
  mutable std::mutex calls_;
  std::unique_ptr<KafkaProducer> producer_;  // empty once stopped
  std::unique_ptr<KafkaConsumer> consumer_;
};

}  // namespace ars::runtime
