// What a commit will write, worked out and checked before anything is written; the same for every
// implementation of EventLog. Owned by one log and called by its one writer.
#pragma once

#include "events/codec/envelope.hpp"
#include "store/event_log.hpp"

#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ars::store {

// One record with its place, chain and the parts of its header that the indexes need.
struct PlannedRecord {
  Pointer at;
  Bytes32 chain{};
  events::Envelope header;
  std::vector<EventId> causes;  // the first one, then the extra ones; none that is zero
  std::size_t append = 0;       // index in Batch::appends
};

// The events that an envelope names as its causes.
std::vector<EventId> causes_of(const events::Envelope& header);

// Where an agent's history stands.
struct AgentTail {
  Sequence last;
  Bytes32 hash{};  // event hash of the fact with that sequence
};

// The questions that only the stored log can answer.
class CommitOracle {
 public:
  virtual ~CommitOracle() = default;
  // Sequence and hash of an agent's last fact; zero when it has none. Errc::corrupt, unavailable.
  virtual Result<AgentTail> tail_of(const AgentId& agent) const = 0;
  // The first of these ids that the log holds already.
  virtual Result<std::optional<EventId>> first_known(const std::vector<EventId>& ids) const = 0;
};

// Checks batches and lays their records out. plan() changes nothing that is observable; accept()
// makes the last plan the state that the next one builds on, once its bytes are durable.
class CommitPlanner {
 public:
  CommitPlanner(ClusterId cluster, std::vector<Head> heads);

  // Errors as EventLog::commit. The result is valid until the next call.
  Result<const std::vector<PlannedRecord>*> plan(const Batch& batch, const CommitOracle& oracle);
  void accept();

  Head head(const Stream& stream) const;
  // Streams with at least one record, in key order: generation, topic, partition.
  const std::vector<Head>& heads() const { return heads_; }

 private:
  Result<void> place(const Append& append, std::size_t index, const CommitOracle& oracle);
  Result<void> check_fact(const PlannedRecord& record, const Bytes32& hash,
                          const CommitOracle& oracle);
  Result<AgentTail> tail_of(const AgentId& agent, const CommitOracle& oracle) const;
  Head& planned_head(const Stream& stream);

  ClusterId cluster_;
  std::vector<Head> heads_;
  std::unordered_map<AgentId, AgentTail> tails_;
  // The plan in the making.
  std::vector<PlannedRecord> records_;
  std::vector<Head> next_heads_;
  std::unordered_map<AgentId, AgentTail> next_tails_;
  std::vector<EventId> inputs_;
  std::unordered_set<EventId> input_set_;
};

}  // namespace ars::store
