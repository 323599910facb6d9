// Named maxima of the model layer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ars::model::limits {

inline constexpr std::uint32_t items_max = 4u << 20;  // dense item indices
inline constexpr std::size_t categories_per_item_max = 16;
inline constexpr std::size_t attributes_per_item_max = 64;
inline constexpr std::size_t categories_max = 4096;
inline constexpr std::size_t top_list_max = 1000;      // maintained popularity lists
inline constexpr std::size_t category_list_max = 200;  // the same, per category
inline constexpr std::size_t newest_list_max = 500;
inline constexpr std::size_t category_newest_max = 50;
inline constexpr std::size_t covisitation_counters_max = 200;  // pair counters kept per item
inline constexpr std::size_t neighbours_max = 50;              // published per item
inline constexpr std::size_t companions_max = 20;              // counted with one interaction
inline constexpr std::size_t history_max = 50;
inline constexpr std::size_t candidates_max = 4000;  // of one request, after fusion
inline constexpr std::size_t recalls_max = 32;       // bits of a source mask
inline constexpr std::size_t slate_max = 200;
inline constexpr std::size_t features_max = 256;
inline constexpr std::size_t context_max = 256;  // context features of one request
inline constexpr std::size_t calibration_rounds_max = 100;

// formats
inline constexpr std::size_t line_bytes_max = 64 * 1024;
inline constexpr std::size_t read_chunk_bytes = 64 * 1024;
inline constexpr std::size_t columns_max = 4096;  // of one row
inline constexpr std::size_t bad_rows_max = 1'000'000;
inline constexpr std::size_t bad_row_text_bytes_max = 200;
inline constexpr std::size_t campaigns_max = 256;
inline constexpr std::size_t campaign_items_max = 65'535;

// ir
inline constexpr std::size_t program_bytes_max = 256 * 1024;
inline constexpr std::size_t program_depth_max = 16;
inline constexpr std::size_t nodes_max = 512;
inline constexpr std::size_t node_inputs_max = 64;
inline constexpr std::size_t attribute_items_max = 1024;
inline constexpr std::size_t identifier_bytes_max = 64;
inline constexpr std::uint64_t parameters_max = 256'000'000;
inline constexpr double flops_per_row_max = 1e9;
inline constexpr double activation_bytes_per_row_max = 64.0 * 1024 * 1024;
inline constexpr std::uint32_t sequence_length_max = 4096;
inline constexpr std::size_t input_columns_max = 4096;
inline constexpr std::uint32_t vocabulary_max = 1u << 28;

// training
inline constexpr std::uint32_t remedies_max = 3;
inline constexpr std::size_t arms_max = 64;
inline constexpr std::uint64_t train_rows_max = 20'000'000;
inline constexpr std::size_t job_bytes_max = 256 * 1024 * 1024;
inline constexpr std::size_t dataset_bytes_max = std::size_t{4} << 30;
inline constexpr std::uint32_t epochs_max = 1000;
inline constexpr std::uint32_t batch_rows_max = 65'536;
inline constexpr std::uint32_t trainer_threads_max = 64;

// torch
inline constexpr std::size_t score_rows_max = 4096;  // rows of one forward; more are split
inline constexpr std::size_t weights_bytes_max = std::size_t{1} << 30;

// evaluation
inline constexpr std::size_t bootstrap_draws_max = 50'000'000;  // users times resamples
inline constexpr std::size_t bootstrap_resamples_min = 1'000;

static_assert(neighbours_max <= covisitation_counters_max);
static_assert(category_list_max <= top_list_max);
static_assert(slate_max < candidates_max);

}  // namespace ars::model::limits
