// Where `ars run --source` gets its interactions: an outside world that is asked for the next batch
// of inputs and is shown what was served. Owned by the run loop; its thread alone calls.
#pragma once

#include "events/evolution.hpp"
#include "runtime/event_sourced/control.hpp"

#include <memory>
#include <optional>
#include <string>

namespace ars::cli {

// Turns source ids into keyed pseudonyms; the key never enters the log.
class Pseudonyms {
 public:
  explicit Pseudonyms(const Bytes32& key) : key_(key) {}
  // First 16 bytes of HMAC-SHA256(key, tenant || 0 || scene || 0 || user).
  UserId user(const events::Scope& scope, std::string_view user) const;

 private:
  Bytes32 key_;
};

class Source {
 public:
  virtual ~Source() = default;
  virtual std::string name() const = 0;
  virtual Bytes32 data_hash() const = 0;
  // What the operator says first: bounds of evolution and the plan to start with.
  virtual events::EvolutionConfigured evolution() const = 0;
  virtual events::ServingPlan first_plan() const = 0;
  // The batch after `mark`, with at most `interactions_max` interactions; empty at the end of the
  // data. The mark in it is what is stored with it.
  virtual Result<std::optional<runtime::FormBatch>> next(const runtime::SourceMark& mark,
                                                         std::uint64_t interactions_max) = 0;
  // One committed event: what a closed loop answers to.
  virtual void observe(const events::Event& event) = 0;
  // Rows that this source could not take so far.
  virtual std::uint64_t quarantined() const = 0;
};

struct SourceSetting {
  std::string kind;  // sim | movielens | obd
  std::string directory;
  std::uint64_t target = 0;  // interactions that the run aims at; 0: all
  std::uint64_t seed = 1;
  Bytes32 pseudonym_key{};
  std::uint64_t slate_size = 10;
  std::uint64_t users = 400;
  std::uint64_t items = 600;
  bool trap = true;
  std::uint64_t arrivals_per_batch = 16;
  std::uint64_t first_training_after = 500;
  std::uint64_t checkpoint_every = 1000;
  std::uint64_t rows_max = 20'000;
  std::uint64_t seeds = 3;
  double canary_share = 0.2;
  double alpha = 0.05;
  double guardrail_margin = 0.05;
  std::uint64_t canary_requests_max = 4000;
  std::uint64_t job_delay = 256;
  double latency_budget_ms = 20;
  bool evolution = true;
};

// Errc::invalid: no such kind, or what the readers say; Errc::not_found: no such path.
Result<std::unique_ptr<Source>> open_source(const SourceSetting& setting);

}  // namespace ars::cli
