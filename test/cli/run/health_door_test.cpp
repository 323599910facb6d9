#include "cli/run/health_door.hpp"

#include "events/base/narrow.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <unistd.h>

using namespace ars;
using namespace ars::cli;

namespace {

std::string get(const std::string& address, const std::string& path) {
  const auto colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(narrow<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  std::string out;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) {
    const auto request =
        "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    ::send(socket, request.data(), request.size(), 0);
    char part[4096];
    for (ssize_t n = 0; (n = ::recv(socket, part, sizeof(part), 0)) > 0;)
      out.append(part, narrow<std::size_t>(n));
  }
  ::close(socket);
  return out;
}

struct Fixture {
  std::unique_ptr<HealthDoor> door;

  Fixture() {
    runtime::Config config;
    config.http.listen = "127.0.0.1:0";
    door = HealthDoor::open(config).value();
  }
  std::string get(const std::string& path) const { return ::get(door->address(), path); }
  // The reasons against, or "ready".
  std::string readiness() const {
    const auto answer = get("/readyz");
    const bool ready = answer.starts_with("HTTP/1.1 200 ");
    const auto body = answer.substr(answer.find("\r\n\r\n") + 4);
    BOOST_TEST(ready == (body == "ready\n"), body);
    return body;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_health_door, Fixture)

BOOST_AUTO_TEST_CASE(healthy_at_once_and_ready_once_recovered) {
  BOOST_TEST(get("/healthz").starts_with("HTTP/1.1 200 "));
  BOOST_TEST(readiness() == "partition: the log is being recovered\n");

  door->ready();

  BOOST_TEST(readiness() == "ready\n");
}

BOOST_AUTO_TEST_CASE(not_ready_while_the_broker_is_away_and_the_wait_is_counted) {
  door->ready();

  door->broker_away("connection refused", 40);
  door->broker_away("connection refused", 40);
  const auto away = readiness();
  const auto numbers = get("/metrics");
  door->broker_answers(3);
  const auto behind = readiness();
  door->broker_answers(0);

  BOOST_TEST(away == "broker: no broker answers: connection refused\n");
  BOOST_TEST(numbers.find("\nars_kafka_lag_records 40\n") != std::string::npos);
  BOOST_TEST(numbers.find("\nars_kafka_unanswered_total 2\n") != std::string::npos);
  BOOST_TEST(behind == "broker: 3 records are not acknowledged yet\n");
  BOOST_TEST(readiness() == "ready\n");
}

BOOST_AUTO_TEST_CASE(not_ready_while_an_agent_is_quarantined_and_it_is_named) {
  door->ready();
  events::Event event;
  event.payload = events::AgentQuarantined{"fusion", 6};
  event.header.type_id = events::type_id_of(event.payload);
  runtime::PartitionMark mark;
  mark.composition.version = 1;
  mark.composition.agents = {{"fusion", "fusion", "", {}}};

  door->update(mark, {});
  door->metrics().observe(event, Moment::live);
  door->update(mark, {});
  const auto quarantined = readiness();
  mark.composition = {2, {}};
  door->update(mark, {});

  BOOST_TEST(quarantined == "agents: quarantined: fusion\n");
  BOOST_TEST(readiness() == "ready\n");
}

BOOST_AUTO_TEST_CASE(every_reason_against_has_its_line) {
  door->broker_away("timed out", 1);

  BOOST_TEST(readiness() ==
             "partition: the log is being recovered\nbroker: no broker answers: timed out\n");
}

BOOST_AUTO_TEST_CASE(metrics_can_be_switched_off) {
  runtime::Config config;
  config.http.listen = "127.0.0.1:0";
  config.telemetry.metrics = false;

  const auto closed = HealthDoor::open(config).value();

  BOOST_TEST(::get(closed->address(), "/metrics").starts_with("HTTP/1.1 404 "));
  BOOST_TEST(get("/metrics").starts_with("HTTP/1.1 200 "));
}

BOOST_AUTO_TEST_SUITE_END()
