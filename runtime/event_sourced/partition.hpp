// One partition's worker: forms batches, runs their cascades stage by stage through the agents'
// actors, records answers from outside as inline inputs, and makes everything durable at once.
// PartitionCore is the part without actors: ids, order, sealing, projections, rewiring. The worker
// actor (partition_actor) owns one. A step that fails ends its batch, which is formed again without
// it when it failed twice (runtime/dispatch/supervisor). Life: recovering -> running -> draining.
#pragma once

#include "runtime/dispatch/route_table.hpp"
#include "runtime/dispatch/supervisor.hpp"
#include "runtime/event_sourced/control.hpp"
#include "runtime/event_sourced/snapshots.hpp"
#include "runtime/event_sourced/view_keeper.hpp"
#include "store/projection.hpp"

#include <map>
#include <optional>
#include <set>

namespace ars::runtime {

// What is recorded in the stead of an agent that was passed over, so that a request is answered
// all the same.
struct StandIn {
  EventPtr request;
  events::Payload answer;
};
// Of the records of a batch so far, the requests that nobody will answer, each with an answer that
// needs no agent. Pure; runs on the worker.
using StandInMaker = std::vector<StandIn> (*)(const std::vector<EventPtr>& records,
                                              const void* views);

struct PartitionSetup {
  HostIdentity identity;
  store::EventLog* log = nullptr;  // outlives the partition
  ViewKeeper* keeper = nullptr;    // outlives the partition
  const KindRegistry* kinds = nullptr;
  StandInMaker stand_in = nullptr;           // null: who is passed over leaves a gap
  std::uint64_t snapshot_every_batches = 0;  // 0: never
};

// What survives a restart beside states and views.
struct PartitionMark {
  std::uint64_t batch = 0;
  std::uint64_t system_sequence = 0;
  std::uint64_t log_time_ns = 0;
  std::uint64_t position = 0;
  std::uint64_t interactions = 0;
  std::uint64_t epoch = 0;
  events::Composition composition;
  Bytes32 system_hash{};
  static constexpr auto fields =
      std::tuple{events::field(0, "batch", &PartitionMark::batch),
                 events::field(1, "system_sequence", &PartitionMark::system_sequence),
                 events::field(2, "log_time_ns", &PartitionMark::log_time_ns),
                 events::field(3, "position", &PartitionMark::position),
                 events::field(4, "interactions", &PartitionMark::interactions),
                 events::field(5, "epoch", &PartitionMark::epoch),
                 events::field(6, "composition", &PartitionMark::composition),
                 events::field(7, "system_hash", &PartitionMark::system_hash)};
};

// What a partition stores beside its records, row by row: for itself and for replay, which writes
// the same.
store::Write state_write(const AgentRow& row);
store::Write mark_write_of(std::uint16_t partition, const PartitionMark& mark);

class PartitionCore {
 public:
  explicit PartitionCore(PartitionSetup setup);

  // Recovers mark, hashes, projections, views and the composition. Errc::corrupt.
  Result<void> recover();

  // --- one batch ---
  // BatchFormed, the batch's first stage.
  std::vector<EventPtr> begin(const FormBatch& form);
  // A wave's inputs as events; drops those already in the log.
  std::vector<EventPtr> admit(const std::vector<InputDraft>& wave, std::uint64_t clock_ns);
  // (host index, work) of a stage under the current routes.
  std::vector<std::pair<std::size_t, RunSteps>> dispatch(const std::vector<EventPtr>& stage);
  // Answers in the stead of agents that were passed over in this batch; the cascade has ended.
  std::vector<EventPtr> stand_in();
  // Takes the facts of a stage in dispatch order; gives the events of the next stage.
  std::vector<EventPtr> collect(std::vector<StepResult>& results);
  // Inline inputs for answers, caused by `cause`.
  std::vector<EventPtr> record_answers(const std::vector<events::Payload>& answers,
                                       const std::vector<EventPtr>& causes);
  // Everything durable of this batch: sealed records, rows, projections, views, mark.
  store::Batch finish(std::vector<AgentRow> rows);
  // After the commit: what happened, with places; first what aborted attempts left in the log.
  std::vector<CommittedEvent> committed();

  // --- failures ---
  // Forgets the batch in progress and notes the failed attempt durably; too many of one agent put
  // it into quarantine. Errc::unavailable: the disk.
  Result<void> abort_batch(std::size_t host, const EventPtr& input, const std::string& reason);

  // --- rewiring, at a batch boundary ---
  bool rewire_wanted() const;
  // Runs the protocol from where it stands; each state is one synced ctl event. Gives the agents to
  // spawn and to retire; `on_switch` is called between SPAWNED and RETIRED with the new routes.
  Result<void> rewire(
      const std::function<void(const RouteTable&, const CompositionDifference&)>& spawn,
      const std::function<Result<std::vector<AgentRow>>(const std::string&)>& snapshot);

  const RouteTable& routes() const { return *routes_; }
  const PartitionMark& mark() const { return mark_; }
  std::vector<AgentRow> stored_rows(const std::string& agent) const;
  const OpaqueViews& views() const { return views_; }
  const PartitionSetup& setup() const { return setup_; }

 private:
  std::shared_ptr<events::Event> system_fact(events::Payload payload, const EventId& cause);
  void push(std::shared_ptr<events::Event> event);
  store::Pointer place(std::size_t record) const;
  Result<void> recover_rows();
  std::string agent_of(const events::AgentEntry& entry, const events::Event& input) const;
  bool passed_over(const events::AgentEntry& entry, const EventPtr& input);
  void seal(store::Batch& batch);
  Result<void> rewire_step(events::RewireAdvanced step, std::vector<store::Write> writes = {});
  Result<std::optional<events::RewireAdvanced>> newest_step() const;
  Result<void> end_switch();
  void place_records(std::vector<CommittedEvent>& out);

  PartitionSetup setup_;
  store::Stream evt_;
  store::Stream ctl_;
  AgentId system_;
  PartitionMark mark_;
  std::shared_ptr<const RouteTable> routes_;
  OpaqueViews views_;
  std::vector<store::ProjectionPtr> projections_;
  std::map<AgentId, Bytes32> last_hash_;
  std::vector<std::shared_ptr<events::Event>> records_;
  std::vector<CommittedEvent> aborted_;  // committed since committed() was called
  PartitionMark before_;                 // the mark as it was when the batch began
  Offset first_offset_;
  Supervisor supervisor_;
  Snapshots snapshots_;
  // Of the batch in progress: who was passed over.
  struct Skip {
    std::string entry;
    EventPtr input;
    EventPtr fact;
    bool dead_letter = false;  // it failed on this input, and is not merely in quarantine
  };
  std::vector<Skip> skips_;
  std::set<EventId> stood_in_;
};

}  // namespace ars::runtime
