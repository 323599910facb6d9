// The actors of one partition: the worker (cooperative), one shell per composition entry
// (cooperative), the store writer (detached) and whoever answers questions (detached). Node is
// their owner: the one door through which a process feeds a partition. Node's functions are called
// from one thread, the driver's; they block that thread, never an actor.
#pragma once

#include "runtime/event_sourced/answering.hpp"
#include "runtime/event_sourced/partition.hpp"

#include <functional>
#include <memory>

namespace ars::runtime {

struct NodeSetup {
  PartitionSetup partition;
  Answering answering;
  std::uint64_t stage_deadline_ms = 0;  // 0: none, as in lockstep
  std::size_t threads = 2;              // CAF workers
};

class Node {
  struct Impl;

 public:
  explicit Node(std::unique_ptr<Impl> impl);  // through start()
  // Recovers the partition and starts its actors. Errc::corrupt.
  static Result<std::unique_ptr<Node>> start(NodeSetup setup);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Runs one batch to its end: cascade, one synced commit, rewiring if the new views ask for it.
  // Returns the events with their places, those of aborted attempts first. One batch is in flight
  // at a time (docs/adr/0010): whoever calls meanwhile is refused. Errc::overloaded: too many
  // inputs, or a batch is in flight - nothing happened, try again; Errc::unavailable: the disk;
  // Errc::invalid: a composition was refused, or a cascade too deep; Errc::stopping: an earlier
  // batch failed, and only a new node can go on.
  Result<std::vector<CommittedEvent>> submit(FormBatch batch);
  // Of the newest batch.
  const BatchFigures& figures() const;

  const PartitionMark& mark() const;
  OpaqueViews views() const;

  // Stops the actors; nothing is in flight between submits.
  void stop();

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::runtime
