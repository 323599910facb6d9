// What fold and reexec share: where a log comes from, its records in whole batches, the agents that
// took part, and the steps of a batch in the order in which they were taken. Owned by one replay;
// one thread at a time.
#pragma once

#include "runtime/event_sourced/partition.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ars::runtime {

// What a replay needs beside the log.
struct ReplaySetup {
  const KindRegistry* kinds = nullptr;  // outlives the replay
  std::function<std::unique_ptr<ViewKeeper>()> make_keeper;
};

// Whether a record of this type is the first of what one commit wrote to its stream.
bool opens_batch(std::uint32_t type_id);

// What the control stream says: the cluster, and every composition that was switched to.
struct LogOrigin {
  HostIdentity identity;
  std::map<std::uint64_t, events::Composition> compositions;
  std::uint64_t events = 0;
  std::uint64_t log_time_ns = 0;  // of the newest record
};
// Errc::corrupt: the log does not begin with ClusterCreated, or a record does not open.
Result<LogOrigin> read_origin(const store::EventLog& log);

// Records of one stream, decoded; ends at the end of a batch. Its memory is used again.
struct Chunk {
  struct Slice {
    std::size_t word = 0;  // where it begins in `arena`
    std::size_t size = 0;
  };
  std::vector<std::uint64_t> arena;  // envelopes as stored, 8-aligned
  std::size_t words = 0;
  std::vector<Slice> slices;
  std::vector<events::Event> events;  // the first slices.size() of them, once decoded
  Offset first;
  Error error;  // context empty: none

  std::span<const events::Event> decoded() const { return {events.data(), slices.size()}; }
};

class ChunkReader {
 public:
  // REQUIRES: the log outlives the reader.
  ChunkReader(const store::EventLog& log, store::Stream stream, Offset from = Offset(0))
      : log_(log), stream_(stream), next_(from) {}
  // False at the tail, and after an error, which the chunk before it carried.
  bool fill(Chunk& chunk);

 private:
  const store::EventLog& log_;
  store::Stream stream_;
  Offset next_;
  bool failed_ = false;
};
// Opens the records of a chunk; any thread, one chunk each.
void decode(Chunk& chunk, const store::Stream& stream);

// One batch of a chunk: what one commit wrote.
struct BatchView {
  std::span<const events::Event> events;
  store::Pointer first;
  store::Pointer at(const events::Event& event) const;
};
// Cuts a chunk into its batches.
std::vector<BatchView> batches_of(const Chunk& chunk, const store::Stream& stream);

// The agents of a partition, wired as the composition in force says; those that left are kept.
class AgentSet {
 public:
  AgentSet(HostIdentity identity, const KindRegistry& kinds) : identity_(identity), kinds_(kinds) {}
  // Agents as they stood at a cut; they are restored when their entry is wired for the first time.
  void give(std::vector<AgentRow> rows) { given_ = std::move(rows); }
  // Errc::unsupported: a kind of agent that this build lacks; Errc::invalid: as RouteTable.
  Result<void> wire(const events::Composition& composition);
  std::uint64_t version() const { return version_; }
  // Who reads this event, in composition order.
  const std::vector<AgentHost*>& readers(std::uint32_t type_id) const;
  // By agent name.
  const std::map<std::string, std::unique_ptr<AgentHost>>& hosts() const { return hosts_; }
  // An empty host of the same kind, to open stored rows in.
  AgentHost probe(const AgentHost& host) const;
  const HostIdentity& identity() const { return identity_; }

 private:
  HostIdentity identity_;
  const KindRegistry& kinds_;
  std::uint64_t version_ = 0;
  std::vector<AgentRow> given_;
  std::map<std::string, std::unique_ptr<AgentHost>> hosts_;
  std::map<std::uint32_t, std::vector<AgentHost*>> readers_;
};

// Who looks on while a batch is walked.
class StepVisitor {
 public:
  virtual ~StepVisitor() = default;
  // One step: the agent at `host` took `input` and decided on `facts`. An error ends the walk.
  virtual Result<void> step(AgentHost& host, const events::Event& input,
                            std::span<const events::Event* const> facts) = 0;
  // The stage's steps are over; these answers were recorded for its questions.
  virtual Result<void> stage_over(std::span<const events::Event* const> answers);
};

// Takes the recorded facts into the states of their agents.
class StateFolder final : public StepVisitor {
 public:
  Result<void> step(AgentHost& host, const events::Event& input,
                    std::span<const events::Event* const> facts) override {
    return host.apply(input, facts);
  }
};

// Walks one batch, wiring the agents first as its BatchFormed says. Errc::corrupt: a fact that no
// step decided on, or whatever the visitor meets.
Result<void> walk_batch(const BatchView& batch, const LogOrigin& origin, AgentSet& agents,
                        StepVisitor& visitor);

}  // namespace ars::runtime
