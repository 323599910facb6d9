// Named maxima of the store layer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ars::store::limits {

// Streams (topic partitions) of one log: the tail file has a slot for each.
inline constexpr std::size_t streams_max = 700;
// Agents whose last sequence and hash are remembered between commits; beyond, the index answers.
inline constexpr std::size_t agent_tails_max = 65'536;
// Records and writes of one commit.
inline constexpr std::size_t batch_records_max = 65'536;
inline constexpr std::size_t batch_bytes_max = 256u << 20;
// Events between two rewrites of the signed head file.
inline constexpr std::uint64_t head_every_events = 10'000;
// Records per stream whose chain is checked again when a log is opened for writing.
inline constexpr std::uint64_t recheck_records = 200;
// A blob up to this size rides in the batch; a larger one is a file.
inline constexpr std::size_t blob_inline_max = 64u << 10;
inline constexpr std::size_t blob_bytes_max = 1u << 30;
// A family key.
inline constexpr std::size_t key_bytes_max = 4096;
// Files that a verifier reads whole: write-ahead logs, manifests.
inline constexpr std::uint64_t whole_file_bytes_max = 1ull << 30;

}  // namespace ars::store::limits
