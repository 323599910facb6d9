#include "runtime/kafka/kafka_admin.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "runtime/kafka/topics.hpp"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

namespace ars::runtime {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

template <class T, void (*destroy)(T*)>
struct Destroy {
  void operator()(T* object) const { destroy(object); }
};
template <class T, void (*destroy)(T*)>
using Owned = std::unique_ptr<T, Destroy<T, destroy>>;
using NewTopic = Owned<rd_kafka_NewTopic_t, &rd_kafka_NewTopic_destroy>;
using Options = Owned<rd_kafka_AdminOptions_t, &rd_kafka_AdminOptions_destroy>;
using Queue = Owned<rd_kafka_queue_t, &rd_kafka_queue_destroy>;
using Event = Owned<rd_kafka_event_t, &rd_kafka_event_destroy>;
using TopicHandle = Owned<rd_kafka_topic_t, &rd_kafka_topic_destroy>;
using ConfigResource = Owned<rd_kafka_ConfigResource_t, &rd_kafka_ConfigResource_destroy>;

struct MetadataDestroy {
  void operator()(const rd_kafka_metadata_t* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, MetadataDestroy>;

Milliseconds left_until(Clock::time_point end) {
  return std::max(std::chrono::ceil<Milliseconds>(end - Clock::now()), Milliseconds(0));
}
int ms(Milliseconds wait) { return narrow<int>(wait.count()); }

// Metadata of one topic, or of the brokers alone.
Result<Metadata> ask_metadata(KafkaClient& client, rd_kafka_topic_t* topic, Milliseconds wait) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code = rd_kafka_metadata(client.get(), 0, topic, &raw, ms(wait));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    client.poll(Milliseconds(0));
    auto error = kafka_error(code, "metadata");
    error.context += client.last_heard();
    return outcome::failure(std::move(error));
  }
  return Metadata(raw);
}

// --- what broker answers

// Requests that the log needs, with the versions that librdkafka 2.0.2 speaks.
struct NeededApi {
  int key;
  const char* name;
  int low;
  int high;
};
constexpr NeededApi needed[] = {{0, "Produce", 3, 7},         {1, "Fetch", 4, 11},
                                {2, "ListOffsets", 0, 2},     {3, "Metadata", 0, 4},
                                {19, "CreateTopics", 0, 4},   {22, "InitProducerId", 0, 4},
                                {32, "DescribeConfigs", 0, 1}};

// Newest first: the first release whose newest Produce and Fetch the broker takes.
struct Release {
  int produce;
  int fetch;
  const char* name;
};
constexpr Release releases[] = {
    {13, 18, "4.1 or newer"}, {12, 17, "4.0"},       {11, 17, "3.9"},       {11, 16, "3.8"},
    {10, 16, "3.7"},          {9, 15, "3.5 or 3.6"}, {9, 13, "3.1 to 3.4"}, {9, 12, "2.8 or 3.0"},
    {8, 11, "2.4 to 2.7"},    {7, 10, "2.1 to 2.3"}, {3, 4, "0.11 to 2.0"}, {0, 0, "before 0.11"}};

// "  ApiKey Fetch (1) Versions 0..17", as librdkafka logs it with debug=feature.
std::vector<KafkaApi> parse_apis(const std::vector<std::string>& log) {
  std::vector<KafkaApi> out;
  for (const auto& line : log) {
    const auto at = line.find("ApiKey ");
    if (at == std::string::npos) continue;
    KafkaApi api;
    if (std::sscanf(line.c_str() + at, "ApiKey %*[^(](%d) Versions %d..%d", &api.key, &api.low,
                    &api.high) == 3) {
      out.push_back(api);
    }
  }
  return out;
}

const KafkaApi* find_api(const std::vector<KafkaApi>& apis, int key) {
  const auto found =
      std::find_if(apis.begin(), apis.end(), [&](const KafkaApi& api) { return api.key == key; });
  return found == apis.end() ? nullptr : &*found;
}

std::string release_of(const std::vector<KafkaApi>& apis) {
  const auto* produce = find_api(apis, 0);
  const auto* fetch = find_api(apis, 1);
  if (produce == nullptr || fetch == nullptr) return "unknown";
  const auto* release =
      std::find_if(std::begin(releases), std::end(releases), [&](const Release& each) {
        return produce->high >= each.produce && fetch->high >= each.fetch;
      });
  return fmt::format("Kafka {} (Produce {}..{}, Fetch {}..{})", release->name, produce->low,
                     produce->high, fetch->low, fetch->high);
}

Result<void> check_supported(const KafkaBroker& broker) {
  for (const auto& need : needed) {
    const auto* api = find_api(broker.apis, need.key);
    if (api == nullptr) {
      return fail(Errc::unsupported,
                  fmt::format("kafka: the broker, {}, does not take {}", broker.broker, need.name));
    }
    if (api->low > need.high || api->high < need.low) {
      return fail(
          Errc::unsupported,
          fmt::format("kafka: the broker, {}, takes {} {}..{}, and librdkafka {} speaks {}..{}",
                      broker.broker, need.name, api->low, api->high, broker.librdkafka, need.low,
                      need.high));
    }
  }
  return success();
}

// --- topics

struct Wanted {
  std::string name;
  const TopicPolicy* policy;
  int partitions;
};

std::vector<Wanted> wanted_topics(const KafkaSettings& settings, std::uint8_t generation,
                                  std::uint16_t partitions) {
  std::vector<Wanted> out;
  for (const auto& policy : topic_policies()) {
    out.push_back({topic_name(settings.name_space, generation, policy.topic), &policy,
                   policy.spread == TopicSpread::one ? 1 : partitions});
  }
  return out;
}

Result<std::vector<NewTopic>> new_topics(const KafkaSettings& settings,
                                         const std::vector<Wanted>& wanted) {
  std::vector<NewTopic> out;
  for (const auto& each : wanted) {
    std::array<char, 256> why{};
    NewTopic topic(rd_kafka_NewTopic_new(each.name.c_str(), each.partitions,
                                         settings.replication_factor, why.data(), why.size()));
    if (topic == nullptr)
      return fail(Errc::invalid, fmt::format("kafka: {}: {}", each.name, why.data()));
    for (const auto& [key, value] :
         topic_settings(*each.policy, settings.replication_factor, settings.min_insync_replicas)) {
      rd_kafka_NewTopic_set_config(topic.get(), key.c_str(), value.c_str());
    }
    out.push_back(std::move(topic));
  }
  return out;
}

Result<Options> admin_options(KafkaClient& client, rd_kafka_admin_op_t operation,
                              Milliseconds wait) {
  Options options(rd_kafka_AdminOptions_new(client.get(), operation));
  std::array<char, 256> why{};
  // Never below a second: the broker must have a chance to answer at all.
  const auto code = rd_kafka_AdminOptions_set_request_timeout(
      options.get(), std::max(ms(wait), 1000), why.data(), why.size());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(Errc::invalid, fmt::format("kafka: {}", why.data()));
  return options;
}

Result<Event> await_event(rd_kafka_queue_t* queue, Milliseconds wait, std::string_view what) {
  Event event(rd_kafka_queue_poll(queue, std::max(ms(wait), 1000) + 100));
  if (event == nullptr) return fail(Errc::unavailable, fmt::format("kafka: {}: no answer", what));
  const auto code = rd_kafka_event_error(event.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return outcome::failure(kafka_error(code, what));
  return event;
}

Result<void> create_topics(KafkaClient& client, const KafkaSettings& settings,
                           const std::vector<Wanted>& wanted, Clock::time_point end) {
  ARS_TRY(const auto topics, new_topics(settings, wanted));
  std::vector<rd_kafka_NewTopic_t*> raw;
  for (const auto& topic : topics)
    raw.push_back(topic.get());
  ARS_TRY(const auto options,
          admin_options(client, RD_KAFKA_ADMIN_OP_CREATETOPICS, left_until(end)));
  const Queue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_CreateTopics(client.get(), raw.data(), raw.size(), options.get(), queue.get());
  ARS_TRY(const auto event, await_event(queue.get(), left_until(end), "create topics"));
  std::size_t count = 0;
  const auto* const* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto code = rd_kafka_topic_result_error(results[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
      continue;
    const auto* why = rd_kafka_topic_result_error_string(results[i]);
    auto error =
        kafka_error(code, fmt::format("create {}", rd_kafka_topic_result_name(results[i])));
    if (why != nullptr) error.context += fmt::format(" ({})", why);
    return outcome::failure(std::move(error));
  }
  return success();
}

// True once each partition has a leader. Errc::conflict: another number of partitions.
Result<bool> has_leaders(KafkaClient& client, const Wanted& wanted, Milliseconds wait) {
  const TopicHandle topic(rd_kafka_topic_new(client.get(), wanted.name.c_str(), nullptr));
  ARS_TRY(const auto metadata, ask_metadata(client, topic.get(), wait));
  if (metadata->topic_cnt != 1 || metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return false;
  const auto& found = metadata->topics[0];
  if (found.partition_cnt != wanted.partitions) {
    return fail(Errc::conflict, fmt::format("kafka: {} has {} partitions, and {} are asked for",
                                            wanted.name, found.partition_cnt, wanted.partitions));
  }
  return std::all_of(found.partitions, found.partitions + found.partition_cnt,
                     [](const rd_kafka_metadata_partition_t& each) {
                       return each.err == RD_KAFKA_RESP_ERR_NO_ERROR && each.leader >= 0;
                     });
}

Result<void> await_leaders(KafkaClient& client, const std::vector<Wanted>& wanted,
                           Clock::time_point end) {
  for (const auto& each : wanted) {
    while (true) {
      ARS_TRY(const bool ready,
              has_leaders(client, each, std::max(left_until(end), Milliseconds(500))));
      if (ready) break;
      if (left_until(end).count() == 0) {
        return fail(Errc::unavailable, fmt::format("kafka: {} has no leader yet", each.name));
      }
      client.poll(Milliseconds(20));
    }
  }
  return success();
}

// A topic that somebody else made, and that forgets, is worse than none.
Result<void> check_policies(KafkaClient& client, const std::vector<Wanted>& wanted,
                            Clock::time_point end) {
  std::vector<ConfigResource> resources;
  std::vector<rd_kafka_ConfigResource_t*> raw;
  for (const auto& each : wanted) {
    resources.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, each.name.c_str()));
    raw.push_back(resources.back().get());
  }
  ARS_TRY(const auto options,
          admin_options(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, left_until(end)));
  const Queue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_DescribeConfigs(client.get(), raw.data(), raw.size(), options.get(), queue.get());
  ARS_TRY(const auto event, await_event(queue.get(), left_until(end), "describe topics"));
  std::size_t count = 0;
  const auto* const* found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = rd_kafka_ConfigResource_name(found[i]);
    const auto topic = std::find_if(wanted.begin(), wanted.end(),
                                    [&](const Wanted& each) { return each.name == name; });
    if (topic == wanted.end() || topic->policy->retention_ms >= 0) continue;
    std::size_t entries = 0;
    const auto* const* configs = rd_kafka_ConfigResource_configs(found[i], &entries);
    for (std::size_t j = 0; j < entries; ++j) {
      const std::string_view key = rd_kafka_ConfigEntry_name(configs[j]);
      const auto* raw_value = rd_kafka_ConfigEntry_value(configs[j]);
      const std::string_view value = raw_value == nullptr ? "" : raw_value;
      const bool forgets = (key == "retention.ms" && value != "-1") ||
                           (key == "retention.bytes" && value != "-1") ||
                           (key == "cleanup.policy" && value != topic->policy->cleanup);
      if (forgets) {
        return fail(Errc::conflict,
                    fmt::format("kafka: {} has {}={}; it would lose history", name, key, value));
      }
    }
  }
  return success();
}

}  // namespace

