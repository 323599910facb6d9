#include "cli/run/kafka_link.hpp"

#ifdef ARS_HAS_RUNTIME_KAFKA
#include "actors/registry.hpp"
#include "events/base/narrow.hpp"
#include "runtime/clock.hpp"
#include "runtime/dispatch/adoption.hpp"
#include "runtime/dispatch/publisher.hpp"
#include "runtime/kafka/kafka_backend.hpp"
#include "runtime/kafka/kafka_presence.hpp"
#include "runtime/replay/rebuild.hpp"

#include <fmt/format.h>
#endif

#include <chrono>

namespace ars::cli {

#ifdef ARS_HAS_RUNTIME_KAFKA
namespace {

constexpr auto start_patience = std::chrono::seconds(15);
constexpr auto append_patience = std::chrono::seconds(5);

using LogPtr = std::unique_ptr<store::RocksDbLog>;

}  // namespace

struct KafkaLink::Impl {
  runtime::KafkaSettings settings;
  Say say;
  std::unique_ptr<runtime::KafkaBackend> backend;
  std::optional<runtime::Publisher> publisher;
  std::unique_ptr<runtime::KafkaPresence> presence;

  void tell(const std::string& sentence) const {
    if (say) say(sentence);
  }

  Result<void> await_alone(const std::string& node) const {
    return runtime::kafka_await_alone(settings, node, [&](const runtime::KafkaPresent& other) {
      tell(fmt::format("{} (at {}) is a member of namespace {}; waiting whether it is alive.",
                       other.node, other.host, settings.name_space));
    });
  }

  Error other_cluster(const ClusterId& theirs, const store::RocksDbLog& log) const {
    return {
        Errc::conflict,
        fmt::format("namespace {} is of cluster {}, {} holds cluster {}: use the directory that "
                    "wrote it, an empty one, or another kafka.namespace",
                    settings.name_space, to_hex(theirs), log.directory().string(),
                    to_hex(log.cluster()))};
  }

  Error other_owner(const runtime::OwnerTerm& owner, const store::RocksDbLog& log) const {
    return {Errc::conflict,
            fmt::format("{} took namespace {} over with epoch {}; {} is of {}, whose time is over: "
                        "adopt the cluster into an empty directory",
                        owner.node, settings.name_space, owner.epoch.value(),
                        log.directory().string(), runtime::node_name(log.head_key()))};
  }

