#include "runtime/net/service_routes.hpp"

#include "runtime/telemetry/prometheus_text.hpp"

#include <mutex>
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

struct ReadyFlag::Impl {
  std::string name;
  // SHARED: one sentence, written by whoever knows and read when somebody asks; a message would
  // make the HTTP thread wait for a loop that may be blocked, which is what it is to report.
  std::mutex mutex;
  std::string reason;
};

ReadyFlag::ReadyFlag(std::string name, std::string reason_against)
    : impl_(std::make_unique<Impl>()) {
  impl_->name = std::move(name);
  impl_->reason = std::move(reason_against);
}
ReadyFlag::~ReadyFlag() = default;

void ReadyFlag::set(std::string reason_against) {
  const std::lock_guard lock(impl_->mutex);
  impl_->reason = std::move(reason_against);
}

ReadyCheck ReadyFlag::check() const {
  return {impl_->name, [impl = impl_.get()] {
            const std::lock_guard lock(impl->mutex);
            return impl->reason;
          }};
}

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
