// What measurements share: where they may write, the log that a small real run wrote, the trained
// ranker, the broker. Each is made when first asked for. Owned by run_bench; its thread alone
// calls.
#pragma once

#include "bench/harness.hpp"
#include "bench/local_broker.hpp"
#include "bench/served_log.hpp"
#include "bench/trained_ranker.hpp"

#include <memory>

namespace ars::bench {

class Workshop {
 public:
  Workshop(const Setting& setting, const Machine& machine) : setting_(setting), machine_(machine) {}

  const Setting& setting() const { return setting_; }
  const Machine& machine() const { return machine_; }

  // A path below the scratch directory where nothing is yet.
  std::filesystem::path fresh(std::string_view name);
  // Errc::unsupported: built without LibTorch.
  Result<const TrainedRanker*> ranker();
  // A log that a node with all its agents wrote while it served the seeded population.
  Result<const ServedLog*> served();
  // HOST:PORT of a broker that answers. Errc::unsupported: none can be had here, and why.
  Result<std::string> brokers();

 private:
  const Setting& setting_;
  const Machine& machine_;
  std::uint64_t made_ = 0;
  std::unique_ptr<TrainedRanker> ranker_;
  std::unique_ptr<ServedLog> served_;
  std::unique_ptr<LocalBroker> broker_;
};

}  // namespace ars::bench
