// Whether a node is alive, as the brokers see it: each owner is a member of a consumer group of its
// namespace for as long as it runs. Nothing is consumed through it, and nothing depends on it for
// safety - claims on ctl decide who owns what; it keeps a newcomer from taking over from somebody
// who still works. Owned by the run's link to Kafka; one thread.
#pragma once

#include "runtime/kafka/kafka_client.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ars::runtime {

// A node that dies is forgotten after this time.
inline constexpr std::chrono::milliseconds kafka_presence_timeout{6000};

struct KafkaPresent {
  std::string node;
  std::string host;
};

class KafkaPresence {
 public:
  // Joins under the node's name and waits until the brokers have taken it in. Errc::unavailable.
  static Result<std::unique_ptr<KafkaPresence>> join(const KafkaSettings& settings,
                                                     const std::string& node,
                                                     std::chrono::milliseconds deadline);
  // Leaves.
  ~KafkaPresence();
  KafkaPresence(const KafkaPresence&) = delete;
  KafkaPresence& operator=(const KafkaPresence&) = delete;
  // Lets the client answer the brokers; called now and then.
  void stay();

 private:
  KafkaPresence() = default;
  std::unique_ptr<KafkaClient> client_;
};

// Another node than `node` that is present, if any. Errc::unavailable: no broker says.
Result<std::optional<KafkaPresent>> kafka_other_node(const KafkaSettings& settings,
                                                     const std::string& node,
                                                     std::chrono::milliseconds deadline);

// Returns once no other node is present; one that died is, until it is forgotten. Calls `wait`
// before it waits. Errc::conflict: it lives, and is named; Errc::unavailable.
Result<void> kafka_await_alone(const KafkaSettings& settings, const std::string& node,
                               const std::function<void(const KafkaPresent&)>& wait);

}  // namespace ars::runtime
