// Boost 1.74's asio/awaitable.hpp uses std::exchange without its header; ours brings <utility>.
#include "runtime/net/http_server.hpp"

#include "events/base/narrow.hpp"
#include "runtime/limits.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

namespace ars::runtime {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;
using Parser = http::request_parser<http::string_body>;

std::string_view view_of(boost::string_view text) { return {text.data(), text.size()}; }

// host:port, [v6]:port; localhost stands for 127.0.0.1.
Result<tcp::endpoint> parse_address(const std::string& listen) {
  const auto wrong = [&] {
    return fail(Errc::invalid,
                fmt::format("http.listen: {} is not an address such as 127.0.0.1:8420", listen));
  };
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos) return wrong();
  auto host = listen.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  std::uint16_t port = 0;
  const auto* end = listen.data() + listen.size();
  const auto [stop, bad] = std::from_chars(listen.data() + colon + 1, end, port);
  if (error || bad != std::errc{} || stop != end || colon + 1 == listen.size()) return wrong();
  return tcp::endpoint(address, port);
}

// The Host header without its port.
std::string_view host_name(std::string_view host) {
  const auto colon = host.rfind(':');
  const auto bracket = host.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return has_port ? host.substr(0, colon) : host;
}

}  // namespace

struct HttpServer::Impl {
  HttpSettings settings;
  HttpRoutes routes;
  Registry& registry;
  std::string bound;
  std::size_t connections = 0;  // the thread's own
  std::thread thread;
  // Destroyed first: pending coroutines hold references to what stands above.
  asio::io_context io{1};
  tcp::acceptor acceptor{io};

  Impl(HttpSettings s, HttpRoutes r, Registry& g)
      : settings(std::move(s)), routes(std::move(r)), registry(g) {}

  Result<void> listen();
  asio::awaitable<void> accept();
  asio::awaitable<void> serve(tcp::socket socket);
  asio::awaitable<bool> exchange(beast::tcp_stream& stream, beast::flat_buffer& buffer);
  std::optional<HttpResponse> refuse(const Request& request) const;
  HttpResponse answer(const Request& request, std::string& route) const;
  std::chrono::nanoseconds timeout() const {
    return std::chrono::nanoseconds(settings.request_timeout.ns());
  }
};

namespace {

HttpResponse problem(unsigned status, std::string text) {
  return {.status = status, .body = std::move(text) + "\n"};
}

// What to tell about a request that could not be read; empty: the peer is gone.
std::optional<HttpResponse> read_problem(const error_code& error) {
  if (error == http::error::header_limit) {
    return problem(
        431, fmt::format("the header is larger than {} bytes", limits::http_header_bytes_max));
  }
  if (error == http::error::body_limit) {
    return problem(413,
                   fmt::format("the body is larger than {} bytes", limits::http_body_bytes_max));
  }
  if (error.category() == http::make_error_code(http::error::end_of_stream).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return problem(400, "not an HTTP/1.1 request: " + error.message());
  }
  return std::nullopt;
}

Response to_beast(HttpResponse&& from, const Request& request) {
  Response out{http::int_to_status(from.status), request.version()};
  out.set(http::field::content_type, from.content_type);
  out.set(http::field::cache_control, "no-store");
  out.set("X-Content-Type-Options", "nosniff");
  out.set("Content-Security-Policy", "default-src 'self'");
  out.keep_alive(request.keep_alive());
  out.body() = std::move(from.body);
  out.prepare_payload();
  // The length stays that of the body which GET would have got.
  if (request.method() == http::verb::head) out.body().clear();
  return out;
}

}  // namespace

Result<void> HttpServer::Impl::listen() {
  ARS_TRY(const auto endpoint, parse_address(settings.listen));
  if (settings.exposure == Exposure::loopback_only && !endpoint.address().is_loopback()) {
    return fail(Errc::denied,
                fmt::format("http.listen: {} is not a loopback address, and there is no "
                            "authentication yet; http.insecure_listen = true allows it",
                            settings.listen));
  }
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail(Errc::unavailable,
                fmt::format("http.listen: {}: {}", settings.listen, error.message()));
  }
  const auto local = acceptor.local_endpoint(error);
  const auto host = local.address().to_string();
  bound = fmt::format("{}:{}", local.address().is_v6() ? "[" + host + "]" : host, local.port());
  return success();
}

