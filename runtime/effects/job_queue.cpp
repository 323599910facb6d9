#include "runtime/effects/job_queue.hpp"

#include "events/base/check.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>

namespace ars::runtime {

struct JobQueue::State {
  struct Waiting {
    JobId id;
    Job job;
    bool cancelled = false;
  };

  // SHARED: callers block in wait() for a job that this thread runs; a blocking wait is what
  // lockstep needs, and a mailbox cannot give it.
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Waiting> waiting;
  std::map<JobId, Result<JobReport>> unclaimed;
  std::set<JobId> expected;  // waiting or running, outcome to be fetched by wait()
  std::optional<JobId> running;
  ChildProcess* child = nullptr;  // of the running try
  bool cancel_running = false;
  bool stopping = false;
  JobId last_id;
  std::thread thread;

  void run();
  Result<JobReport> run_job(const Job& job);
  Result<ChildExit> run_try(const Job& job, std::uint32_t number,
                            const std::filesystem::path& directory);
  void finish(JobId id, const Job& job, Result<JobReport> outcome);
};

namespace {

Result<void> create_fresh(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::create_directories(directory, error)) return success();
  if (error)
    return fail(Errc::unavailable, fmt::format("{}: {}", directory.string(), error.message()));
  return fail(Errc::conflict,
              fmt::format("{} exists; a job directory is used once", directory.string()));
}

}  // namespace

Result<ChildExit> JobQueue::State::run_try(const Job& job, std::uint32_t number,
                                           const std::filesystem::path& directory) {
  ARS_TRY(create_fresh(directory));
  if (job.prepare) {
    ARS_TRY(job.prepare(directory));
  }
  auto spec = job.child;
  spec.working_directory = directory.string();
  if (job.on_line) {
    spec.on_line = [&job, number](std::string_view line) { job.on_line(number, line); };
  }
  ARS_TRY(auto process, ChildProcess::spawn(std::move(spec)));
  {
    const std::lock_guard lock(mutex);
    if (cancel_running) process->kill();
    child = process.get();
  }
  auto exit = process->wait();
  const std::lock_guard lock(mutex);
  child = nullptr;
  return exit;
}

Result<JobReport> JobQueue::State::run_job(const Job& job) {
  ARS_TRY(create_fresh(job.directory));
  std::string last;
  for (std::uint32_t number = 1; number <= limits::job_tries_max; ++number) {
    const auto directory = job.directory / fmt::format("try-{}", number);
    ARS_TRY(auto exit, run_try(job, number, directory));
    if (exit.ending == ChildEnding::cancelled) return fail(Errc::stopping, "cancelled");
    if (exit.ending == ChildEnding::exited) return JobReport{directory, std::move(exit), number};
    last = describe(exit, job.child);
    if (!exit.stderr_tail.empty()) last += "; its last words: " + exit.stderr_tail;
  }
  return fail(Errc::unavailable,
              fmt::format("the machine ended it {} times: {}", limits::job_tries_max, last));
}

void JobQueue::State::finish(JobId id, const Job& job, Result<JobReport> outcome) {
  if (outcome.has_error())
    outcome.assume_error() = within("job " + job.name, outcome.assume_error());
  if (job.on_result) job.on_result(outcome);
  const std::lock_guard lock(mutex);
  if (expected.erase(id) > 0) unclaimed.emplace(id, std::move(outcome));
  if (running == id) running.reset();
  cancel_running = false;
  changed.notify_all();
}

void JobQueue::State::run() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return stopping || !waiting.empty(); });
    if (waiting.empty()) return;
    auto next = std::move(waiting.front());
    waiting.pop_front();
    running = next.id;
    const bool dropped = stopping || next.cancelled;
    lock.unlock();
    auto outcome = dropped ? Result<JobReport>(fail(Errc::stopping, "cancelled before it ran"))
                           : run_job(next.job);
    finish(next.id, next.job, std::move(outcome));
    lock.lock();
  }
}

JobQueue::JobQueue() : state_(std::make_unique<State>()) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

JobQueue::~JobQueue() { stop(); }

Result<JobId> JobQueue::submit(Job job) {
  auto& s = *state_;
  const std::lock_guard lock(s.mutex);
  if (s.stopping) return fail(Errc::stopping, "the job queue stops");
  if (s.waiting.size() >= limits::jobs_queued_max) {
    return fail(Errc::overloaded, fmt::format("{} jobs wait already", s.waiting.size()));
  }
  if (s.expected.size() + s.unclaimed.size() >= limits::jobs_unclaimed_max) {
    return fail(Errc::overloaded, fmt::format("{} outcomes are unclaimed", s.unclaimed.size()));
  }
  s.last_id = s.last_id.next();
  if (!job.on_result) s.expected.insert(s.last_id);
  s.waiting.push_back({s.last_id, std::move(job)});
  s.changed.notify_all();
  return s.last_id;
}

Result<JobReport> JobQueue::wait(JobId id, std::chrono::milliseconds deadline) {
  auto& s = *state_;
  ARS_CHECK(std::this_thread::get_id() != s.thread.get_id(), "wait() from the queue's own thread");
  std::unique_lock lock(s.mutex);
  const bool ended = s.changed.wait_for(lock, deadline, [&] { return !s.expected.contains(id); });
  if (!ended) return fail(Errc::timeout, fmt::format("job {} has not ended", id.value()));
  auto node = s.unclaimed.extract(id);
  if (node.empty()) return fail(Errc::not_found, fmt::format("no outcome of job {}", id.value()));
  return std::move(node.mapped());
}

void JobQueue::cancel(JobId id) {
  auto& s = *state_;
  const std::lock_guard lock(s.mutex);
  if (s.running == id) {
    s.cancel_running = true;
    if (s.child != nullptr) s.child->kill();
    return;
  }
  for (auto& each : s.waiting)
    each.cancelled = each.cancelled || each.id == id;
}

void JobQueue::stop() {
  auto& s = *state_;
  {
    const std::lock_guard lock(s.mutex);
    s.stopping = true;
    s.cancel_running = s.running.has_value();
    if (s.child != nullptr) s.child->kill();
    s.changed.notify_all();
  }
  if (s.thread.joinable()) s.thread.join();
}

std::size_t JobQueue::depth() const {
  const std::lock_guard lock(state_->mutex);
  return state_->waiting.size() + (state_->running.has_value() ? 1 : 0);
}

}  // namespace ars::runtime
