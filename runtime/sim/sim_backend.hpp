// A log backend in memory with faults: SimBroker is the cluster that outlives its clients,
// SimBackend one client of it, which retries, numbers its requests and is told of repeats as an
// idempotent Kafka producer is. Time is the world's logical clock; a call that waits moves it.
// Owned by one simulated world, one thread.
#pragma once

#include "runtime/sim/fault_menu.hpp"
#include "runtime/sim/sim_scheduler.hpp"
#include "store/log_backend.hpp"

#include <map>
#include <memory>
#include <set>
#include <vector>

namespace ars::runtime {

// One world: a clock, what happens later, and the dice.
struct SimWorld {
  SimWorld(Seed seed, FaultMenu menu) : dice(seed, menu), scheduler(clock) {}
  SimWorld(const SimWorld&) = delete;
  SimWorld& operator=(const SimWorld&) = delete;

  FaultDice dice;
  LogicalClock clock;
  SimScheduler scheduler;
};

using SimRecords = std::vector<std::vector<std::uint8_t>>;

class SimBroker {
 public:
  explicit SimBroker(std::uint16_t partitions) : partitions_(partitions) {}

  // Part of one append of one client.
  struct Request {
    store::Stream stream;
    std::uint64_t producer = 0;
    std::uint64_t sequence = 0;  // of its first record, per producer and stream
    SimRecords records;
  };
  // Writes it at the tail; a repeat is answered with the place of the first one. Errc::conflict: it
  // does not follow what this producer wrote last, or the producer is fenced; Errc::not_found: no
  // such partition.
  Result<Offset> write(const Request& request);
  // What this producer still has on its way is refused from here on.
  void fence(std::uint64_t producer) { fenced_.insert(producer); }

  const SimRecords& records(const store::Stream& stream) const;
  std::uint16_t partitions() const { return partitions_; }
  void grow(std::uint16_t partitions) { partitions_ = std::max(partitions_, partitions); }
  std::uint64_t new_producer() { return ++producers_; }

  Timestamp down_until;  // nobody answers before

 private:
  std::uint16_t partitions_;
  std::uint64_t producers_ = 0;
  std::map<store::Stream, SimRecords> streams_;
  std::set<std::uint64_t> fenced_;
  // Per producer and stream, where each of its records went.
  std::map<std::pair<std::uint64_t, store::Stream>, std::vector<Offset>> written_;
};

class SimBackend final : public store::LogBackend {
 public:
  // Both outlive the backend.
  SimBackend(SimWorld& world, SimBroker& broker);

  std::string_view name() const override { return "sim"; }
  Result<Offset> append(const store::Stream& stream,
                        std::span<const std::vector<std::uint8_t>> records,
                        std::chrono::milliseconds deadline) override;
  Result<std::vector<store::FetchedRecord>> fetch(const store::Stream& stream, Offset from,
                                                  std::size_t max_records,
                                                  std::chrono::milliseconds max_wait) override;
  Result<store::Watermarks> watermarks(const store::Stream& stream,
                                       std::chrono::milliseconds deadline) override;
  Result<void> prepare(std::uint16_t partitions, std::chrono::milliseconds deadline) override;
  void stop() override { stopped_ = true; }

 private:
  struct Sending;
  // One attempt of a round trip: false, when the broker does not answer. Takes time.
  bool answers();
  Result<void> reach(std::chrono::milliseconds deadline);
  void send(const std::shared_ptr<Sending>& sending, std::size_t index);
  Result<void> check(const store::Stream& stream) const;

  SimWorld& world_;
  SimBroker& broker_;
  std::uint64_t producer_;
  std::map<store::Stream, std::uint64_t> sequences_;  // of the next record
  bool stopped_ = false;
};

}  // namespace ars::runtime
