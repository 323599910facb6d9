// Names and policies of the topics of one namespace (docs/log_format.md): which are created, with
// how many partitions, and how long each keeps its records. Constants and pure functions; any
// thread.
#pragma once

#include "events/base/result.hpp"
#include "store/event_log.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ars::runtime {

enum class TopicSpread : std::uint8_t { one, per_partition };

// One row of the constexpr table; its texts have static storage.
struct TopicPolicy {
  store::Topic topic;
  TopicSpread spread;
  std::string_view cleanup;   // delete | compact
  std::int64_t retention_ms;  // -1: for ever
  bool synced;                // fsync each batch where there is only one copy
};
std::span<const TopicPolicy> topic_policies();
const TopicPolicy& policy_of(store::Topic topic);

// <namespace>.g<generation>.<topic>
std::string topic_name(std::string_view name_space, std::uint8_t generation, store::Topic topic);
// Errc::invalid: not what Kafka takes as the start of a topic's name.
Result<void> check_namespace(std::string_view name_space);
// The settings of a new topic, as the broker names them.
std::vector<std::pair<std::string, std::string>> topic_settings(const TopicPolicy& policy,
                                                                std::uint16_t replication_factor,
                                                                std::uint16_t min_insync_replicas);

}  // namespace ars::runtime