Result<KafkaBroker> kafka_describe(const KafkaSettings& settings, Milliseconds deadline) {
  ARS_TRY(const auto client, KafkaClient::open(KafkaRole::producer, settings,
                                               {{"debug", "feature"}}, KafkaLog::collected));
  KafkaBroker out;
  out.librdkafka = rd_kafka_version_str();
  ARS_TRY(const auto metadata, ask_metadata(*client, nullptr, deadline));
  out.brokers = metadata->broker_cnt;
  client->poll(Milliseconds(0));
  // The lines come through a queue of their own and may lag behind the answer.
  for (int i = 0; i < 50 && (out.apis = parse_apis(client->signals().log)).empty(); ++i) {
    client->poll(Milliseconds(10));
  }
  out.broker = release_of(out.apis);
  ARS_TRY(check_supported(out));
  return out;
}

Result<void> kafka_prepare(const KafkaSettings& settings, std::uint8_t generation,
                           std::uint16_t partitions, Milliseconds deadline) {
  ARS_TRY(check_namespace(settings.name_space));
  const auto end = Clock::now() + deadline;
  ARS_TRY(kafka_describe(settings, deadline));
  ARS_TRY(const auto client, KafkaClient::open(KafkaRole::producer, settings, {}));
  const auto wanted = wanted_topics(settings, generation, partitions);
  ARS_TRY(create_topics(*client, settings, wanted, end));
  ARS_TRY(await_leaders(*client, wanted, end));
  return check_policies(*client, wanted, end);
}

}  // namespace ars::runtime
