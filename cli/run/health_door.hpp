// /healthz, /readyz and /metrics of a run. The run loop says what happened, the server's thread
// answers; it answers also while the loop recovers or waits for a broker. Owned by the run loop,
// whose thread alone calls.
#pragma once

#include "cli/run/run_metrics.hpp"
#include "runtime/config.hpp"

#include <memory>
#include <string>

namespace ars::cli {

class HealthDoor {
  struct Impl;

 public:
  explicit HealthDoor(std::unique_ptr<Impl> impl);  // through open()
  // Listens; not ready until ready(). Errc::invalid, Errc::denied, Errc::unavailable as
  // HttpServer::start.
  static Result<std::unique_ptr<HealthDoor>> open(const runtime::Config& config);
  ~HealthDoor();
  HealthDoor(const HealthDoor&) = delete;
  HealthDoor& operator=(const HealthDoor&) = delete;

  // Where committed events are counted.
  RunMetrics& metrics();
  // The partition is recovered and serves.
  void ready();
  // Nobody answered a publish: not ready until one answers.
  void broker_away(const std::string& reason, std::uint64_t lag);
  void broker_answers(std::uint64_t lag);
  // Between two batches.
  void update(const runtime::PartitionMark& mark, const std::vector<store::Head>& heads);

  std::string address() const;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::cli
