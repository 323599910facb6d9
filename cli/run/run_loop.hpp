// The loop of `ars run`: feeds one source to a node, brings training results back in, plays the
// frozen twin beside a simulated source, and says in short sentences what changes. Owned by the run
// command; its thread alone calls.
#pragma once

#include "actors/evolution/autotrain/autotrain_effects.hpp"
#include "cli/compose.hpp"
#include "runtime/config.hpp"

#include <functional>
#include <optional>

namespace ars::cli {

struct RunOptions {
  SourceSetting source;
  std::filesystem::path directory;
  std::filesystem::path pseudonym_key_file;  // empty: in the directory
  std::uint64_t limit = 0;                   // interactions in the log; 0: to the end of the source
  bool lockstep = false;
  std::uint64_t interactions_per_batch = 32;
  std::uint64_t stage_deadline_ms = 200;
  actors::TrainerProcess trainer;
  std::optional<runtime::Config> kafka;         // publish the log there
  std::optional<runtime::Config> http;          // serve health and metrics
  std::function<void(const std::string&)> say;  // one sentence of progress
  std::function<bool()> interrupted;            // asked once a batch
};

struct RunEnd {
  bool interrupted = false;
  std::uint64_t interactions = 0;
};

// Runs to the limit, the end of the data, or an interrupt; then closes the log. A finished log is
// opened and closed, nothing is appended. Errc as open_node, open_source and KafkaLink;
// Errc::overloaded: a training job was killed by the machine three times.
Result<RunEnd> run(const RunOptions& options);

}  // namespace ars::cli
