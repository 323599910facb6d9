// Snapshots of agents' states in family `snap`, the newest first: [agent][~sequence] -> bytes. What
// is in them is the shell's business. Functions over a log; any thread.
#pragma once

#include "events/base/narrow.hpp"
#include "store/event_log.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ars::store {

struct StoredSnapshot {
  Sequence agg_seq;
  std::vector<std::uint8_t> bytes;
};

// Key of a snapshot: descending sequence within an agent, so that the first row is the newest.
inline std::string snapshot_key(const AgentId& agent, Sequence agg_seq) {
  std::string key(as_text(agent.value()));
  const auto descending = ~agg_seq.value();
  for (std::uint32_t shift = 64; shift > 0; shift -= 8) {
    key.push_back(static_cast<char>((descending >> (shift - 8)) & 255u));
  }
  return key;
}

inline Write snapshot_write(const AgentId& agent, Sequence agg_seq,
                            std::vector<std::uint8_t> bytes) {
  return {std::string(family::snapshot), snapshot_key(agent, agg_seq), std::move(bytes)};
}

// The newest snapshot of an agent; empty when there is none.
inline std::optional<StoredSnapshot> newest_snapshot(const EventLog& log, const AgentId& agent) {
  std::optional<StoredSnapshot> out;
  log.each(family::snapshot, as_text(agent.value()), [&](std::string_view key, ByteSpan value) {
    std::uint64_t descending = 0;
    for (const auto byte : as_bytes(key.substr(sizeof(Bytes16))))
      descending = descending << 8 | byte;
    out = StoredSnapshot{Sequence(~descending), {value.begin(), value.end()}};
    return false;
  });
  return out;
}

}  // namespace ars::store
