#include "runtime/net/service_routes.hpp"

#include "runtime/telemetry/prometheus_text.hpp"

#include <utility>

namespace ars::runtime {
namespace {

HttpResponse ready(const std::vector<ReadyCheck>& checks) {
  HttpResponse out;
  for (const auto& check : checks) {
    const auto reason = check.reason_against();
    if (reason.empty()) continue;
    out.status = 503;
    out.body += check.name + ": " + reason + "\n";
  }
  if (out.status == 200) out.body = "ready\n";
  return out;
}

}  // namespace

HttpRoutes service_routes(const Registry& registry, std::vector<ReadyCheck> checks) {
  HttpRoutes routes;
  routes["GET /healthz"] = [](const HttpRequest&) { return HttpResponse{.body = "ok\n"}; };
  routes["GET /readyz"] = [checks = std::move(checks)](const HttpRequest&) {
    return ready(checks);
  };
  routes["GET /metrics"] = [&registry](const HttpRequest&) {
    return HttpResponse{.content_type = prometheus_text_type, .body = prometheus_text(registry)};
  };
  return routes;
}

}  // namespace ars::runtime
