// Creates and checks the topics of a namespace, and says what broker answers. Each call opens a
// client of its own and closes it. Blocking; any thread.
#pragma once

#include "runtime/kafka/kafka_client.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace ars::runtime {

// Versions of one request that a broker takes.
struct KafkaApi {
  int key = 0;
  int low = 0;
  int high = 0;
};

struct KafkaBroker {
  std::string librdkafka;  // its version
  std::string broker;      // the release, as far as the requests it takes tell
  int brokers = 0;         // of the cluster
  std::vector<KafkaApi> apis;
};

// Asks the brokers what they are. Errc::unavailable: none answers in time; Errc::unsupported: one
// that does not take a request we need, in a version that librdkafka speaks.
Result<KafkaBroker> kafka_describe(const KafkaSettings& settings,
                                   std::chrono::milliseconds deadline);

// Creates what is missing and waits for its leaders. Errc::conflict: a topic is there with another
// number of partitions, or with a policy that would lose records; Errc::invalid: settings that the
// broker refuses; Errc::unavailable.
Result<void> kafka_prepare(const KafkaSettings& settings, std::uint8_t generation,
                           std::uint16_t partitions, std::chrono::milliseconds deadline);

}  // namespace ars::runtime