asio::awaitable<void> HttpServer::Impl::accept() {
  asio::steady_timer pause(io);
  while (acceptor.is_open()) {
    error_code error;
    auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!error && connections < limits::http_connections_max) {
      asio::co_spawn(io, serve(std::move(socket)), asio::detached);
      continue;
    }
    // Out of descriptors, or full: the peer is closed; do not spin on what comes next.
    socket.close(error);
    pause.expires_after(std::chrono::milliseconds(10));
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

asio::awaitable<void> HttpServer::Impl::serve(tcp::socket socket) {
  ++connections;
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  while (co_await exchange(stream, buffer)) {
  }
  error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  --connections;
}

// One request and its answer. False when the connection is to be closed.
asio::awaitable<bool> HttpServer::Impl::exchange(beast::tcp_stream& stream,
                                                 beast::flat_buffer& buffer) {
  Parser parser;
  parser.header_limit(narrow<std::uint32_t>(limits::http_header_bytes_max));
  parser.body_limit(limits::http_body_bytes_max);
  error_code error;
  stream.expires_after(timeout());
  co_await http::async_read(stream, buffer, parser,
                            asio::redirect_error(asio::use_awaitable, error));
  const auto began = std::chrono::steady_clock::now();
  std::optional<HttpResponse> outcome;
  std::string route = "other";
  if (error) {
    outcome = read_problem(error);
    if (!outcome.has_value()) co_return false;
    parser.get().keep_alive(false);
  } else {
    outcome = refuse(parser.get());
    if (!outcome.has_value()) outcome = answer(parser.get(), route);
  }
  const auto status = outcome->status;
  auto response = to_beast(std::move(*outcome), parser.get());
  http::response_serializer<http::string_body> serializer(response);
  stream.expires_after(timeout());
  if (parser.get().method() == http::verb::head) {
    co_await http::async_write_header(stream, serializer,
                                      asio::redirect_error(asio::use_awaitable, error));
  } else {
    co_await http::async_write(stream, serializer,
                               asio::redirect_error(asio::use_awaitable, error));
  }
  const auto took = std::chrono::steady_clock::now() - began;
  registry.counter("ars_http_requests_total", {route, std::to_string(status)}).add();
  registry.histogram("ars_http_request_duration_seconds", {route})
      .observe(std::chrono::duration<double>(took).count());
  co_return !error && response.keep_alive();
}

// DNS rebinding makes a browser send foreign pages here: only names that we answer to are served.
std::optional<HttpResponse> HttpServer::Impl::refuse(const Request& request) const {
  if (request.count(http::field::host) != 1) return problem(400, "one Host header is needed");
  const auto host = host_name(view_of(request[http::field::host]));
  const auto& allowed = settings.allowed_hosts;
  if (std::find(allowed.begin(), allowed.end(), host) == allowed.end()) {
    return problem(421,
                   fmt::format("host {} is not served here; http.allowed_hosts names those that "
                               "are",
                               host));
  }
  return std::nullopt;
}

HttpResponse HttpServer::Impl::answer(const Request& request, std::string& route) const {
  const auto target = view_of(request.target());
  const auto question = std::min(target.find('?'), target.size());
  HttpRequest in{.method = std::string(view_of(request.method_string())),
                 .path = std::string(target.substr(0, question)),
                 .query = std::string(target.substr(std::min(question + 1, target.size()))),
                 .body = request.body()};
  const auto method = in.method == "HEAD" ? "GET" : in.method;
  const auto found = routes.find(method + " " + in.path);
  if (found != routes.end()) {
    route = in.path;
    return found->second(in);
  }
  const auto other = std::find_if(routes.begin(), routes.end(), [&](const auto& each) {
    return each.first.substr(each.first.find(' ') + 1) == in.path;
  });
  if (other != routes.end()) return problem(405, fmt::format("{} is not allowed here", in.method));
  return problem(404, fmt::format("there is no {}", in.path));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpSettings settings, HttpRoutes routes,
                                                      Registry& registry) {
  auto impl = std::make_unique<Impl>(std::move(settings), std::move(routes), registry);
  ARS_TRY(impl->listen());
  asio::co_spawn(impl->io, impl->accept(), asio::detached);
  impl->thread = std::thread([raw = impl.get()] { raw->io.run(); });
  return std::make_unique<HttpServer>(std::move(impl));
}

std::string HttpServer::address() const { return impl_->bound; }

void HttpServer::stop() {
  impl_->io.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
  error_code ignored;
  impl_->acceptor.close(ignored);
}

}  // namespace ars::runtime
