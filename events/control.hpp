// What keeps the log together: clusters, owners, batches, views, snapshots, failures of steps.
#pragma once

#include "events/codec/fields.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ars::events {

// ctl, offset 0: the first record wins, all others adopt it.
struct ClusterCreated {
  ClusterId cluster;
  std::uint16_t partitions = 0;
  std::uint32_t format = 0;
  std::string source;  // what this log is fed from
  std::uint64_t seed = 0;
  Bytes32 data_hash{};
  bool lockstep = false;
  Bytes32 head_key{};         // Ed25519 public key that signs heads
  Bytes32 pseudonym_check{};  // tells the right pseudonym key from a wrong one, and nothing else
  static constexpr std::uint32_t type_id = 501;
  static constexpr std::string_view name = "ars.cluster.created";
  static constexpr auto fields =
      std::tuple{field(0, "cluster", &ClusterCreated::cluster),
                 field(1, "partitions", &ClusterCreated::partitions),
                 field(2, "format", &ClusterCreated::format),
                 field(3, "source", &ClusterCreated::source),
                 field(4, "seed", &ClusterCreated::seed),
                 field(5, "data_hash", &ClusterCreated::data_hash),
                 field(6, "lockstep", &ClusterCreated::lockstep),
                 field(7, "head_key", &ClusterCreated::head_key),
                 field(8, "pseudonym_check", &ClusterCreated::pseudonym_check)};
  friend bool operator==(const ClusterCreated&, const ClusterCreated&) = default;
};

// ctl: whose decisions count from here on. The envelope's owner_epoch is the new owner's; a claim
// that does not raise it lost against an earlier one and does not count.
struct OwnerClaimed {
  std::uint16_t partition = 0;
  std::string node;
  Bytes32 head_key{};   // Ed25519 public key that signs heads from here on
  Offset continues_at;  // in evt: what older epochs wrote from there on does not count
  static constexpr std::uint32_t type_id = 502;
  static constexpr std::string_view name = "ars.owner.claimed";
  static constexpr auto fields = std::tuple{field(0, "partition", &OwnerClaimed::partition),
                                            field(1, "node", &OwnerClaimed::node),
                                            field(2, "head_key", &OwnerClaimed::head_key),
                                            field(3, "continues_at", &OwnerClaimed::continues_at)};
  friend bool operator==(const OwnerClaimed&, const OwnerClaimed&) = default;
};

// evt: decisions of older epochs after this one are superseded.
struct EpochFence {
  std::uint16_t partition = 0;
  Epoch epoch;
  static constexpr std::uint32_t type_id = 503;
  static constexpr std::string_view name = "ars.epoch.fence";
  static constexpr auto fields = std::tuple{field(0, "partition", &EpochFence::partition),
                                            field(1, "epoch", &EpochFence::epoch)};
  friend bool operator==(const EpochFence&, const EpochFence&) = default;
};

struct ViewUse {
  std::string view;
  ViewVersion version;
  static constexpr auto fields =
      std::tuple{field(0, "view", &ViewUse::view), field(1, "version", &ViewUse::version)};
  friend bool operator==(const ViewUse&, const ViewUse&) = default;
};

// evt: opens each batch; fixes its order, its clock and the views it reads.
struct BatchFormed {
  BatchNumber batch;
  Epoch epoch;
  std::uint64_t clock_ns = 0;
  std::uint32_t inline_inputs = 0;
  std::vector<ViewUse> views;
  CompositionVersion composition;
  std::uint64_t source_position = 0;
  std::uint64_t interactions = 0;
  static constexpr std::uint32_t type_id = 504;
  static constexpr std::string_view name = "ars.batch.formed";
  static constexpr auto fields =
      std::tuple{field(0, "batch", &BatchFormed::batch),
                 field(1, "epoch", &BatchFormed::epoch),
                 field(2, "clock_ns", &BatchFormed::clock_ns),
                 field(3, "inline_inputs", &BatchFormed::inline_inputs),
                 field(4, "views", &BatchFormed::views),
                 field(5, "composition", &BatchFormed::composition),
                 field(6, "source_position", &BatchFormed::source_position),
                 field(7, "interactions", &BatchFormed::interactions)};
  friend bool operator==(const BatchFormed&, const BatchFormed&) = default;
};

// evt: a view's next version is ready; chained hash.
struct ViewPublished {
  std::string view;
  ViewVersion version;
  Offset until;  // evt offset up to which it was folded
  Bytes32 sha256{};
  std::uint32_t observations = 0;
  std::uint32_t bytes = 0;
  static constexpr std::uint32_t type_id = 505;
  static constexpr std::string_view name = "ars.view.published";
  static constexpr auto fields = std::tuple{field(0, "view", &ViewPublished::view),
                                            field(1, "version", &ViewPublished::version),
                                            field(2, "until", &ViewPublished::until),
                                            field(3, "sha256", &ViewPublished::sha256),
                                            field(4, "observations", &ViewPublished::observations),
                                            field(5, "bytes", &ViewPublished::bytes)};
  friend bool operator==(const ViewPublished&, const ViewPublished&) = default;
};

