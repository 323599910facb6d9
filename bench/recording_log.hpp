// An event log in memory that keeps every batch it was given: what a node writes, batch by batch,
// to be written again into other logs. One owner; as store::MemoryLog otherwise.
#pragma once

#include "store/memory_log.hpp"

#include <vector>

namespace ars::bench {

class RecordingLog final : public store::EventLog {
 public:
  explicit RecordingLog(const ClusterId& cluster) : log_(cluster) {}

  const std::vector<store::Batch>& batches() const { return batches_; }
  std::vector<store::Batch> take() { return std::move(batches_); }

  Result<std::vector<store::Pointer>> commit(const store::Batch& batch,
                                             store::Durability durability) override {
    ARS_TRY(auto places, log_.commit(batch, durability));
    batches_.push_back(batch);
    return places;
  }
  Result<std::vector<store::Record>> read(const store::Pointer& from, std::size_t max_records,
                                          std::size_t max_bytes) const override {
    return log_.read(from, max_records, max_bytes);
  }
  Result<void> scan(const store::Pointer& from,
                    const std::function<bool(const store::Pointer&, const Bytes32& chain,
                                             ByteSpan stored)>& visit) const override {
    return log_.scan(from, visit);
  }
  store::Head head(const store::Stream& stream) const override { return log_.head(stream); }
  std::vector<store::Head> heads() const override { return log_.heads(); }
  std::optional<store::Pointer> find(const EventId& id) const override { return log_.find(id); }
  std::optional<store::Pointer> find(const AgentId& agent, Sequence sequence) const override {
    return log_.find(agent, sequence);
  }
  std::vector<store::Pointer> history(const AgentId& agent, Sequence from,
                                      std::size_t limit) const override {
    return log_.history(agent, from, limit);
  }
  std::vector<store::Pointer> correlated(const CorrelationId& id,
                                         std::size_t limit) const override {
    return log_.correlated(id, limit);
  }
  std::vector<store::Pointer> caused_by(const EventId& cause, std::size_t limit) const override {
    return log_.caused_by(cause, limit);
  }
  std::optional<std::vector<std::uint8_t>> get(std::string_view family_name,
                                               std::string_view key) const override {
    return log_.get(family_name, key);
  }
  void each(std::string_view family_name, std::string_view prefix,
            const Visit& visit) const override {
    log_.each(family_name, prefix, visit);
  }
  Result<void> close() override { return log_.close(); }

 private:
  store::MemoryLog log_;
  std::vector<store::Batch> batches_;
};

}  // namespace ars::bench
