// /healthz, /readyz and /metrics of a run. The run loop writes numbers, the server's thread reads
// them. Owned by the run loop.
#pragma once

#include "runtime/config.hpp"
#include "runtime/event_sourced/partition.hpp"

#include <memory>
#include <string>

namespace ars::cli {

class HealthDoor {
  struct Impl;

 public:
  explicit HealthDoor(std::unique_ptr<Impl> impl);  // through open()
  // Errc::invalid, Errc::denied, Errc::unavailable as HttpServer::start.
  static Result<std::unique_ptr<HealthDoor>> open(const runtime::Config& config);
  ~HealthDoor();
  HealthDoor(const HealthDoor&) = delete;
  HealthDoor& operator=(const HealthDoor&) = delete;

  void update(const runtime::PartitionMark& mark, std::uint64_t lag);
  std::string address() const;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::cli
