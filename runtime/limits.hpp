// Named maxima of the runtime layer. At each of them we refuse or stop reading; nothing is dropped
// silently. Constants; any thread.
#pragma once

#include "events/limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ars::runtime::limits {

// effects: child processes and the queue that runs them.
inline constexpr std::size_t child_line_bytes_max = 64 * 1024;  // a longer line comes in pieces
inline constexpr std::size_t child_stderr_tail_bytes = 8 * 1024;
inline constexpr std::size_t jobs_queued_max = 16;
inline constexpr std::size_t jobs_unclaimed_max = 64;
inline constexpr std::uint32_t job_tries_max = 3;

// dispatch and partitions.
inline constexpr std::size_t agents_max = 256;  // in one composition
inline constexpr std::size_t batch_inputs_max = 10'000;
inline constexpr std::size_t cascade_stages_max = 16;
inline constexpr std::size_t publish_records_max = 2000;     // in one append to a backend
inline constexpr std::size_t blob_chunk_bytes = 512 * 1024;  // of weights, in one record
inline constexpr std::size_t blob_chunks_max = 2048;         // of one blob
inline constexpr std::size_t blob_chunks_in_flight = 8;      // in one append or fetch
inline constexpr std::size_t blob_bytes_waiting_max = std::size_t{1} << 30;  // of blobs in pieces
inline constexpr std::size_t adopt_records_max = 2000;     // of one fetch, and of one commit
inline constexpr std::size_t adopt_batch_max = 65'536;     // records of one batch held back
inline constexpr std::size_t repeats_remembered = 65'536;  // ids of records that a repeat may have
inline constexpr std::size_t foreign_records_max = 100'000;  // looked back over for one of ours
inline constexpr std::uint32_t attempts_max = 2;             // of one agent on one input
inline constexpr std::uint32_t failures_before_quarantine = 6;
inline constexpr std::uint64_t failure_memory_batches = 64;  // failures further apart do not add up
inline constexpr std::uint64_t quarantine_batches = 64;
inline constexpr std::size_t steps_in_flight_max = 512;  // with one shell
inline constexpr std::size_t questions_in_piece_max = 1024;
inline constexpr std::size_t question_pieces_in_flight_max = 2;  // abandoned ones included
inline constexpr std::uint64_t snapshot_every_batches = 64;
inline constexpr std::size_t snapshot_cuts_kept = 3;

// sim: how bad the simulated world gets.
inline constexpr std::uint64_t sim_outage_ms_max = 300;
inline constexpr std::uint64_t sim_delay_ms_max = 400;
inline constexpr std::size_t sim_request_records_max = 16;
inline constexpr std::size_t sim_requests_in_flight = 5;  // as librdkafka's idempotent producer

// replay.
inline constexpr std::size_t replay_chunk_bytes = 1 << 18;  // whole batches; the last may exceed it
inline constexpr std::size_t replay_chunks = 8;             // under way at once
inline constexpr std::ptrdiff_t rebuild_writes_max = 20'000;  // in one commit
inline constexpr std::size_t rescore_questions = 256;         // asked of the model in one go

// config.
inline constexpr std::size_t config_file_bytes_max = 1 << 20;

// telemetry.
inline constexpr std::size_t metric_series_max = 500;  // of one metric; further ones share a series

// net: the HTTP server.
inline constexpr std::size_t http_header_bytes_max = 8 * 1024;
inline constexpr std::size_t http_body_bytes_max = 1 << 20;
inline constexpr std::size_t http_connections_max = 128;

// kafka.
inline constexpr std::size_t kafka_namespace_length_max = 100;
inline constexpr std::size_t kafka_message_bytes_max = 1 << 20;
inline constexpr std::size_t kafka_queue_messages_max = 20'000;
inline constexpr std::size_t kafka_queue_bytes_max = std::size_t{64} << 20;
inline constexpr std::size_t kafka_prefetch_messages = 100'000;  // the bytes below count first
inline constexpr std::size_t kafka_prefetch_bytes_max = std::size_t{16} << 20;
inline constexpr std::size_t kafka_log_lines_max = 4096;

static_assert(events::limits::envelope_bytes_max + 64 * 1024 < kafka_message_bytes_max);
static_assert(repeats_remembered >= 2 * publish_records_max);
static_assert(blob_chunk_bytes + 4096 < events::limits::payload_bytes_max);
static_assert(blob_chunks_max * blob_chunk_bytes >= blob_bytes_waiting_max);
static_assert(jobs_queued_max <= jobs_unclaimed_max);
static_assert(child_stderr_tail_bytes <= child_line_bytes_max);

}  // namespace ars::runtime::limits