// evt, at the end of a batch: an agent's state was stored, with this hash after this batch.
struct SnapshotTaken {
  std::string agent;
  AgentId agent_id;
  Sequence agg_seq;
  Bytes32 state_hash{};
  static constexpr std::uint32_t type_id = 506;
  static constexpr std::string_view name = "ars.snapshot.taken";
  static constexpr auto fields = std::tuple{field(0, "agent", &SnapshotTaken::agent),
                                            field(1, "agent_id", &SnapshotTaken::agent_id),
                                            field(2, "agg_seq", &SnapshotTaken::agg_seq),
                                            field(3, "state_hash", &SnapshotTaken::state_hash)};
  friend bool operator==(const SnapshotTaken&, const SnapshotTaken&) = default;
};

// evt: a step of an agent failed on this input.
struct StepAborted {
  std::string agent;
  EventId input;
  std::uint32_t attempt = 0;
  std::string reason;
  static constexpr std::uint32_t type_id = 507;
  static constexpr std::string_view name = "ars.step.aborted";
  static constexpr auto fields = std::tuple{
      field(0, "agent", &StepAborted::agent), field(1, "input", &StepAborted::input),
      field(2, "attempt", &StepAborted::attempt), field(3, "reason", &StepAborted::reason)};
  friend bool operator==(const StepAborted&, const StepAborted&) = default;
};

// evt: the same input failed twice; it is in the dead letters.
struct AgentSkipped {
  std::string agent;
  EventId input;
  std::string reason;
  static constexpr std::uint32_t type_id = 508;
  static constexpr std::string_view name = "ars.agent.skipped";
  static constexpr auto fields =
      std::tuple{field(0, "agent", &AgentSkipped::agent), field(1, "input", &AgentSkipped::input),
                 field(2, "reason", &AgentSkipped::reason)};
  friend bool operator==(const AgentSkipped&, const AgentSkipped&) = default;
};

// evt: too many failures in a short run of inputs; its inputs are parked.
struct AgentQuarantined {
  std::string agent;
  std::uint32_t failures = 0;
  static constexpr std::uint32_t type_id = 509;
  static constexpr std::string_view name = "ars.agent.quarantined";
  static constexpr auto fields = std::tuple{field(0, "agent", &AgentQuarantined::agent),
                                            field(1, "failures", &AgentQuarantined::failures)};
  friend bool operator==(const AgentQuarantined&, const AgentQuarantined&) = default;
};

// snap: signed head of a partition, after what it speaks of; the newest one counts.
struct HeadSigned {
  std::string origin;
  Offset next;
  Bytes32 chain{};
  std::vector<std::uint8_t> signature;
  static constexpr std::uint32_t type_id = 510;
  static constexpr std::string_view name = "ars.head.signed";
  static constexpr auto fields = std::tuple{
      field(0, "origin", &HeadSigned::origin), field(1, "next", &HeadSigned::next),
      field(2, "chain", &HeadSigned::chain), field(3, "signature", &HeadSigned::signature)};
  friend bool operator==(const HeadSigned&, const HeadSigned&) = default;
};

// evt: the source ended, or its target was reached.
struct SourceFinished {
  std::uint64_t interactions = 0;
  std::uint64_t source_position = 0;
  static constexpr std::uint32_t type_id = 511;
  static constexpr std::string_view name = "ars.source.finished";
  static constexpr auto fields =
      std::tuple{field(0, "interactions", &SourceFinished::interactions),
                 field(1, "source_position", &SourceFinished::source_position)};
  friend bool operator==(const SourceFinished&, const SourceFinished&) = default;
};

// model: a piece of something that events name by its hash, sent before the first event that does.
struct BlobChunk {
  Bytes32 sha256{};  // of the whole
  std::uint32_t index = 0;
  std::uint32_t count = 0;
  std::vector<std::uint8_t> bytes;
  static constexpr std::uint32_t type_id = 520;
  static constexpr std::string_view name = "ars.blob.chunk";
  static constexpr auto fields =
      std::tuple{field(0, "sha256", &BlobChunk::sha256), field(1, "index", &BlobChunk::index),
                 field(2, "count", &BlobChunk::count), field(3, "bytes", &BlobChunk::bytes)};
  friend bool operator==(const BlobChunk&, const BlobChunk&) = default;
};

}  // namespace ars::events
