#include "runtime/net/http_server.hpp"

#include "runtime/limits.hpp"
#include "runtime/net/service_routes.hpp"
#include "runtime/telemetry/prometheus_text.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <optional>
#include <utility>

using namespace ars;
using namespace ars::runtime;
using boost::asio::ip::tcp;

namespace {

// A plain client: what it sends is exactly what stands here.
class Client {
 public:
  explicit Client(const std::string& address) {
    const auto colon = address.rfind(':');
    const auto host = boost::asio::ip::make_address(address.substr(0, colon));
    socket_.connect({host, static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)))});
  }
  void send(const std::string& bytes) {
    boost::system::error_code ignored;
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }
  // Everything until the server closes.
  std::string read_all() {
    std::string out;
    boost::system::error_code ended;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(out), ended);
    return out;
  }

 private:
  boost::asio::io_context io_;
  tcp::socket socket_{io_};
};

struct Fixture {
  Registry registry;
  std::string not_ready;
  std::unique_ptr<HttpServer> server;

  HttpServer& start(HttpSettings settings = {.listen = "127.0.0.1:0"}) {
    auto routes = service_routes(
        registry, {{"log", [] { return std::string(); }}, {"kafka", [this] { return not_ready; }}});
    routes["POST /echo"] = [](const HttpRequest& r) {
      return HttpResponse{.body = r.method + "|" + r.path + "|" + r.query + "|" + r.body};
    };
    server = HttpServer::start(std::move(settings), std::move(routes), registry).value();
    return *server;
  }
  std::string exchange(const std::string& request) {
    Client client(server->address());
    client.send(request);
    return client.read_all();
  }
  std::string get(const std::string& path, const std::string& host = "localhost") {
    return exchange("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  }
};

std::string body_of(const std::string& response) {
  return response.substr(response.find("\r\n\r\n") + 4);
}
bool has_status(const std::string& response, int status) {
  return response.starts_with("HTTP/1.1 " + std::to_string(status) + " ");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_http_server, Fixture)

BOOST_AUTO_TEST_CASE(health_readiness_and_metrics_are_served) {
  start();
  registry.counter("ars_dead_letters_total").add(2);

  const auto health = get("/healthz");
  const auto ready = get("/readyz");
  not_ready = "the broker does not answer";
  const auto unready = get("/readyz");
  const auto metrics = get("/metrics");

  BOOST_TEST(has_status(health, 200));
  BOOST_TEST(body_of(health) == "ok\n");
  BOOST_TEST(has_status(ready, 200));
  BOOST_TEST(has_status(unready, 503));
  BOOST_TEST(body_of(unready) == "kafka: the broker does not answer\n");
  BOOST_TEST(metrics.find("Content-Type: text/plain; version=0.0.4") != std::string::npos);
  BOOST_TEST(metrics.find("\nars_dead_letters_total 2\n") != std::string::npos);
  BOOST_TEST(metrics.find("ars_http_requests_total{code=\"503\",route=\"/readyz\"} 1") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_foreign_host_is_refused_with_the_setting_to_change) {
  start();

  const auto foreign = get("/healthz", "evil.example:80");

  BOOST_TEST(has_status(foreign, 421));
  BOOST_TEST(foreign.find("http.allowed_hosts") != std::string::npos);
  BOOST_TEST(has_status(get("/healthz", "127.0.0.1:8420"), 200));
  BOOST_TEST(has_status(get("/healthz", "[::1]:8420"), 200));
  BOOST_TEST(has_status(get("/healthz", "[::1]"), 200));
  BOOST_TEST(has_status(exchange("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"), 400));
}

BOOST_AUTO_TEST_CASE(method_path_query_and_body_reach_the_handler) {
  start();

  const auto echoed = exchange(
      "POST /echo?a=1&b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      "Content-Length: 3\r\n\r\nxyz");

  BOOST_TEST(body_of(echoed) == "POST|/echo|a=1&b|xyz");
  BOOST_TEST(has_status(get("/echo"), 405));
  BOOST_TEST(has_status(get("/nothing"), 404));
}

BOOST_AUTO_TEST_CASE(one_connection_carries_many_requests_and_head_has_no_body) {
  start();

  const auto all = exchange(
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

  const std::string ok = "HTTP/1.1 200 OK";
  const auto second = all.find(ok, 1);
  const auto third = all.find(ok, second + 1);
  BOOST_REQUIRE(third != std::string::npos);
  BOOST_TEST(all.substr(second, third - second).find("Content-Length: 3") != std::string::npos);
  BOOST_TEST(all.substr(second, third - second).ends_with("\r\n\r\n"));
  BOOST_TEST(all.ends_with("\r\n\r\nok\n"));
}

BOOST_AUTO_TEST_CASE(limits_on_header_and_body_hold) {
  start();
  const std::string head = "HTTP/1.1\r\nHost: localhost\r\n";
  const std::string long_header(limits::http_header_bytes_max, 'x');

  BOOST_TEST(has_status(exchange("GET / " + head + "X: " + long_header + "\r\n\r\n"), 431));
  BOOST_TEST(has_status(exchange("POST /echo " + head + "Content-Length: " +
                                 std::to_string(limits::http_body_bytes_max + 1) + "\r\n\r\n"),
                        413));
  BOOST_TEST(has_status(exchange("nonsense\r\n\r\n"), 400));
}

BOOST_AUTO_TEST_CASE(hostile_requests_are_refused_with_a_4xx_and_the_server_goes_on) {
  start();
  const std::string host = "Host: localhost\r\n";
  const std::vector<std::pair<int, std::string>> hostile = {
      {400, "GET /healthz HTTP/1.1\r\n" + host + host + "Connection: close\r\n\r\n"},
      {400, "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"},
      {421, "GET /healthz HTTP/1.1\r\nHost: localhost.evil.example\r\nConnection: close\r\n\r\n"},
      {421, "GET /healthz HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n"},
      {405, "BREW /healthz HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {405, "TRACE /metrics HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {404, "OPTIONS * HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {404, "GET http://evil.example/healthz HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {404, "GET /../healthz HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {400, "GET /healthz HTTP/9.9\r\n" + host + "\r\n"},
      {400, "GET /healthz\r\n" + host + "\r\n"},
      {400, "GET /heal thz HTTP/1.1\r\n" + host + "\r\n"},
      {400, "G\x01T /healthz HTTP/1.1\r\n" + host + "\r\n"},
      {400, std::string("GET /\0 HTTP/1.1\r\n", 17) + host + "\r\n"},
      {400, "GET /healthz HTTP/1.1\r\n" + host + "No colon here\r\n\r\n"},
      {400, "POST /echo HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n"},
      {400, "POST /echo HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"},
      {400, "POST /echo HTTP/1.1\r\n" + host +
                "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {400, "POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
      {413,
       "POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\nxxxx"},
      {431, "GET /" + std::string(limits::http_header_bytes_max, 'a') + " HTTP/1.1\r\n" + host +
                "\r\n"}};

  for (const auto& [status, request] : hostile) {
    const auto answer = exchange(request);

    BOOST_TEST(has_status(answer, status), request.substr(0, 60)
                                               << " got " << answer.substr(0, 30));
  }
  BOOST_TEST(has_status(get("/healthz"), 200));
}

BOOST_AUTO_TEST_CASE(a_slow_request_is_cut_and_others_go_on) {
  start({.listen = "127.0.0.1:0", .request_timeout = Duration::milliseconds(100)});
  Client slow(server->address());
  slow.send("GET /healthz HT");

  BOOST_TEST(has_status(get("/healthz"), 200));

  BOOST_TEST(slow.read_all() == "");
}

BOOST_AUTO_TEST_CASE(connections_are_bounded) {
  start();
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < limits::http_connections_max; ++i) {
    clients.push_back(std::make_unique<Client>(server->address()));
    clients.back()->send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  const auto refused = get("/healthz");
  clients.clear();
  std::string served;
  for (int i = 0; i < 100 && served.empty(); ++i)
    served = get("/healthz");

  BOOST_TEST(refused == "");
  BOOST_TEST(has_status(served, 200));
}

BOOST_AUTO_TEST_CASE(only_loopback_is_listened_on_unless_told) {
  const auto start_at = [this](std::string listen, Exposure exposure) {
    return HttpServer::start({.listen = std::move(listen), .exposure = exposure}, {}, registry);
  };

  const auto refused = start_at("0.0.0.0:0", Exposure::loopback_only);
  BOOST_CHECK(refused.assume_error().code == Errc::denied);
  BOOST_TEST(refused.assume_error().context.find("http.insecure_listen") != std::string::npos);
  BOOST_TEST(start_at("0.0.0.0:0", Exposure::anywhere).has_value());
  BOOST_TEST(start_at("localhost:0", Exposure::loopback_only).has_value());
  for (const auto* wrong :
       {"", "8420", "nowhere:1", "127.0.0.1:", "127.0.0.1:99999", "1.2.3.4:5x"}) {
    BOOST_CHECK(start_at(wrong, Exposure::anywhere).assume_error().code == Errc::invalid);
  }
  start();
  BOOST_CHECK(start_at(server->address(), Exposure::loopback_only).assume_error().code ==
              Errc::unavailable);
}

BOOST_AUTO_TEST_CASE(stop_ends_open_connections) {
  start();
  const auto address = server->address();
  Client idle(address);

  server.reset();

  BOOST_TEST(idle.read_all() == "");
  BOOST_CHECK_THROW(Client{address}, boost::system::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
