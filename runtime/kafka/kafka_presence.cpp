#include "runtime/kafka/kafka_presence.hpp"

#include "events/base/narrow.hpp"
#include "runtime/kafka/topics.hpp"
#include "store/event_log.hpp"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <thread>

namespace ars::runtime {
namespace {

using Clock = std::chrono::steady_clock;

std::string group_of(const KafkaSettings& settings) { return settings.name_space + ".g1.owner"; }

struct ListDestroy {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using List = std::unique_ptr<rd_kafka_topic_partition_list_t, ListDestroy>;

struct GroupsDestroy {
  void operator()(const struct rd_kafka_group_list* groups) const {
    rd_kafka_group_list_destroy(groups);
  }
};
using Groups = std::unique_ptr<const struct rd_kafka_group_list, GroupsDestroy>;

bool is_member(const KafkaClient& client) {
  rd_kafka_topic_partition_list_t* raw = nullptr;
  if (rd_kafka_assignment(client.get(), &raw) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  return List(raw)->cnt > 0;
}

void discard_one(const KafkaClient& client, int wait_ms) {
  auto* const message = rd_kafka_consumer_poll(client.get(), wait_ms);
  if (message != nullptr) rd_kafka_message_destroy(message);
}

std::optional<KafkaPresent> other_in(const struct rd_kafka_group_list& groups,
                                     const std::string& node) {
  for (int i = 0; i < groups.group_cnt; ++i) {
    const auto& group = groups.groups[i];
    for (int j = 0; j < group.member_cnt; ++j) {
      const std::string name = group.members[j].client_id;
      if (name != node) return KafkaPresent{name, group.members[j].client_host};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<KafkaPresence>> KafkaPresence::join(const KafkaSettings& settings,
                                                           const std::string& node,
                                                           std::chrono::milliseconds deadline) {
  std::unique_ptr<KafkaPresence> out(new KafkaPresence());
  ARS_TRY(out->client_,
          KafkaClient::open(KafkaRole::consumer, settings,
                            {{"group.id", group_of(settings)},
                             {"client.id", node},
                             {"session.timeout.ms", std::to_string(kafka_presence_timeout.count())},
                             {"heartbeat.interval.ms", "1000"},
                             {"max.poll.interval.ms", "86400000"},
                             {"enable.auto.commit", "false"},
                             {"auto.offset.reset", "latest"},
                             {"queued.min.messages", "1"},
                             {"allow.auto.create.topics", "false"}}));
  auto* const client = out->client_->get();
  rd_kafka_poll_set_consumer(client);
  const auto topic = topic_name(settings.name_space, 1, store::Topic::ctl);
  const List topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  if (const auto code = rd_kafka_subscribe(client, topics.get());
      code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return outcome::failure(kafka_error(code, "join " + group_of(settings)));
  }
  const auto end = Clock::now() + deadline;
  while (!is_member(*out->client_)) {
    if (Clock::now() > end) {
      return fail(Errc::unavailable,
                  fmt::format("kafka: group {} did not take {} in", group_of(settings), node));
    }
    discard_one(*out->client_, 50);
  }
  return out;
}

KafkaPresence::~KafkaPresence() {
  if (client_ != nullptr) rd_kafka_consumer_close(client_->get());
}

void KafkaPresence::stay() { discard_one(*client_, 0); }

Result<std::optional<KafkaPresent>> kafka_other_node(const KafkaSettings& settings,
                                                     const std::string& node,
                                                     std::chrono::milliseconds deadline) {
  ARS_TRY(const auto client, KafkaClient::open(KafkaRole::consumer, settings, {}));
  const auto end = Clock::now() + deadline;
  while (true) {
    const struct rd_kafka_group_list* raw = nullptr;
    constexpr int wait_ms = 2000;
    const auto code =
        rd_kafka_list_groups(client->get(), group_of(settings).c_str(), &raw, wait_ms);
    if (raw != nullptr) {
      const Groups groups(raw);
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return other_in(*groups, node);
    }
    if (Clock::now() > end) {
      return outcome::failure(kafka_error(code, "members of " + group_of(settings)));
    }
    client->poll(std::chrono::milliseconds(100));
  }
}

Result<void> kafka_await_alone(const KafkaSettings& settings, const std::string& node,
                               const std::function<void(const KafkaPresent&)>& wait) {
  constexpr std::chrono::milliseconds answer{10'000};
  const auto end = Clock::now() + kafka_presence_timeout + std::chrono::seconds(2);
  for (bool told = false;; told = true) {
    ARS_TRY(const auto other, kafka_other_node(settings, node, answer));
    if (!other.has_value()) return success();
    if (Clock::now() > end) {
      return fail(Errc::conflict,
                  fmt::format("namespace {} is owned by {} (at {}), which is running; this is {}",
                              settings.name_space, other->node, other->host, node));
    }
    if (!told && wait) wait(*other);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

}  // namespace ars::runtime
