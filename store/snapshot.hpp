// Snapshots of agents' states in family `snap`, the newest first: [agent][~batch] -> bytes. What is
// in them is the runtime's business. Functions over a log; any thread.
#pragma once

#include "events/base/narrow.hpp"
#include "store/event_log.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ars::store {

struct StoredSnapshot {
  BatchNumber batch;  // after which the state was so
  std::vector<std::uint8_t> bytes;
};

// Key of a snapshot: descending batch within an agent, so that the first row is the newest. A
// state changes with inputs too, so a sequence would not name it.
inline std::string snapshot_key(const AgentId& agent, BatchNumber batch) {
  std::string key(as_text(agent.value()));
  const auto descending = ~batch.value();
  for (std::uint32_t shift = 64; shift > 0; shift -= 8) {
    key.push_back(static_cast<char>((descending >> (shift - 8)) & 255u));
  }
  return key;
}

inline BatchNumber snapshot_batch(std::string_view key) {
  std::uint64_t descending = 0;
  for (const auto byte : as_bytes(key.substr(sizeof(Bytes16))))
    descending = descending << 8 | byte;
  return BatchNumber(~descending);
}

inline Write snapshot_write(const AgentId& agent, BatchNumber batch,
                            std::vector<std::uint8_t> bytes) {
  return {std::string(family::snapshot), snapshot_key(agent, batch), std::move(bytes)};
}

// The newest snapshot of an agent that is not after this batch; empty when there is none.
inline std::optional<StoredSnapshot> newest_snapshot(const EventLog& log, const AgentId& agent,
                                                     BatchNumber at_most) {
  std::optional<StoredSnapshot> out;
  log.each(family::snapshot, as_text(agent.value()), [&](std::string_view key, ByteSpan value) {
    const auto batch = snapshot_batch(key);
    if (batch > at_most) return true;
    out = StoredSnapshot{batch, {value.begin(), value.end()}};
    return false;
  });
  return out;
}

}  // namespace ars::store
