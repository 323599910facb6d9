// librdkafka alone: the records that our backend would send, prepared beforehand, with the same
// properties, to and from the same partition. Owned by one measurement; one thread.
#pragma once

#include "events/base/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ars::bench {

struct RawRecord {
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct RawTopic {
  std::string brokers;
  std::string name;
  std::int32_t partition = 0;
  std::string compression;
  std::int64_t linger_ms = 0;
};

class RawProducer {
 public:
  // Errc::invalid: a property that librdkafka refuses.
  static Result<std::unique_ptr<RawProducer>> open(const RawTopic& topic);
  ~RawProducer();
  RawProducer(const RawProducer&) = delete;
  RawProducer& operator=(const RawProducer&) = delete;
  // Returns when the broker has acknowledged all of them. Errc::unavailable.
  Result<void> publish(std::span<const RawRecord> records);

 private:
  struct Impl;
  explicit RawProducer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class RawConsumer {
 public:
  static Result<std::unique_ptr<RawConsumer>> open(const RawTopic& topic);
  ~RawConsumer();
  RawConsumer(const RawConsumer&) = delete;
  RawConsumer& operator=(const RawConsumer&) = delete;
  // Reads so many records from offset 0 on; gives their bytes. Errc::unavailable.
  Result<std::uint64_t> consume(std::uint64_t records);

 private:
  struct Impl;
  explicit RawConsumer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Errc::unavailable.
Result<void> delete_topics(const std::string& brokers, const std::vector<std::string>& names);

}  // namespace ars::bench
