// The event log in memory, for tests and the simulated world: same promises as store/rocksdb, but
// nothing survives the process. One owner, one thread: nothing in it is shared.
#pragma once

#include "store/event_log.hpp"

#include <memory>

namespace ars::store {

class MemoryLog : public EventLog {
 public:
  static Result<std::unique_ptr<EventLog>> open(ClusterId cluster);

  explicit MemoryLog(ClusterId cluster);
  ~MemoryLog() override;

  Result<std::vector<Pointer>> commit(const Batch& batch,
                                      Durability durability = Durability::synced) override;
  Result<std::vector<Record>> read(const Pointer& from, std::size_t max_records,
                                   std::size_t max_bytes = 8u << 20) const override;
  Result<void> scan(const Pointer& from,
                    const std::function<bool(const Pointer&, const Bytes32& chain,
                                             ByteSpan stored)>& visit) const override;
  Head head(const Stream& stream) const override;
  std::vector<Head> heads() const override;
  std::optional<Pointer> find(const EventId& id) const override;
  std::optional<Pointer> find(const AgentId& agent, Sequence sequence) const override;
  std::vector<Pointer> history(const AgentId& agent, Sequence from,
                               std::size_t limit) const override;
  std::vector<Pointer> correlated(const CorrelationId& id, std::size_t limit) const override;
  std::vector<Pointer> caused_by(const EventId& cause, std::size_t limit) const override;
  std::optional<std::vector<std::uint8_t>> get(std::string_view family_name,
                                               std::string_view key) const override;
  void each(std::string_view family_name, std::string_view prefix,
            const Visit& visit) const override;
  Result<void> close() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::store
