// Remembers which steps failed, across restarts: an input that failed an agent twice is passed
// over, and an agent that keeps failing is in quarantine for a while, in which its inputs are
// passed over too. Counts batches and attempts, never time, so that the same log comes out after a
// restart. No I/O beyond load(); owned by the partition, its thread alone.
#pragma once

#include "store/event_log.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ars::runtime {

// How one agent has been doing lately.
struct AgentHealth {
  std::uint64_t failures = 0;      // close to each other
  std::uint64_t failed_in = 0;     // the newest one's batch
  std::uint64_t parked_until = 0;  // the first batch that it takes part in again; 0: none
};

class Supervisor {
 public:
  // Reads what was noted before. Errc::corrupt.
  Result<void> load(const store::EventLog& log);

  struct Refusal {
    std::string reason;
    bool on_this_input = false;  // it failed twice on it; else the agent is in quarantine
  };
  // Why this agent must not take this input in this batch; empty: it may. `entry` is the
  // composition entry, `agent` its agent of this input's key.
  std::optional<Refusal> refusal(const std::string& entry, const std::string& agent,
                                 const EventId& input, BatchNumber batch) const;
  // Whether anybody ever failed: else there is nothing to ask.
  bool quiet() const { return attempts_.empty() && health_.empty(); }

  struct Noted {
    std::uint32_t attempt = 0;         // of this agent on this input
    std::uint32_t failures = 0;        // of this agent, close to each other
    bool quarantined = false;          // from this batch on
    std::vector<store::Write> writes;  // what makes it durable
  };
  Noted failed(const std::string& entry, const std::string& agent, const EventId& input,
               BatchNumber batch);
  // The input was passed over for good: its attempts need not be kept.
  store::Write forget(const std::string& entry, const EventId& input) const;
  void forgotten(const std::string& entry, const EventId& input);

 private:
  std::map<std::pair<std::string, std::string>, std::uint32_t> attempts_;  // (entry, input's id)
  std::map<std::string, AgentHealth> health_;                              // by agent
};

}  // namespace ars::runtime
