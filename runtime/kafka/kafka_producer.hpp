// Appends records to topic partitions: idempotent, acks=all, in order and without holes. The one
// caller of the Kafka backend owns it.
#pragma once

#include "events/codec/cloud_events.hpp"
#include "runtime/kafka/kafka_client.hpp"
#include "store/log_backend.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace ars::runtime {

class KafkaProducer {
 public:
  // `stop` outlives the producer; once it is set, append fails with Errc::stopping.
  KafkaProducer(KafkaSettings settings, const ClusterId& cluster, const KafkaStop& stop);
  ~KafkaProducer();
  KafkaProducer(const KafkaProducer&) = delete;
  KafkaProducer& operator=(const KafkaProducer&) = delete;

  // As store::LogBackend::append. When the deadline passes, the records stay on their way: a call
  // with the same ones goes on waiting for them, a call with others gives them up first. After an
  // error that leaves open what was written, the next call starts with a new producer.
  // Errc::invalid: a record is no envelope or too large; Errc::unsupported: the broker.
  Result<Offset> append(const store::Stream& stream,
                        std::span<const std::vector<std::uint8_t>> records,
                        std::chrono::milliseconds deadline);
  // Whether the last append's records are still on their way.
  bool is_underway() const { return pending_ != nullptr; }

 private:
  struct Pending;
  using Deadline = std::chrono::steady_clock::time_point;
  Result<void> begin(const store::Stream& stream,
                     std::span<const std::vector<std::uint8_t>> records);
  Result<void> produce_rest(std::span<const std::vector<std::uint8_t>> records, Deadline deadline);
  Result<bool> produce_one(const std::vector<std::uint8_t>& record);
  Result<void> await_reports(Deadline deadline);
  Result<Offset> first_offset() const;
  Error cause_of(int code) const;
  void drop_client();
  Error give_up(Error error);
  Error not_yet(Error error) const;

  KafkaSettings settings_;
  const KafkaStop& stop_;
  events::CloudEventHeaders headers_;
  std::unique_ptr<Pending> pending_;
  std::unique_ptr<KafkaClient> client_;
};

}  // namespace ars::runtime
