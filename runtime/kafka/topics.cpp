#include "runtime/kafka/topics.hpp"

#include "events/base/check.hpp"
#include "runtime/limits.hpp"

#include <algorithm>
#include <iterator>

namespace ars::runtime {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr TopicPolicy table[] = {
    {store::Topic::evt, TopicSpread::per_partition, "delete", -1, true},
    {store::Topic::cmd, TopicSpread::per_partition, "delete", 7 * day_ms, false},
    {store::Topic::fb, TopicSpread::per_partition, "delete", 30 * day_ms, false},
    {store::Topic::ctl, TopicSpread::one, "delete", -1, true},
    {store::Topic::model, TopicSpread::one, "compact", -1, false},
    {store::Topic::snap, TopicSpread::per_partition, "compact", -1, false},
    {store::Topic::dlq, TopicSpread::one, "delete", 90 * day_ms, false},
};

}  // namespace

std::span<const TopicPolicy> topic_policies() { return table; }

const TopicPolicy& policy_of(store::Topic topic) {
  const auto* row = std::find_if(std::begin(table), std::end(table),
                                 [&](const TopicPolicy& each) { return each.topic == topic; });
  ARS_CHECK(row != std::end(table), "a topic without a policy");
  return *row;
}

std::string topic_name(std::string_view name_space, std::uint8_t generation, store::Topic topic) {
  return fmt::format("{}.g{}.{}", name_space, generation, store::to_string(topic));
}

Result<void> check_namespace(std::string_view name_space) {
  constexpr std::string_view legal =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (name_space.empty() || name_space.size() > limits::kafka_namespace_length_max ||
      name_space.find_first_not_of(legal) != std::string_view::npos) {
    return fail(Errc::invalid,
                fmt::format("kafka.namespace: \"{}\" is not 1 to {} letters, digits, "
                            "dots, underscores and hyphens",
                            name_space, limits::kafka_namespace_length_max));
  }
  return success();
}

std::vector<std::pair<std::string, std::string>> topic_settings(const TopicPolicy& policy,
                                                                std::uint16_t replication_factor,
                                                                std::uint16_t min_insync_replicas) {
  std::vector<std::pair<std::string, std::string>> out = {
      {"cleanup.policy", std::string(policy.cleanup)},
      {"retention.ms", std::to_string(policy.retention_ms)},
      {"retention.bytes", "-1"},
      {"max.message.bytes", std::to_string(limits::kafka_message_bytes_max)},
      {"message.timestamp.type", "CreateTime"},
      {"min.insync.replicas", std::to_string(min_insync_replicas)},
  };
  if (policy.synced) out.emplace_back("segment.bytes", std::to_string(64 << 20));
  // An acknowledgement is not an fsync: with one copy the broker has to write it down each time.
  if (policy.synced && replication_factor == 1) out.emplace_back("flush.messages", "1");
  return out;
}

}  // namespace ars::runtime
