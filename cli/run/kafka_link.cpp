#include "cli/run/kafka_link.hpp"

#ifdef ARS_HAS_RUNTIME_KAFKA
#include "runtime/kafka/kafka_backend.hpp"
#endif

#include <chrono>

namespace ars::cli {
namespace {
constexpr auto start_patience = std::chrono::seconds(15);
constexpr auto append_patience = std::chrono::seconds(5);
}  // namespace

KafkaLink::KafkaLink(const store::EventLog& log, store::LogBackendPtr backend)
    : backend_(std::move(backend)), publisher_(log, *backend_) {}

#ifdef ARS_HAS_RUNTIME_KAFKA
Result<std::unique_ptr<KafkaLink>> KafkaLink::open(const runtime::Config& config,
                                                   const store::EventLog& log,
                                                   const ClusterId& cluster) {
  ARS_TRY(auto backend, runtime::KafkaBackend::open(runtime::kafka_settings(config), cluster));
  ARS_TRY(backend->prepare(1, start_patience));
  auto link = std::make_unique<KafkaLink>(log, std::move(backend));
  ARS_TRY(link->publisher_.align(start_patience));
  return link;
}
#else
Result<std::unique_ptr<KafkaLink>> KafkaLink::open(const runtime::Config&, const store::EventLog&,
                                                   const ClusterId&) {
  return fail(Errc::unsupported, "this build has no Kafka backend");
}
#endif

Result<void> KafkaLink::publish(const std::function<void(const std::string&)>& say,
                                const std::function<bool()>& interrupted,
                                const std::function<void(const std::string&)>& waits) {
  bool waiting = false;
  for (;;) {
    const auto sent = publisher_.publish(append_patience);
    if (sent.has_value()) {
      if (waiting && say) say("The broker answers again; nothing was lost.");
      return success();
    }
    const auto code = sent.error().code;
    if (code != Errc::unavailable && code != Errc::timeout)
      return ars::outcome::failure(sent.error());
    if (!waiting && say) say("No broker answers; the run waits: " + sent.error().context);
    waiting = true;
    if (waits) waits(sent.error().context);
    if (interrupted && interrupted()) return success();
  }
}

}  // namespace ars::cli
