// The event log of one node: append-only records with their indexes, agent states, projections,
// views and source position, all written in one synced batch. One writer (the store writer actor);
// reads from any thread. Implementations: store/memory_log (tests), store/rocksdb (the real one).
// One contract suite runs on both: test/contract/store/event_log_suite.hpp.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/id.hpp"
#include "events/base/result.hpp"

#include <compare>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ars::store {

enum class Topic : std::uint8_t { evt = 1, cmd = 2, fb = 3, ctl = 4, model = 5, snap = 6, dlq = 7 };
std::string_view to_string(Topic topic);

// A topic partition of the current generation.
struct Stream {
  Topic topic = Topic::evt;
  std::uint16_t partition = 0;
  std::uint8_t generation = 1;
  friend bool operator==(const Stream&, const Stream&) = default;
  // Key order: generation, topic, partition.
  friend std::strong_ordering operator<=>(const Stream& a, const Stream& b) {
    if (a.generation != b.generation) return a.generation <=> b.generation;
    if (a.topic != b.topic) return a.topic <=> b.topic;
    return a.partition <=> b.partition;
  }
};

// Where a record lies. Text form `evt/3/1041`.
struct Pointer {
  Stream stream;
  Offset offset;
  friend auto operator<=>(const Pointer&, const Pointer&) = default;
};
std::string to_string(const Pointer& pointer);
Result<Pointer> pointer_from_text(std::string_view text);

struct Record {
  Pointer at;
  Bytes32 chain{};                   // after this record
  std::vector<std::uint8_t> stored;  // the envelope, byte for byte
};

// Whether a record counts. A superseded one (a repeat, a fact that lost arbitration) is kept and
// chained, but enters no index.
enum class Standing : std::uint8_t { sequenced, superseded };

struct Append {
  Stream stream;
  std::vector<std::uint8_t> stored;
  Standing standing = Standing::sequenced;
};

// A family of keys beside the log: states, views, blobs, snapshots, projections, checkpoints.
// Each is a column family on disk. Names of projections start with "p.".
struct Write {
  std::string family;
  std::string key;
  std::optional<std::vector<std::uint8_t>> value;  // empty: delete
};

namespace family {
inline constexpr std::string_view meta = "meta";  // the log's own: format, cluster, superseded
inline constexpr std::string_view state = "st";   // agent id -> state bytes
inline constexpr std::string_view view = "view";  // name/version -> delta or base
inline constexpr std::string_view blob = "blob";  // sha256 -> bytes
inline constexpr std::string_view snapshot = "snap";
inline constexpr std::string_view outbox = "outbox";
inline constexpr std::string_view checkpoint = "ckpt";
}  // namespace family

// Everything that one step of a partition makes durable, at once or not at all.
struct Batch {
  std::vector<Append> appends;
  std::vector<Write> writes;
};

struct Head {
  Stream stream;
  Offset next;
  Bytes32 chain{};
  friend bool operator==(const Head&, const Head&) = default;
};

enum class Durability : std::uint8_t { synced, memory };

class EventLog {
 public:
  virtual ~EventLog() = default;

  // Appends the records at the next offsets of their streams, extends the chains, fills the indexes
  // (agent history, event id, correlation, causation) from the envelopes and applies the writes in
  // their order: one atomic batch, synced before it returns. Gives where each append
  // lies, in order.
  // Nothing is written on an error. Errc::conflict: an (agent, sequence) or event id is already
  // there; Errc::invalid: a fact does not follow its agent's last one (a gap in agg_seq, or another
  // agg_prev_hash); Errc::corrupt: bytes are no envelope; Errc::unavailable: disk.
  virtual Result<std::vector<Pointer>> commit(const Batch& batch,
                                              Durability durability = Durability::synced) = 0;

  // Up to max_records records from `from`, in offset order; fewer at the tail. Every record read is
  // checked against its chain when the previous one is known. Errc::corrupt names the offset.
  virtual Result<std::vector<Record>> read(const Pointer& from, std::size_t max_records,
                                           std::size_t max_bytes = 8u << 20) const = 0;
  // Calls visit for each record from `from` to the tail, in order, until it returns false. Faster
  // than read(): no copies beyond one reused buffer. Errc::corrupt as read().
  virtual Result<void> scan(const Pointer& from,
                            const std::function<bool(const Pointer&, const Bytes32& chain,
                                                     ByteSpan stored)>& visit) const = 0;

  virtual Head head(const Stream& stream) const = 0;
  // Heads of every stream with at least one record, in key order.
  virtual std::vector<Head> heads() const = 0;

  virtual std::optional<Pointer> find(const EventId& id) const = 0;
  virtual std::optional<Pointer> find(const AgentId& agent, Sequence sequence) const = 0;
  // Pointers of an agent's facts from a sequence on, of one correlation, and of the events that
  // name this one as their cause (the first or an extra one); in key order, at most `limit`.
  virtual std::vector<Pointer> history(const AgentId& agent, Sequence from,
                                       std::size_t limit) const = 0;
  virtual std::vector<Pointer> correlated(const CorrelationId& id, std::size_t limit) const = 0;
  virtual std::vector<Pointer> caused_by(const EventId& cause, std::size_t limit) const = 0;

  virtual std::optional<std::vector<std::uint8_t>> get(std::string_view family_name,
                                                       std::string_view key) const = 0;
  // Key-value pairs whose key starts with prefix, in key order, until visit returns false.
  using Visit = std::function<bool(std::string_view key, ByteSpan value)>;
  virtual void each(std::string_view family_name, std::string_view prefix,
                    const Visit& visit) const = 0;

  // Lookups cannot tell damage from absence. One that met damage gives nothing, and from then on
  // health() and commit() answer Errc::corrupt or unavailable.
  virtual Result<void> health() const { return success(); }

  // Flushes and closes; the head file is written. Further calls are our bug.
  virtual Result<void> close() = 0;
};

// Genesis of a stream's chain: SHA256("ars-chain-v1" || cluster || gen || topic || part).
Bytes32 chain_genesis(const ClusterId& cluster, const Stream& stream);
// chain_n = SHA256(0x02 || chain_{n-1} || u64 offset || event_hash_n).
Bytes32 chain_next(const Bytes32& previous, Offset offset, const Bytes32& event_hash);
// SHA-256 over (generation, topic, partition, next offset, chain head) of all evt, cmd, fb and ctl
// heads in key order: one number for a whole log.
Bytes32 log_head(const std::vector<Head>& heads);

}  // namespace ars::store
