// A small HTTP/1.1 server for operators and tools: loopback unless told otherwise, exact routes,
// limits and timeouts on everything. One thread of its own runs all connections and all handlers; a
// handler reads immutable snapshots and never blocks. Owned by the composition root, which calls
// start() and stop().
#pragma once

#include "events/base/result.hpp"
#include "events/base/time.hpp"
#include "runtime/telemetry/registry.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ars::runtime {

struct HttpRequest {
  std::string method;
  std::string path;   // without the query, not decoded
  std::string query;  // after the question mark
  std::string body;
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;
// "GET /healthz" -> handler. A GET route answers HEAD too.
using HttpRoutes = std::map<std::string, HttpHandler>;

// Whether an address may be listened on that others than this machine can reach.
enum class Exposure : std::uint8_t { loopback_only, anywhere };

struct HttpSettings {
  std::string listen;  // 127.0.0.1:8420, [::1]:8420, localhost:0; port 0 takes a free one
  std::vector<std::string> allowed_hosts = {"localhost", "127.0.0.1", "[::1]"};
  Exposure exposure = Exposure::loopback_only;
  Duration request_timeout = Duration::seconds(10);  // to read one request, or to write its answer
};

class HttpServer {
 public:
  // Listens and serves until stop(). `registry` outlives the server. Errc::invalid: not an address;
  // Errc::denied: not a loopback address; Errc::unavailable: the address is taken.
  static Result<std::unique_ptr<HttpServer>> start(HttpSettings settings, HttpRoutes routes,
                                                   Registry& registry);
  ~HttpServer();  // stop()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // host:port as bound.
  std::string address() const;
  // Closes every connection and joins the thread. Again is harmless.
  void stop();

 private:
  struct Impl;

 public:
  explicit HttpServer(std::unique_ptr<Impl> impl);  // through start()

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::runtime
