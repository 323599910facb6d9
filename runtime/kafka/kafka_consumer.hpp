// Reads topic partitions from given offsets: no group, no stored offsets, no reset. The one caller
// of the Kafka backend owns it.
#pragma once

#include "runtime/kafka/kafka_client.hpp"
#include "store/log_backend.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <vector>

struct rd_kafka_topic_s;

namespace ars::runtime {

class KafkaConsumer {
 public:
  // `stop` outlives the consumer; once it is set, calls fail with Errc::stopping.
  KafkaConsumer(KafkaSettings settings, const KafkaStop& stop);
  ~KafkaConsumer();
  KafkaConsumer(const KafkaConsumer&) = delete;
  KafkaConsumer& operator=(const KafkaConsumer&) = delete;

  // As store::LogBackend::fetch and ::watermarks. A stream that is fetched in order is prefetched.
  Result<std::vector<store::FetchedRecord>> fetch(const store::Stream& stream, Offset from,
                                                  std::size_t max_records,
                                                  std::chrono::milliseconds max_wait);
  Result<store::Watermarks> watermarks(const store::Stream& stream,
                                       std::chrono::milliseconds deadline);

 private:
  struct Reader;
  Result<KafkaClient*> client();
  Result<Reader*> reader_at(const store::Stream& stream, Offset from);
  Result<bool> read_one(Reader& reader, std::chrono::milliseconds wait,
                        std::vector<store::FetchedRecord>& out);
  Result<void> read_until(Reader& reader, std::chrono::steady_clock::time_point end,
                          std::size_t max_records, std::vector<store::FetchedRecord>& out);
  Result<bool> is_at_tail(const Reader& reader);
  Result<Offset> ask_offset(const store::Stream& stream, std::int64_t end,
                            std::chrono::milliseconds deadline);
  Error outside(const store::Stream& stream, Offset from);

  KafkaSettings settings_;
  const KafkaStop& stop_;
  std::unique_ptr<KafkaClient> client_;
  // After the client, so that every topic handle goes before it.
  std::map<store::Stream, std::unique_ptr<Reader>> readers_;
};

}  // namespace ars::runtime