  // Everything that the namespace has, and the ownership.
  Result<void> adopt(store::RocksDbLog& log) const {
    const store::BlobStore blobs(log, log.directory() / "blobs");
    runtime::SystemClock clock;
    runtime::AdoptionSetup setup;
    setup.log = &log;
    setup.blobs = &blobs;
    setup.backend = backend.get();
    setup.head_key = log.head_key();
    setup.clock_ns = narrow<std::uint64_t>(clock.now().value());
    setup.patience = start_patience;
    tell(fmt::format("Adopting cluster {} from namespace {}.", to_hex(log.cluster()),
                     settings.name_space));
    ARS_TRY(const auto adopted, runtime::adopt(setup));
    tell(fmt::format("{} records fetched, {} passed over; {} owns the cluster after {}, epoch {}.",
                     adopted.records, adopted.superseded, adopted.now.node, adopted.before.node,
                     adopted.now.epoch.value()));
    const runtime::ReplaySetup replay{&actors::kinds(), [] { return actors::make_view_keeper(); }};
    ARS_TRY(const auto built,
            runtime::rebuild(log, replay, {runtime::adoption_mark(runtime::Adopting::no)}));
    tell(fmt::format("{} states folded from {} records.", built.agents, built.events));
    return success();
  }
};

KafkaLink::KafkaLink(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaLink::~KafkaLink() = default;

Result<std::unique_ptr<KafkaLink>> KafkaLink::connect(const runtime::Config& config, Say say) {
  auto impl = std::make_unique<Impl>();
  impl->settings = runtime::kafka_settings(config);
  impl->say = std::move(say);
  ARS_TRY(impl->backend, runtime::KafkaBackend::open(impl->settings, ClusterId{}));
  ARS_TRY(impl->backend->prepare(1, start_patience));
  return std::make_unique<KafkaLink>(std::move(impl));
}

Result<LogPtr> KafkaLink::log_for(const std::filesystem::path& directory,
                                  const std::function<Result<LogIdentity>()>& identity) {
  auto& impl = *impl_;
  ARS_TRY(const auto space, runtime::read_namespace(*impl.backend, start_patience));
  LogPtr log;
  if (auto opened = store::RocksDbLog::open(directory); opened.has_value()) {
    log = std::move(opened).assume_value();
  } else if (opened.error().code != Errc::not_found) {
    return outcome::failure(opened.error());
  }
  const auto& cluster = space.terms.cluster();
  const auto* owner = space.terms.newest();
  if (!cluster) {
    if (log == nullptr) ARS_TRY(impl.await_alone("this empty directory"));
    return log;
  }
  if (log != nullptr && log->cluster() != cluster->cluster)
    return outcome::failure(impl.other_cluster(cluster->cluster, *log));
  const bool whole = log != nullptr && !runtime::is_adopting(*log) &&
                     log->head({store::Topic::ctl, 0}).next.value() > 0;
  if (whole) {
    if (owner == nullptr || owner->head_key == log->head_key()) return log;
    return outcome::failure(impl.other_owner(*owner, *log));
  }
  ARS_TRY(const auto asked, identity());
  ARS_TRY(check_identity(*cluster, asked));
  const auto node = log == nullptr ? "this empty directory" : runtime::node_name(log->head_key());
  ARS_TRY(impl.await_alone(node));
  if (log == nullptr) {
    ARS_TRY(log, store::RocksDbLog::create(directory, cluster->cluster));
  }
  ARS_TRY(impl.presence, runtime::KafkaPresence::join(
                             impl.settings, runtime::node_name(log->head_key()), start_patience));
  impl.backend->set_cluster(log->cluster());
  ARS_TRY(impl.adopt(*log));
  return log;
}

Result<void> KafkaLink::start(const store::RocksDbLog& log, const store::BlobStore& blobs) {
  auto& impl = *impl_;
  impl.backend->set_cluster(log.cluster());
  if (impl.presence == nullptr) {
    ARS_TRY(impl.presence, runtime::KafkaPresence::join(
                               impl.settings, runtime::node_name(log.head_key()), start_patience));
  }
  runtime::PublisherSetup setup;
  setup.log = &log;
  setup.backend = impl.backend.get();
  setup.blobs = &blobs;
  setup.head_key = log.head_key();
  setup.sign = [&log](const store::Stream& stream) { return log.signed_head(stream); };
  impl.publisher.emplace(std::move(setup));
  return impl.publisher->align(start_patience);
}

Result<void> KafkaLink::publish(const std::function<bool()>& interrupted, const Say& waits) {
  auto& impl = *impl_;
  impl.presence->stay();
  bool waiting = false;
  for (;;) {
    const auto sent = impl.publisher->publish(append_patience);
    if (sent.has_value()) {
      if (waiting) impl.tell("The broker answers again; nothing was lost.");
      return success();
    }
    const auto code = sent.error().code;
    if (code != Errc::unavailable && code != Errc::timeout)
      return ars::outcome::failure(sent.error());
    if (!waiting) impl.tell("No broker answers; the run waits: " + sent.error().context);
    waiting = true;
    if (waits) waits(sent.error().context);
    if (interrupted && interrupted()) return success();
  }
}

std::uint64_t KafkaLink::lag() const { return impl_->publisher->lag(); }

void KafkaLink::stop() {
  impl_->presence.reset();
  impl_->backend->stop();
}

#else

struct KafkaLink::Impl {};

KafkaLink::KafkaLink(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaLink::~KafkaLink() = default;

Result<std::unique_ptr<KafkaLink>> KafkaLink::connect(const runtime::Config&, Say) {
  return fail(Errc::unsupported, "this build has no Kafka backend");
}
Result<std::unique_ptr<store::RocksDbLog>> KafkaLink::log_for(
    const std::filesystem::path&, const std::function<Result<LogIdentity>()>&) {
  return fail(Errc::unsupported, "this build has no Kafka backend");
}
Result<void> KafkaLink::start(const store::RocksDbLog&, const store::BlobStore&) {
  return fail(Errc::unsupported, "this build has no Kafka backend");
}
Result<void> KafkaLink::publish(const std::function<bool()>&) { return success(); }
std::uint64_t KafkaLink::lag() const { return 0; }
void KafkaLink::stop() {}
#endif

}  // namespace ars::cli
