#include "runtime/kafka/topics.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace ars;
using namespace ars::runtime;

BOOST_AUTO_TEST_SUITE(runtime_topics)

BOOST_AUTO_TEST_CASE(names_carry_namespace_and_generation) {
  BOOST_TEST(topic_name("ars", 1, store::Topic::evt) == "ars.g1.evt");
  BOOST_TEST(topic_name("a.b", 2, store::Topic::dlq) == "a.b.g2.dlq");
}

BOOST_AUTO_TEST_CASE(history_is_kept_for_ever_and_written_down) {
  for (const auto topic : {store::Topic::evt, store::Topic::ctl}) {
    const auto list = topic_settings(policy_of(topic), 1, 1);
    const std::map<std::string, std::string> settings(list.begin(), list.end());
    BOOST_TEST(settings.at("retention.ms") == "-1");
    BOOST_TEST(settings.at("cleanup.policy") == "delete");
    BOOST_TEST(settings.at("max.message.bytes") == "1048576");
    BOOST_TEST(settings.at("flush.messages") == "1");
  }
  const auto replicated = topic_settings(policy_of(store::Topic::evt), 3, 2);
  const std::map<std::string, std::string> settings(replicated.begin(), replicated.end());
  BOOST_TEST(settings.at("min.insync.replicas") == "2");
  BOOST_TEST(!settings.contains("flush.messages"));
}

BOOST_AUTO_TEST_CASE(only_what_kafka_takes_is_a_namespace) {
  for (const auto* good : {"ars", "a", "Team-1_x.y"})
    BOOST_TEST(check_namespace(good).has_value(), good);
  for (const auto* bad : {"", "a b", "a/b", "\xc3\xa4"})
    BOOST_TEST(check_namespace(bad).has_error(), bad);
  BOOST_TEST(check_namespace(std::string(101, 'a')).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
