#include "runtime/kafka/kafka_backend.hpp"

#include "runtime/kafka/kafka_consumer.hpp"
#include "runtime/kafka/kafka_producer.hpp"
#include "runtime/kafka/topics.hpp"

#include <utility>

namespace ars::runtime {

Result<std::unique_ptr<KafkaBackend>> KafkaBackend::open(const KafkaSettings& settings,
                                                         const ClusterId& cluster) {
  ARS_TRY(check_namespace(settings.name_space));
  ARS_TRY(KafkaClient::open(KafkaRole::producer, settings,
                            {{"compression.codec", settings.compression}}));
  return std::make_unique<KafkaBackend>(settings, cluster);
}

KafkaBackend::KafkaBackend(KafkaSettings settings, const ClusterId& cluster)
    : settings_(std::move(settings)),
      producer_(std::make_unique<KafkaProducer>(settings_, cluster, stop_)),
      consumer_(std::make_unique<KafkaConsumer>(settings_, stop_)) {}
KafkaBackend::~KafkaBackend() = default;

Result<void> KafkaBackend::check_running() const {
  if (producer_ == nullptr) return fail(Errc::stopping, "kafka: the backend is stopped");
  return success();
}

Result<Offset> KafkaBackend::append(const store::Stream& stream,
                                    std::span<const std::vector<std::uint8_t>> records,
                                    std::chrono::milliseconds deadline) {
  const std::lock_guard lock(calls_);
  ARS_TRY(check_running());
  return producer_->append(stream, records, deadline);
}

bool KafkaBackend::is_underway() const {
  const std::lock_guard lock(calls_);
  return producer_ != nullptr && producer_->is_underway();
}

Result<std::vector<store::FetchedRecord>> KafkaBackend::fetch(const store::Stream& stream,
                                                              Offset from, std::size_t max_records,
                                                              std::chrono::milliseconds max_wait) {
  const std::lock_guard lock(calls_);
  ARS_TRY(check_running());
  return consumer_->fetch(stream, from, max_records, max_wait);
}

Result<store::Watermarks> KafkaBackend::watermarks(const store::Stream& stream,
                                                   std::chrono::milliseconds deadline) {
  const std::lock_guard lock(calls_);
  ARS_TRY(check_running());
  return consumer_->watermarks(stream, deadline);
}

Result<void> KafkaBackend::prepare(std::uint16_t partitions, std::chrono::milliseconds deadline) {
  const std::lock_guard lock(calls_);
  ARS_TRY(check_running());
  constexpr std::uint8_t generation = 1;
  return kafka_prepare(settings_, generation, partitions, deadline);
}

void KafkaBackend::stop() {
  stop_.store(true);
  const std::lock_guard lock(calls_);
  producer_.reset();
  consumer_.reset();
}

void KafkaBackend::set_cluster(const ClusterId& cluster) {
  const std::lock_guard lock(calls_);
  if (producer_ != nullptr) producer_ = std::make_unique<KafkaProducer>(settings_, cluster, stop_);
}

Result<KafkaBroker> KafkaBackend::describe(std::chrono::milliseconds deadline) const {
  return kafka_describe(settings_, deadline);
}

}  // namespace ars::runtime
