// AutoTrain's outside: turns TrainingRequested into a trainer process, and what came out into
// inputs. A job that was requested and has no result is run again after a restart, in a fresh
// directory. Owned by the run loop, whose thread alone calls.
#pragma once

#include "actors/evolution/autotrain/example_store.hpp"
#include "model/ranking/scorer.hpp"
#include "runtime/effects/job_queue.hpp"
#include "runtime/event_sourced/control.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>

namespace ars::actors {

// What a trainer process may use. Threads are part of the job: results depend on them.
struct TrainerProcess {
  std::uint32_t threads = 2;
  std::chrono::milliseconds heartbeat = std::chrono::minutes(5);  // longest silence
  runtime::ChildLimits limits;
};

struct TrainingSetting {
  std::filesystem::path directory;  // of job directories
  std::string program;              // the binary that has `trainer DIR`
  TrainerProcess trainer;
  std::shared_ptr<const model::ScorerFactory> scorers;  // for what explored rows say
  // Keeps the bytes under their hash before an event may name them.
  std::function<Result<Bytes32>(ByteSpan)> keep_blob;
  std::function<Result<std::vector<std::uint8_t>>(const Bytes32&)> load_blob;
};

class TrainingEffects {
 public:
  TrainingEffects(TrainingSetting setting, std::size_t rows_max);

  // Events in log order, live or from a scan after a restart.
  void observe(const events::Event& event);
  // Starts what was requested and neither runs nor has a result.
  Result<void> start_requested();
  bool waiting() const { return !requested_.empty(); }
  // The oldest job without a result. REQUIRES: waiting().
  const events::TrainingRequested& oldest() const { return requested_.begin()->second; }
  // Its reports and result as inputs; blocks up to the deadline. Errc::timeout: it still runs;
  // Errc::unavailable: the machine killed it in every try, or it failed outside of its training.
  Result<std::vector<runtime::InputDraft>> take(std::chrono::milliseconds deadline);
  void stop();

  const ExampleStore& examples() const { return examples_; }

 private:
  struct Running;
  std::filesystem::path job_directory(std::uint64_t job, std::uint32_t attempt) const;
  Result<void> start(const events::TrainingRequested& request);
  Result<std::vector<events::ArmResult>> live_arms(const Running& running);
  Result<std::vector<runtime::InputDraft>> read_result(const Running& running,
                                                       const std::filesystem::path& directory);

  TrainingSetting setting_;
  ExampleStore examples_;
  std::map<std::uint64_t, events::TrainingRequested> requested_;  // by job
  std::map<std::uint64_t, std::shared_ptr<Running>> running_;
  runtime::JobQueue queue_;
};

}  // namespace ars::actors
