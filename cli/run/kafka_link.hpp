// The run's link to Kafka: joins the namespace, lets an empty directory adopt the cluster that lies
// there, publishes the local log after each batch, and waits, saying so, while no broker answers.
// Owned by the run loop; its thread alone calls.
#pragma once

#include "cli/compose.hpp"
#include "runtime/config.hpp"

#include <functional>
#include <memory>

namespace ars::cli {

class KafkaLink {
 public:
  using Say = std::function<void(const std::string&)>;

  // Prepares the topics. Errc::unavailable: no broker answers; Errc::unsupported: built without
  // Kafka, or a broker that lacks what we need; Errc::conflict: a topic that would lose history.
  static Result<std::unique_ptr<KafkaLink>> connect(const runtime::Config& config, Say say);
  ~KafkaLink();

  // The log of a directory as the namespace wants it: the directory's own, or one that adopts the
  // cluster there; null where both are empty. `identity` is asked when a cluster is to be adopted.
  // Errc::conflict: another cluster, another owner, or one that is still running - both are named;
  // Errc::invalid: a cluster made for another source, seed or data; Errc::corrupt: as adopt().
  Result<std::unique_ptr<store::RocksDbLog>> log_for(
      const std::filesystem::path& directory, const std::function<Result<LogIdentity>()>& identity);

  // From now on this log is published; both outlive the link. Errc::conflict: as Publisher;
  // Errc::unavailable.
  Result<void> start(const store::RocksDbLog& log, const store::BlobStore& blobs);
  // Returns once all records are acknowledged, or the run is interrupted: what is left goes out
  // when it goes on. `waits` is called with the reason each time that no broker answered.
  // Errc::conflict as Publisher.
  Result<void> publish(const std::function<bool()>& interrupted, const Say& waits = {});
  std::uint64_t lag() const;
  void stop();

  struct Impl;
  explicit KafkaLink(std::unique_ptr<Impl> impl);  // through connect()

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::cli
