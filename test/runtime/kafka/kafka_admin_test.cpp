#include "runtime/kafka/kafka_admin.hpp"

#include "test/runtime/kafka/broker.hpp"

#include <librdkafka/rdkafka.h>

using namespace ars;
using namespace ars::runtime;
using namespace ars::test;
using namespace std::chrono_literals;

namespace {

// A topic that somebody made by hand.
void create_by_hand(const std::string& name, const char* retention_ms) {
  auto* const conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", the_broker().address().c_str(), nullptr, 0);
  auto* const client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  auto* topic = rd_kafka_NewTopic_new(name.c_str(), 1, 1, nullptr, 0);
  rd_kafka_NewTopic_set_config(topic, "retention.ms", retention_ms);
  auto* const queue = rd_kafka_queue_new(client);
  rd_kafka_CreateTopics(client, &topic, 1, nullptr, queue);
  rd_kafka_event_destroy(rd_kafka_queue_poll(queue, 20'000));
  rd_kafka_queue_destroy(queue);
  rd_kafka_NewTopic_destroy(topic);
  rd_kafka_destroy(client);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_kafka_admin)

BOOST_AUTO_TEST_CASE(versions_of_library_and_broker_are_told) {
  if (skipped()) return;

  const auto broker = must(kafka_describe(fresh_settings(), 20s));

  BOOST_TEST(broker.librdkafka == rd_kafka_version_str());
  BOOST_TEST(broker.broker.starts_with("Kafka " + Broker::version().substr(0, 3) + " "),
             broker.broker);
  BOOST_TEST(broker.brokers == 1);
}

BOOST_AUTO_TEST_CASE(topics_get_the_partitions_asked_for_and_keep_them) {
  if (skipped()) return;
  const auto settings = fresh_settings();
  must(kafka_prepare(settings, 1, 3, 20s));

  const auto listed = run_command({"kcat", "-b", the_broker().address(), "-L"});

  const auto has = [&](const std::string& topic, int partitions) {
    const auto line = "  topic \"" + settings.name_space + ".g1." + topic + "\" with " +
                      std::to_string(partitions) + " partitions:";
    return std::find(listed.lines.begin(), listed.lines.end(), line) != listed.lines.end();
  };
  for (const auto* spread : {"evt", "cmd", "fb", "snap"})
    BOOST_TEST(has(spread, 3), spread);
  for (const auto* single : {"ctl", "model", "dlq"})
    BOOST_TEST(has(single, 1), single);
  must(kafka_prepare(settings, 1, 3, 20s));
  refused(kafka_prepare(settings, 1, 4, 20s), Errc::conflict);
}

BOOST_AUTO_TEST_CASE(a_topic_that_would_lose_history_is_refused) {
  if (skipped()) return;
  const auto settings = fresh_settings();
  create_by_hand(settings.name_space + ".g1.evt", "60000");

  const auto prepared_it = kafka_prepare(settings, 1, 1, 20s);

  refused(prepared_it, Errc::conflict);
  BOOST_TEST(prepared_it.error().context.find("retention.ms=60000") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(more_copies_than_brokers_are_refused) {
  if (skipped()) return;
  auto settings = fresh_settings();
  settings.replication_factor = 3;

  refused(kafka_prepare(settings, 1, 1, 20s), Errc::invalid);
}

BOOST_AUTO_TEST_SUITE_END()
