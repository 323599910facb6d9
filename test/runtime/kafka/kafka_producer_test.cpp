#include "runtime/kafka/kafka_producer.hpp"

#include "test/runtime/kafka/broker.hpp"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <set>
#include <thread>

using namespace ars;
using namespace ars::runtime;
using namespace ars::test;
using namespace std::chrono_literals;

namespace {

constexpr store::Stream evt0{store::Topic::evt, 0};
using Records = std::vector<std::vector<std::uint8_t>>;

Records facts(EventMaker& make, std::size_t count, std::uint64_t agent = 1) {
  Records out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(make.fact(agent)->stored);
  return out;
}

// As a caller does: the same records again until they are in. Gives the number of refusals.
int append_until_in(store::LogBackend& backend, const Records& records,
                    std::chrono::milliseconds deadline) {
  for (int refusals = 0;; ++refusals) {
    const auto appended = backend.append(evt0, records, deadline);
    if (appended.has_value()) return refusals;
    BOOST_REQUIRE_MESSAGE(appended.error().code == Errc::unavailable, why(appended));
    BOOST_REQUIRE(refusals < 200);
  }
}

// Everything in evt/0, read by a fresh backend, without repeats.
Records read_all(const KafkaSettings& settings) {
  const auto backend = must(KafkaBackend::open(settings, cluster_of()));
  const auto end = must(backend->watermarks(evt0, 20s)).next;
  Records out;
  std::set<Bytes16> seen;
  for (Offset at(0); at < end;) {
    const auto fetched = must(backend->fetch(evt0, at, 1000, 20s));
    BOOST_REQUIRE(!fetched.empty());
    for (const auto& record : fetched) {
      Bytes16 id{};
      std::copy_n(record.stored.begin() + 8, id.size(), id.begin());
      if (seen.insert(id).second) out.push_back(record.stored);
      at = record.offset.next();
    }
  }
  return out;
}

// Settings in a namespace whose topics exist.
KafkaSettings ready_settings() {
  auto out = fresh_settings();
  prepared(out);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_kafka_producer)

BOOST_AUTO_TEST_CASE(a_broker_that_stands_still_for_ten_seconds_loses_and_repeats_nothing) {
  if (skipped()) return;
  const auto settings = ready_settings();
  const auto backend = must(KafkaBackend::open(settings, cluster_of()));
  EventMaker make;
  const auto before = facts(make, 20);
  const auto during = facts(make, 20);
  const auto after = facts(make, 20);
  append_until_in(*backend, before, 20s);

  the_broker().pause();
  std::jthread waker([] {
    std::this_thread::sleep_for(10s);
    the_broker().resume();
  });
  const auto began = std::chrono::steady_clock::now();
  const auto refusals = append_until_in(*backend, during, 1s);
  const auto waited = std::chrono::steady_clock::now() - began;
  append_until_in(*backend, after, 20s);

  BOOST_TEST(refusals >= 5);
  BOOST_TEST((waited > 8s && waited < 20s));
  auto expected = before;
  expected.insert(expected.end(), during.begin(), during.end());
  expected.insert(expected.end(), after.begin(), after.end());
  BOOST_TEST((read_all(settings) == expected));
  BOOST_TEST(must(backend->watermarks(evt0, 20s)).next.value() == expected.size());
}

BOOST_AUTO_TEST_CASE(a_producer_that_gave_up_is_replaced_and_order_is_kept) {
  if (skipped()) return;
  auto settings = ready_settings();
  settings.delivery_timeout = Duration::seconds(1);
  const auto backend = must(KafkaBackend::open(settings, cluster_of()));
  EventMaker make;
  auto expected = facts(make, 10);
  append_until_in(*backend, expected, 20s);
  the_broker().pause();
  std::jthread waker([] {
    std::this_thread::sleep_for(5s);
    the_broker().resume();
  });

  for (int i = 0; i < 20; ++i) {
    const auto batch = facts(make, 10);
    append_until_in(*backend, batch, 3s);
    expected.insert(expected.end(), batch.begin(), batch.end());
  }

  BOOST_TEST((read_all(settings) == expected));
}

BOOST_AUTO_TEST_CASE(a_broker_killed_in_the_middle_of_appends_loses_nothing_acknowledged) {
  if (skipped()) return;
  const auto settings = ready_settings();
  const auto backend = must(KafkaBackend::open(settings, cluster_of()));
  EventMaker make;
  Records expected;
  std::jthread killer;
  const auto began = std::chrono::steady_clock::now();
  bool killed = false;

  for (int i = 0; i < 120 || std::chrono::steady_clock::now() - began < 2s; ++i) {
    if (i == 30) {
      killer = std::jthread([&] {
        the_broker().kill();
        the_broker().start();
        killed = true;
      });
    }
    const auto batch = facts(make, 20);
    append_until_in(*backend, batch, 2s);
    expected.insert(expected.end(), batch.begin(), batch.end());
  }
  killer.join();
  const auto last = facts(make, 20);
  append_until_in(*backend, last, 20s);
  expected.insert(expected.end(), last.begin(), last.end());

  BOOST_TEST(killed);
  BOOST_TEST((read_all(settings) == expected));
}

BOOST_AUTO_TEST_CASE(fetch_says_unavailable_while_the_broker_is_gone_and_goes_on_after) {
  if (skipped()) return;
  const auto settings = ready_settings();
  const auto backend = must(KafkaBackend::open(settings, cluster_of()));
  EventMaker make;
  const auto records = facts(make, 10);
  append_until_in(*backend, records, 20s);
  BOOST_TEST(must(backend->fetch(evt0, Offset(0), 4, 20s)).size() == 4u);

  the_broker().kill();
  bool refused_once = false;
  for (int i = 0; i < 20 && !refused_once; ++i) {
    const auto fetched = backend->fetch(evt0, Offset(10), 4, 500ms);
    refused_once = fetched.has_error() && fetched.error().code == Errc::unavailable;
  }
  the_broker().start();
  Result<std::vector<store::FetchedRecord>> again = fail(Errc::unavailable, "not asked");
  for (int i = 0; i < 40 && again.has_error(); ++i) {
    again = backend->fetch(evt0, Offset(4), 6, 100ms);
  }

  BOOST_TEST(refused_once);
  const auto rest = must(std::move(again));
  BOOST_REQUIRE(!rest.empty());
  BOOST_TEST((rest[0].stored == records[4]));
}

BOOST_AUTO_TEST_CASE(other_records_than_those_on_their_way_take_their_place) {
  if (skipped()) return;
  const auto settings = ready_settings();
  const auto backend = must(KafkaBackend::open(settings, cluster_of()));
  EventMaker make;
  const auto first = facts(make, 5);
  append_until_in(*backend, first, 20s);
  the_broker().pause();
  refused(backend->append(evt0, facts(make, 5, 2), 300ms), Errc::unavailable);
  the_broker().resume();

  const auto second = facts(make, 5);
  append_until_in(*backend, second, 20s);

  const auto all = read_all(settings);
  BOOST_REQUIRE(all.size() >= 10u);
  BOOST_TEST(std::equal(first.begin(), first.end(), all.begin()));
  const bool found = std::search(all.begin(), all.end(), second.begin(), second.end()) != all.end();
  BOOST_TEST(found);
}

BOOST_AUTO_TEST_CASE(a_broker_without_idempotent_producers_is_unsupported) {
  // A mock of librdkafka's own, in place of a broker of another release.
  auto* const host = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0);
  auto* const mock = rd_kafka_mock_cluster_new(host, 1);
  rd_kafka_mock_topic_create(mock, "ars.g1.evt", 1, 1);
  constexpr std::int16_t init_producer_id = 22;
  rd_kafka_mock_set_apiversion(mock, init_producer_id, -1, -1);
  KafkaSettings settings;
  settings.brokers = {rd_kafka_mock_cluster_bootstraps(mock)};
  EventMaker make;
  {
    const KafkaStop running{false};
    KafkaProducer producer(settings, cluster_of(), running);
    refused(producer.append(evt0, facts(make, 1), 20s), Errc::unsupported);
    refused(kafka_prepare(settings, 1, 1, 20s), Errc::unsupported);
  }
  rd_kafka_mock_cluster_destroy(mock);
  rd_kafka_destroy(host);
}

BOOST_AUTO_TEST_SUITE_END()
