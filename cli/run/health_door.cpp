#include "cli/run/health_door.hpp"

#include "runtime/net/service_routes.hpp"

#include <fmt/format.h>

namespace ars::cli {

struct HealthDoor::Impl {
  runtime::Registry registry;
  runtime::SystemClock clock;
  RunMetrics metrics{registry, clock};
  runtime::ReadyFlag partition{"partition", "the log is being recovered"};
  runtime::ReadyFlag broker{"broker", ""};
  runtime::ReadyFlag agents{"agents", ""};
  // Ends first: its thread reads what stands above.
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
  auto routes = runtime::service_routes(
      impl->registry, {impl->partition.check(), impl->broker.check(), impl->agents.check()});
  if (!config.telemetry.metrics) routes.erase("GET /metrics");
  ARS_TRY(impl->server,
          runtime::HttpServer::start(std::move(settings), std::move(routes), impl->registry));
  return std::make_unique<HealthDoor>(std::move(impl));
}

RunMetrics& HealthDoor::metrics() { return impl_->metrics; }

void HealthDoor::ready() { impl_->partition.set(""); }

void HealthDoor::broker_away(const std::string& reason, std::uint64_t lag) {
  impl_->broker.set("no broker answers: " + reason);
  impl_->metrics.kafka_unanswered();
  impl_->metrics.kafka_lag(lag);
}

void HealthDoor::broker_answers(std::uint64_t lag) {
  impl_->broker.set(lag == 0 ? "" : fmt::format("{} records are not acknowledged yet", lag));
  impl_->metrics.kafka_lag(lag);
}

void HealthDoor::update(const runtime::PartitionMark& mark, const std::vector<store::Head>& heads) {
  impl_->metrics.stand(mark, heads);
  std::vector<std::string> set_aside;
  for (const auto& [agent, since] : impl_->metrics.quarantined())
    set_aside.push_back(agent);
  impl_->agents.set(set_aside.empty() ? ""
                                      : fmt::format("quarantined: {}", fmt::join(set_aside, ", ")));
}

std::string HealthDoor::address() const { return impl_->server->address(); }

}  // namespace ars::cli
