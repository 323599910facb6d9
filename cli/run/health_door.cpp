#include "cli/run/health_door.hpp"

#include "events/base/narrow.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/telemetry/prometheus_text.hpp"
#include "runtime/telemetry/registry.hpp"

#include <fmt/format.h>

#include <atomic>

namespace ars::cli {

struct HealthDoor::Impl {
  runtime::Registry registry;
  runtime::GaugeHandle composition{registry.gauge("ars_composition_version")};
  runtime::GaugeHandle offset{registry.gauge("ars_log_next_offset", {"evt", "0"})};
  runtime::CounterHandle interactions{registry.counter("ars_feedback_events_total")};
  std::uint64_t counted = 0;
  // SHARED: whether the partition runs; the run loop writes, the server's thread answers /readyz.
  std::shared_ptr<std::atomic<bool>> ready = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<runtime::HttpServer> server;
};

HealthDoor::HealthDoor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HealthDoor::~HealthDoor() = default;

Result<std::unique_ptr<HealthDoor>> HealthDoor::open(const runtime::Config& config) {
  auto impl = std::make_unique<Impl>();
  runtime::HttpSettings settings;
  settings.listen = config.http.listen;
  settings.allowed_hosts = config.http.allowed_hosts;
  settings.exposure =
      config.http.insecure_listen ? runtime::Exposure::anywhere : runtime::Exposure::loopback_only;
  settings.request_timeout = config.http.request_timeout;
  runtime::HttpRoutes routes;
  routes["GET /healthz"] = [](const runtime::HttpRequest&) {
    return runtime::HttpResponse{200, "text/plain; charset=utf-8", "ok\n"};
  };
  routes["GET /readyz"] = [ready = impl->ready](const runtime::HttpRequest&) {
    if (ready->load()) return runtime::HttpResponse{200, "text/plain; charset=utf-8", "ready\n"};
    return runtime::HttpResponse{503, "text/plain; charset=utf-8",
                                 "partition 0 is not running, or the broker lags\n"};
  };
  routes["GET /metrics"] = [registry = &impl->registry](const runtime::HttpRequest&) {
    return runtime::HttpResponse{200, "text/plain; version=0.0.4; charset=utf-8",
                                 runtime::prometheus_text(*registry)};
  };
  ARS_TRY(impl->server,
          runtime::HttpServer::start(std::move(settings), std::move(routes), impl->registry));
  return std::make_unique<HealthDoor>(std::move(impl));
}

void HealthDoor::update(const runtime::PartitionMark& mark, std::uint64_t lag) {
  impl_->composition.set(to_double(mark.composition.version));
  impl_->offset.set(to_double(mark.batch));
  impl_->interactions.add(to_double(mark.interactions - impl_->counted));
  impl_->counted = mark.interactions;
  impl_->ready->store(lag == 0);
}

std::string HealthDoor::address() const { return impl_->server->address(); }

}  // namespace ars::cli
