// Named maxima and fixed numbers of the actors layer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ars::actors::limits {

inline constexpr std::size_t history_max = 50;
inline constexpr std::size_t passed_max = 300;  // looked at and not taken
inline constexpr std::size_t companions_max = 10;
inline constexpr std::size_t seen_max = 4096;  // 16 KiB of a user's state
inline constexpr std::uint32_t light_user_interactions = 20;
inline constexpr float positive_rating = 4.0f;
inline constexpr std::size_t candidates_max = 2000;       // rows of a candidate matrix
inline constexpr std::size_t ranked_max = 100;            // candidates a ranking fact keeps
inline constexpr std::size_t scorers_max = 16;            // models kept loaded
inline constexpr std::size_t pending_requests_max = 512;  // between two stages of one batch
inline constexpr std::size_t joins_pending_max = 2048;    // of one user
inline constexpr std::size_t recent_interactions_max = 2048;
inline constexpr std::uint64_t matrix_sample_every = 101;  // one matrix in so many is kept whole
inline constexpr std::uint64_t statistics_every_inputs = 200;
inline constexpr std::uint32_t noise_runs = 2;  // runs of the base beside the pairs
inline constexpr std::size_t features_tried_max = 200;
inline constexpr std::uint64_t planted_tries_max = 2;  // of a feature that the operator offers
inline constexpr std::uint64_t stale_after_checkpoints = 4;   // since a ranker was trained
inline constexpr std::uint64_t retry_after_checkpoints = 10;  // of an idea that failed once
inline constexpr std::size_t negative_cases_max = 200;
inline constexpr std::uint64_t look_every_rewards = 100;  // of the metric, in a canary
inline constexpr std::uint64_t shadow_requests = 600;     // of a variant without training
inline constexpr std::size_t reward_window = 1000;        // rewards that set the mixing prior
inline constexpr double non_inferiority_share = 0.01;     // of the champion's reward
inline constexpr double guardrail_tau = 0.05;             // of delayed rewards in [0, 1]
inline constexpr std::size_t negatives_per_rating = 8;
inline constexpr std::size_t explored_rows_max = 2000;
inline constexpr std::size_t slates_waiting_max = 4096;  // for their outcome, in the example store
inline constexpr std::uint64_t credit_window_requests = 1000;

static_assert(companions_max <= history_max);
static_assert(ranked_max <= candidates_max);

}  // namespace ars::actors::limits
