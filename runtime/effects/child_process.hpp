// One child process with limits: argv, limits and working directory in, lines of stdout and how it
// ended out. The child gets its own process group, an empty stdin, no other open file, no way to
// gain privileges, and SIGKILL from the kernel when its parent dies.
// Owned by the job queue, or by a test. The thread that spawns must stay alive as long as the child
// (the kernel's death signal is tied to that thread) and calls wait(); kill() may come from any.
#pragma once

#include "events/base/result.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ars::runtime {

// 0 means no limit of ours.
struct ChildLimits {
  std::uint64_t address_space_bytes = 0;
  std::uint64_t cpu_seconds = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t open_files = 0;
};

struct ChildSpec {
  std::vector<std::string> argv{};         // argv[0]: a path, or a name to look up in PATH
  std::vector<std::string> environment{};  // NAME=value, over what this process has
  std::string working_directory{};         // empty: ours
  ChildLimits limits{};
  std::chrono::milliseconds timeout{0};                  // for the whole run; 0: none
  std::chrono::milliseconds silence_timeout{0};          // between two lines of stdout; 0: none
  std::function<void(std::string_view line)> on_line{};  // without the newline; during wait()
};

enum class ChildEnding : std::uint8_t {
  exited,     // by itself; value is the exit code
  signalled,  // by a signal that was not ours; value is the signal
  timed_out,  // we killed it: the run took too long
  silent,     // we killed it: no line for too long
  cancelled,  // we killed it: kill() was called
};
std::string_view to_string(ChildEnding ending);

struct ChildExit {
  ChildEnding ending = ChildEnding::exited;
  int value = 0;
  std::string stderr_tail{};
  friend bool operator==(const ChildExit&, const ChildExit&) = default;
};
// "exit code 3", "signal 9", "no sign of life for 30 s": for messages.
std::string describe(const ChildExit& exit, const ChildSpec& spec);

class ChildProcess {
  struct Key {};

 public:
  // Forks and executes; returns once the new program runs. Errc::not_found: no such program or
  // directory; Errc::denied; Errc::invalid: empty argv, or a limit below what this process may set;
  // Errc::unavailable: out of processes, files or memory.
  static Result<std::unique_ptr<ChildProcess>> spawn(ChildSpec spec);
  ChildProcess(Key, ChildSpec spec);  // through spawn()
  // Kills the whole group and waits for it, if wait() did not end before.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Delivers lines until the child has ended, then kills what is left of its group. Once.
  ChildExit wait();
  // Asks for the end; wait() returns `cancelled` soon after. Any thread.
  void kill() { kill_asked_.store(true); }
  int pid() const { return pid_; }

 private:
  struct Pipes;
  bool pump();
  void take_stdout(std::string_view bytes);
  void drain();
  ChildExit reap(ChildEnding forced);
  void kill_group() const;

  ChildSpec spec_;
  std::unique_ptr<Pipes> pipes_;
  int pid_ = -1;
  bool reaped_ = false;
  std::string line_;
  std::string stderr_tail_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point last_line_;
  // SHARED: set by whoever cancels, seen by the thread in wait(), which sits in poll(2) and reads
  // no mailbox.
  std::atomic<bool> kill_asked_{false};
};

}  // namespace ars::runtime
