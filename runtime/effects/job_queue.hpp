// Runs jobs in child processes, one after the other, on one background thread. A job gets a fresh
// directory of its own per try; one that the machine kills (a signal, or a timeout) is tried again,
// three times in total. Owned by the node's effect runner. submit(), wait(), cancel() and stop()
// may be called from any thread except the queue's own; the callbacks run on the queue's thread.
#pragma once

#include "events/base/id.hpp"
#include "events/base/result.hpp"
#include "runtime/effects/child_process.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace ars::runtime {

using JobId = Counter<struct JobIdTag>;

struct JobReport {
  std::filesystem::path directory;  // of the try that ended by itself; what it wrote lies here
  ChildExit exit;                   // ended by itself, with whatever exit code
  std::uint32_t tries = 0;
};

struct Job {
  std::string name;
  // argv, environment and limits; working_directory and on_line are the queue's: each try runs in
  // its own directory. silence_timeout is the heartbeat: a line at least that often.
  ChildSpec child;
  // Created by the queue, with `try-N` inside. Must not exist: a name is never used twice, also not
  // after a resume, so that no job meets files of another.
  std::filesystem::path directory;
  // Writes the inputs into a try's directory. May be empty.
  std::function<Result<void>(const std::filesystem::path& try_directory)> prepare;
  std::function<void(std::uint32_t try_number, std::string_view line)> on_line;
  // The outcome. If empty, the outcome waits for wait().
  std::function<void(const Result<JobReport>&)> on_result;
};

class JobQueue {
 public:
  JobQueue();
  ~JobQueue();  // stop()
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  // The outcome is a JobReport, or Errc::conflict: the directory exists; Errc::unavailable: killed
  // by the machine in every try, or it could not be started; Errc::stopping: cancelled or stopped;
  // what `prepare` failed with. submit itself fails with Errc::overloaded at
  // limits::jobs_queued_max waiting or limits::jobs_unclaimed_max unclaimed outcomes,
  // Errc::stopping after stop().
  Result<JobId> submit(Job job);
  // Blocks until the job has ended and gives its outcome, once. REQUIRES: no on_result.
  // Errc::timeout: not yet; Errc::not_found: no such job, or given before.
  Result<JobReport> wait(JobId id, std::chrono::milliseconds deadline);
  // Ends a job with Errc::stopping: one that runs soon, one that waits when its turn comes. No
  // effect on one that has ended.
  void cancel(JobId id);
  // Kills what runs, ends what waits, joins the thread. Again is harmless; one caller at a time.
  void stop();
  // Jobs that wait or run.
  std::size_t depth() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ars::runtime
