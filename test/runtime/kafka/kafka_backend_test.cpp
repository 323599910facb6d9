#include "runtime/kafka/kafka_backend.hpp"

#include "events/base/hash.hpp"
#include "test/contract/store/log_backend_suite.hpp"
#include "test/runtime/kafka/broker.hpp"

#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

using namespace ars;
using namespace ars::runtime;
using namespace ars::test;
using namespace std::chrono_literals;

namespace {

using Records = std::vector<std::vector<std::uint8_t>>;

BackendUnderTest on_kafka() { return {prepared(fresh_settings()), nullptr}; }

std::vector<std::uint8_t> request_of(const std::string& user) {
  events::Envelope header;
  Bytes16 agent{};
  std::memcpy(agent.data(), "agent-0123456789", agent.size());
  header.agent_id = AgentId(agent);
  header.log_time_ns = 1'700'000'000'000'000'000;
  header.event_id = events::make_ingress_id(header.log_time_ns, "test", user);
  events::RequestReceived payload;
  payload.user = UserId(*bytes16_from_hex("000102030405060708090a0b0c0d0e0f"));
  payload.occurred_at = Timestamp(0);
  return events::seal(header, payload)->stored;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_kafka_backend)

BOOST_AUTO_TEST_CASE(kafka_backend_keeps_every_promise_of_a_backend) {
  if (skipped()) return;
  LogBackendSuite(&on_kafka).run_all();
}

BOOST_AUTO_TEST_CASE(kcat_sees_key_partition_value_and_cloud_event_headers) {
  if (skipped()) return;
  const auto settings = fresh_settings();
  const auto backend = prepared(settings);
  const auto record = request_of("anna");
  must(backend->append({store::Topic::cmd, 1}, Records{record}, 20s));

  const auto seen =
      run_command({"kcat", "-b", the_broker().address(), "-t", settings.name_space + ".g1.cmd",
                   "-C", "-o", "beginning", "-e", "-q", "-f", "%p|%o|%k|%S|%h\\n"});

  BOOST_REQUIRE_EQUAL(seen.lines.size(), 1u);
  const auto start = "1|0|agent-0123456789|" + std::to_string(record.size()) + "|";
  BOOST_TEST(seen.lines[0].starts_with(start), seen.lines[0]);
  BOOST_TEST(seen.lines[0].substr(start.size()) ==
             "content-type=application/vnd.ars.event.v1,ce_specversion=1.0,ce_id=" +
                 [&] {
                   const auto id = to_hex(ByteSpan(record).subspan(8, 16));
                   return id.substr(0, 8) + "-" + id.substr(8, 4) + "-" + id.substr(12, 4) + "-" +
                          id.substr(16, 4) + "-" + id.substr(20);
                 }() +
                 ",ce_source=/ars/" + to_hex(cluster_of()) +
                 "/6167656e742d30313233343536373839,ce_type=ars.request.received.v1,"
                 "ce_subject=000102030405060708090a0b0c0d0e0f,ce_time=1970-01-01T00:00:00Z,"
                 "ce_partitionkey=6167656e742d30313233343536373839");
}

BOOST_AUTO_TEST_CASE(batches_on_the_broker_are_compressed_and_idempotent) {
  if (skipped()) return;
  const auto settings = fresh_settings();
  const auto backend = prepared(settings);
  const Records records(500, request_of("anna"));
  must(backend->append({store::Topic::evt, 0}, records, 20s));

  const auto segment =
      the_broker().data() / (settings.name_space + ".g1.evt-0") / "00000000000000000000.log";
  std::ifstream file(segment, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});

  // Record batch v2: attributes at 21, whose low three bits are the codec; producer id at 43.
  BOOST_REQUIRE(bytes.size() > 61);
  constexpr int lz4 = 3;
  BOOST_TEST((bytes[22] & 7) == lz4);
  BOOST_TEST(bytes.substr(43, 8) != std::string(8, '\xff'));
  BOOST_TEST(bytes.size() < records.size() * records[0].size() / 4);
}

BOOST_AUTO_TEST_CASE(two_namespaces_share_a_broker_and_nothing_else) {
  if (skipped()) return;
  const auto here = prepared(fresh_settings());
  const auto there = prepared(fresh_settings());

  must(here->append({store::Topic::evt, 0}, Records{request_of("anna")}, 20s));

  BOOST_TEST(must(here->watermarks({store::Topic::evt, 0}, 20s)).next.value() == 1u);
  BOOST_TEST(must(there->watermarks({store::Topic::evt, 0}, 20s)).next.value() == 0u);
}

