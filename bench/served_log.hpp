// What a small real run writes, batch by batch, and the raw rows that stand for the same: the
// material of every log figure. Values; one thread.
#pragma once

#include "bench/harness.hpp"
#include "bench/trained_ranker.hpp"
#include "store/event_log.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ars::bench {

struct ServedLog {
  ClusterId cluster;
  std::vector<store::Batch> batches;
  std::uint64_t events = 0;
  std::uint64_t event_bytes = 0;  // envelopes as stored
  std::string mix;                // in words
};

// Serves the seeded population with all agents, 16 requests a batch, into a log in memory.
// `ranker` may be null: then the fused order stands.
Result<ServedLog> serve_a_log(const Setting& setting, const TrainedRanker* ranker,
                              std::uint64_t requests);

// One key of one column family as the log writes it.
struct RawRow {
  std::size_t family = 0;  // position in store::column_families()
  std::string key;
  std::optional<std::string> value;  // empty: delete
};
struct RawBatch {
  std::vector<RawRow> rows;
  std::uint64_t events = 0;
};

// The rows that committing these batches in order puts into an empty log, records and indexes
// included. Errc::invalid: a batch that no log would take.
Result<std::vector<RawBatch>> raw_rows(const ServedLog& served);

}  // namespace ars::bench
