// A log that dies at one commit, as a process does: before the commit is durable, or after. Wraps
// another log, which survives it. Owned by one test.
#pragma once

#include "store/event_log.hpp"

namespace toys {

using namespace ars;

class MortalLog final : public store::EventLog {
 public:
  enum class Dies : std::uint8_t { before, after };
  MortalLog(store::EventLog& log, std::uint64_t at, Dies dies)
      : log_(log), left_(at), dies_(dies) {}

  Result<std::vector<store::Pointer>> commit(const store::Batch& batch,
                                             store::Durability durability) override {
    if (dead_) return fail(Errc::unavailable, "dead");
    dead_ = left_-- == 0;
    if (dead_ && dies_ == Dies::before) return fail(Errc::unavailable, "died before the commit");
    auto done = log_.commit(batch, durability);
    if (dead_) return fail(Errc::unavailable, "died after the commit");
    return done;
  }
  bool dead() const { return dead_; }

  Result<std::vector<store::Record>> read(const store::Pointer& from, std::size_t records,
                                          std::size_t bytes) const override {
    return log_.read(from, records, bytes);
  }
  Result<void> scan(const store::Pointer& from,
                    const std::function<bool(const store::Pointer&, const Bytes32&, ByteSpan)>&
                        visit) const override {
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
  std::optional<std::vector<std::uint8_t>> get(std::string_view family,
                                               std::string_view key) const override {
    return log_.get(family, key);
  }
  void each(std::string_view family, std::string_view prefix, const Visit& visit) const override {
    log_.each(family, prefix, visit);
  }
  Result<void> close() override { return log_.close(); }

 private:
  store::EventLog& log_;
  std::uint64_t left_;
  Dies dies_;
  bool dead_ = false;
};

}  // namespace toys
