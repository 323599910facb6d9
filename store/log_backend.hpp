// Where a log's records travel and rest: embedded (the node's own RocksDB), kafka, sim. The code
// above - sequencing, chain, indexes, replay - is the same for all three; one contract suite runs
// on each (test/contract/store/log_backend_suite.hpp). append() and fetch() may block: they are
// called from the detached log actor or a test, never from a cooperative actor. One caller at a
// time.
#pragma once

#include "store/event_log.hpp"

#include <chrono>
#include <span>

namespace ars::store {

struct FetchedRecord {
  Offset offset;
  std::vector<std::uint8_t> stored;
};

struct Watermarks {
  Offset low;
  Offset next;
};

class LogBackend {
 public:
  virtual ~LogBackend() = default;
  virtual std::string_view name() const = 0;  // embedded | kafka | sim

  // Makes the records durable in the sense of the backend, in order, and gives the first offset.
  // May write a record twice after a retry; ids are deterministic and every reader drops repeats.
  // Errc::unavailable: nobody answered within the deadline - call again with the same records.
  virtual Result<Offset> append(const Stream& stream,
                                std::span<const std::vector<std::uint8_t>> records,
                                std::chrono::milliseconds deadline) = 0;
  // Whether the records of the last append, which ended with Errc::unavailable, are still on their
  // way: the same call goes on waiting for them, and nothing is written twice.
  virtual bool is_underway() const { return false; }

  // Records from an offset on, offsets as stored; empty at the tail after max_wait. May repeat
  // after a retry, never skips. Errc::not_found: the offset lies outside the watermarks (retention,
  // or a broker that lost its tail); Errc::unavailable.
  virtual Result<std::vector<FetchedRecord>> fetch(const Stream& stream, Offset from,
                                                   std::size_t max_records,
                                                   std::chrono::milliseconds max_wait) = 0;

  virtual Result<Watermarks> watermarks(const Stream& stream,
                                        std::chrono::milliseconds deadline) = 0;

  // Makes sure that the cluster's topics exist with this many partitions.
  virtual Result<void> prepare(std::uint16_t partitions, std::chrono::milliseconds deadline) = 0;

  virtual void stop() = 0;
};

using LogBackendPtr = std::unique_ptr<LogBackend>;

}  // namespace ars::store