BOOST_AUTO_TEST_CASE(large_records_pass_and_too_large_ones_are_refused) {
  if (skipped()) return;
  const auto backend = prepared(fresh_settings());
  EventMaker make;
  const Records big{make.input("big", 899 * 1024)->stored};

  must(backend->append({store::Topic::evt, 0}, big, 20s));
  const auto fetched = must(backend->fetch({store::Topic::evt, 0}, Offset(0), 10, 20s));

  BOOST_REQUIRE_EQUAL(fetched.size(), 1u);
  BOOST_TEST((fetched[0].stored == big[0]));
  const Records huge(1, std::vector<std::uint8_t>(950 * 1024));
  refused(backend->append({store::Topic::evt, 0}, huge, 20s), Errc::invalid);
  const Records foreign(1, std::vector<std::uint8_t>(300));
  refused(backend->append({store::Topic::evt, 0}, foreign, 20s), Errc::corrupt);
  BOOST_TEST(must(backend->watermarks({store::Topic::evt, 0}, 20s)).next.value() == 1u);
}

BOOST_AUTO_TEST_CASE(more_records_than_the_queue_holds_pass_in_one_append) {
  if (skipped()) return;
  const auto backend = prepared(fresh_settings());
  const Records records(25'000, request_of("anna"));

  must(backend->append({store::Topic::fb, 0}, records, 60s));

  BOOST_TEST(fetch_all(*backend, {store::Topic::fb, 0}, Offset(0), records.size()).size() ==
             records.size());
}

BOOST_AUTO_TEST_CASE(a_stopped_backend_says_so) {
  if (skipped()) return;
  const auto backend = prepared(fresh_settings());
  must(backend->append({store::Topic::evt, 0}, Records{request_of("anna")}, 20s));

  backend->stop();
  backend->stop();

  refused(backend->append({store::Topic::evt, 0}, Records{request_of("b")}, 1s), Errc::stopping);
  refused(backend->fetch({store::Topic::evt, 0}, Offset(0), 1, 1s), Errc::stopping);
}

BOOST_AUTO_TEST_CASE(stop_from_another_thread_ends_a_waiting_call) {
  if (skipped()) return;
  const auto backend = prepared(fresh_settings());
  const auto began = std::chrono::steady_clock::now();

  std::jthread stopper([&] { backend->stop(); });
  const auto fetched = backend->fetch({store::Topic::evt, 0}, Offset(0), 1, 60s);

  refused(fetched, Errc::stopping);
  BOOST_TEST((std::chrono::steady_clock::now() - began < 10s));
}

BOOST_AUTO_TEST_CASE(an_empty_answer_means_the_tail_even_without_a_wait) {
  if (skipped()) return;
  const auto settings = fresh_settings();
  must(prepared(settings)->append({store::Topic::evt, 0}, Records(5, request_of("anna")), 20s));
  const auto reader = must(KafkaBackend::open(settings, cluster_of()));

  std::size_t read = 0;
  for (bool more = true; more;) {
    const auto fetched = must(reader->fetch({store::Topic::evt, 0}, Offset(read), 2, 0ms));
    read += fetched.size();
    more = !fetched.empty();
  }

  BOOST_TEST(read == 5u);
}

BOOST_AUTO_TEST_CASE(a_topic_that_is_not_there_is_not_found) {
  if (skipped()) return;
  const auto backend = must(KafkaBackend::open(fresh_settings(), cluster_of()));

  refused(backend->watermarks({store::Topic::evt, 0}, 5s), Errc::not_found);
  refused(backend->fetch({store::Topic::evt, 0}, Offset(0), 1, 200ms), Errc::not_found);
}

BOOST_AUTO_TEST_CASE(settings_that_cannot_work_are_refused_at_once) {
  auto settings = KafkaSettings{};
  settings.name_space = "with space";
  BOOST_CHECK(KafkaBackend::open(settings, {}).assume_error().code == Errc::invalid);
  settings = {};
  settings.compression = "shrink";
  BOOST_CHECK(KafkaBackend::open(settings, {}).assume_error().code == Errc::invalid);
  settings = {};
  settings.extra = {{"no.such.property", "1"}};
  BOOST_CHECK(KafkaBackend::open(settings, {}).assume_error().code == Errc::invalid);
}

BOOST_AUTO_TEST_CASE(nobody_at_the_address_is_unavailable_within_the_deadline) {
  auto settings = KafkaSettings{};
  settings.brokers = {"127.0.0.1:1"};
  const auto backend = must(KafkaBackend::open(settings, cluster_of()));
  const auto began = std::chrono::steady_clock::now();

  refused(backend->prepare(1, 1s), Errc::unavailable);
  refused(backend->append({store::Topic::evt, 0}, Records{request_of("a")}, 500ms),
          Errc::unavailable);
  refused(backend->watermarks({store::Topic::evt, 0}, 500ms), Errc::unavailable);
  refused(backend->fetch({store::Topic::evt, 0}, Offset(0), 1, 500ms), Errc::unavailable);

  BOOST_TEST((std::chrono::steady_clock::now() - began < 10s));
}

BOOST_AUTO_TEST_SUITE_END()
