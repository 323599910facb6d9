// The run's link to Kafka: publishes the local log after each batch, and waits, saying so, while no
// broker answers. Owned by the run loop; its thread alone calls.
#pragma once

#include "runtime/config.hpp"
#include "runtime/dispatch/publisher.hpp"

#include <functional>
#include <memory>

namespace ars::cli {

class KafkaLink {
 public:
  // Prepares the topics and finds how far they are. Errc::unavailable: no broker answers;
  // Errc::conflict: the namespace belongs to another log; Errc::unsupported: built without Kafka.
  static Result<std::unique_ptr<KafkaLink>> open(const runtime::Config& config,
                                                 const store::EventLog& log,
                                                 const ClusterId& cluster);
  KafkaLink(const store::EventLog& log, store::LogBackendPtr backend);

  // Returns once all records are acknowledged, or the run is interrupted: what is left goes out
  // when it goes on. `waits` is called with the reason each time that no broker answered.
  // Errc::conflict as Publisher.
  Result<void> publish(const std::function<void(const std::string&)>& say,
                       const std::function<bool()>& interrupted,
                       const std::function<void(const std::string&)>& waits = {});
  std::uint64_t lag() const { return publisher_.lag(); }
  void stop() { backend_->stop(); }

 private:
  store::LogBackendPtr backend_;
  runtime::Publisher publisher_;
};

}  // namespace ars::cli
