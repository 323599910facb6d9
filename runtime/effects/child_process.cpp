#include "runtime/effects/child_process.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "runtime/limits.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace ars::runtime {
namespace {

// One end of a pipe, or a file; closed at the end of its life.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

// Above the numbers that the child uses itself, so that no dup2 there can hit a pipe of ours.
constexpr int first_free_descriptor = 10;

Result<Descriptor> moved_up(int fd) {
  Descriptor low(fd);
  Descriptor high(::fcntl(fd, F_DUPFD_CLOEXEC, first_free_descriptor));
  if (!high.open()) return fail(Errc::unavailable, fmt::format("fcntl: {}", std::strerror(errno)));
  return high;
}

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return fail(Errc::unavailable, fmt::format("pipe: {}", std::strerror(errno)));
  }
  auto read = moved_up(ends[0]);
  auto write = moved_up(ends[1]);
  ARS_TRY(auto read_end, std::move(read));
  ARS_TRY(auto write_end, std::move(write));
  return Pipe{std::move(read_end), std::move(write_end)};
}

// Which call of the child failed, and why; sent up the pipe that closes when exec succeeds.
enum class Step : int { limits, directory, program, death_signal, descriptors };
struct SpawnFailure {
  Step step;
  int error;
};

// Everything the child needs, made before the fork: after it only async-signal-safe calls are
// allowed, since another thread of the parent may have held any lock.
struct Prepared {
  std::string program;
  std::vector<std::string> environment_text;
  std::vector<char*> argv;
  std::vector<char*> environment;
  const char* directory = nullptr;
  std::array<std::pair<__rlimit_resource_t, rlimit>, 5> limits{};
  std::size_t limit_count = 0;
  int parent = 0;
  int out = -1;
  int err = -1;
  int failure = -1;
  int open_max = 0;
};

[[noreturn]] void child_fails(const Prepared& p, Step step) {
  const SpawnFailure failure{step, errno};
  static_cast<void>(!::write(p.failure, &failure, sizeof(failure)));
  ::_exit(127);
}

// Closes every descriptor from `first` on.
void close_from(int first, int open_max) {
  if (::syscall(SYS_close_range, first, ~0U, 0) == 0) return;
  for (int fd = first; fd < open_max; ++fd)
    ::close(fd);
}

void restore_signals() {
  for (int number = 1; number < NSIG; ++number)
    ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Runs in the forked child, signals blocked. Never returns.
[[noreturn]] void become_program(Prepared& p) {
  ::setpgid(0, 0);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) child_fails(p, Step::death_signal);
  if (::getppid() != p.parent) ::_exit(127);  // it died before the call above
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) child_fails(p, Step::death_signal);
  if (p.directory != nullptr && ::chdir(p.directory) != 0) child_fails(p, Step::directory);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing < 0 || ::dup2(nothing, 0) < 0 || ::dup2(p.out, 1) < 0 || ::dup2(p.err, 2) < 0 ||
      ::dup2(p.failure, 3) < 0 || ::fcntl(3, F_SETFD, FD_CLOEXEC) < 0) {
    child_fails(p, Step::descriptors);
  }
  p.failure = 3;
  close_from(4, p.open_max);
  for (std::size_t i = 0; i < p.limit_count; ++i) {
    if (::setrlimit(p.limits[i].first, &p.limits[i].second) != 0) child_fails(p, Step::limits);
  }
  restore_signals();
  ::execve(p.program.c_str(), p.argv.data(), p.environment.data());
  child_fails(p, Step::program);
}

// The path that execve gets: as given when it has a slash, else found in PATH.
Result<std::string> find_program(const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (name.find('/') != std::string::npos) return fs::absolute(name, ignored).string();
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    const auto candidate = fs::path(rest.substr(0, end)) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate.string();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return fail(Errc::not_found, fmt::format("no program {} in PATH", name));
}

void prepare_environment(const ChildSpec& spec, Prepared& p) {
  const auto name_of = [](std::string_view entry) { return entry.substr(0, entry.find('=')); };
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const auto replaced =
        std::any_of(spec.environment.begin(), spec.environment.end(),
                    [&](const std::string& ours) { return name_of(ours) == name_of(*each); });
    if (!replaced) p.environment_text.emplace_back(*each);
  }
  p.environment_text.insert(p.environment_text.end(), spec.environment.begin(),
                            spec.environment.end());
  for (auto& each : p.environment_text)
    p.environment.push_back(each.data());
  p.environment.push_back(nullptr);
}

void prepare_limits(const ChildLimits& limits, Prepared& p) {
  // A core of a large process may fill the disk that the log needs.
  p.limits[p.limit_count++] = {RLIMIT_CORE, {0, 0}};
  const auto add = [&p](__rlimit_resource_t resource, std::uint64_t value) {
    if (value > 0) p.limits[p.limit_count++] = {resource, {value, value}};
  };
  add(RLIMIT_AS, limits.address_space_bytes);
  add(RLIMIT_CPU, limits.cpu_seconds);
  add(RLIMIT_FSIZE, limits.file_bytes);
  add(RLIMIT_NOFILE, limits.open_files);
}

Result<void> check_started(int failure_pipe, const ChildSpec& spec) {
  SpawnFailure failure{};
  ssize_t got = 0;
  do {
    got = ::read(failure_pipe, &failure, sizeof(failure));
  } while (got < 0 && errno == EINTR);
  if (got == 0) return success();
  const auto why = std::strerror(failure.error);
  switch (failure.step) {
    case Step::directory:
      return fail(Errc::not_found, fmt::format("directory {}: {}", spec.working_directory, why));
    case Step::program: {
      const auto code = failure.error == EACCES                              ? Errc::denied
                        : failure.error == ENOENT                            ? Errc::not_found
                        : failure.error == ENOMEM || failure.error == EAGAIN ? Errc::unavailable
                                                                             : Errc::invalid;
      return fail(code, fmt::format("program {}: {}", spec.argv[0], why));
    }
    case Step::limits:
      return fail(Errc::invalid, fmt::format("limits of {}: {}", spec.argv[0], why));
    case Step::death_signal:
    case Step::descriptors:
      break;
  }
  return fail(Errc::unavailable, fmt::format("cannot set up the process: {}", why));
}

// Forks with all signals blocked, so that no handler of ours runs in the child.
int fork_program(Prepared& p) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const int pid = ::fork();
  if (pid == 0) become_program(p);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

bool elapsed(std::chrono::steady_clock::time_point since, std::chrono::milliseconds limit) {
  return limit.count() > 0 && std::chrono::steady_clock::now() - since >= limit;
}

}  // namespace

struct ChildProcess::Pipes {
  Pipe out;
  Pipe err;
};

std::string_view to_string(ChildEnding ending) {
  switch (ending) {
    case ChildEnding::exited:
      return "exited";
    case ChildEnding::signalled:
      return "signalled";
    case ChildEnding::timed_out:
      return "timed out";
    case ChildEnding::silent:
      return "silent";
    case ChildEnding::cancelled:
      return "cancelled";
  }
  return "unknown";
}

std::string describe(const ChildExit& exit, const ChildSpec& spec) {
  switch (exit.ending) {
    case ChildEnding::exited:
      return fmt::format("exit code {}", exit.value);
    case ChildEnding::signalled:
      return fmt::format("killed by signal {}", exit.value);
    case ChildEnding::timed_out:
      return fmt::format("killed: not done after {} ms", spec.timeout.count());
    case ChildEnding::silent:
      return fmt::format("killed: no line for {} ms", spec.silence_timeout.count());
    case ChildEnding::cancelled:
      return "cancelled";
  }
  return "unknown";
}

ChildProcess::ChildProcess(Key, ChildSpec spec)
    : spec_(std::move(spec)), pipes_(std::make_unique<Pipes>()) {}

Result<std::unique_ptr<ChildProcess>> ChildProcess::spawn(ChildSpec spec) {
  if (spec.argv.empty()) return fail(Errc::invalid, "a child process needs a program");
  Prepared p;
  ARS_TRY(p.program, find_program(spec.argv[0]));
  auto child = std::make_unique<ChildProcess>(Key{}, std::move(spec));
  auto& s = child->spec_;
  ARS_TRY(child->pipes_->out, make_pipe());
  ARS_TRY(child->pipes_->err, make_pipe());
  ARS_TRY(auto failure, make_pipe());
  for (auto& each : s.argv)
    p.argv.push_back(each.data());
  p.argv.push_back(nullptr);
  prepare_environment(s, p);
  prepare_limits(s.limits, p);
  if (!s.working_directory.empty()) p.directory = s.working_directory.c_str();
  p.parent = ::getpid();
  p.out = child->pipes_->out.write.get();
  p.err = child->pipes_->err.write.get();
  p.failure = failure.write.get();
  p.open_max = narrow<int>(std::clamp(::sysconf(_SC_OPEN_MAX), 256L, 1L << 20));

  child->started_ = child->last_line_ = std::chrono::steady_clock::now();
  child->pid_ = fork_program(p);
  if (child->pid_ < 0)
    return fail(Errc::unavailable, fmt::format("fork: {}", std::strerror(errno)));
  ::setpgid(child->pid_, child->pid_);  // both sides do it, so that neither has to wait
  failure.write.close();
  child->pipes_->out.write.close();
  child->pipes_->err.write.close();
  ARS_TRY(check_started(failure.read.get(), s));
  for (const auto* each : {&child->pipes_->out.read, &child->pipes_->err.read}) {
    ::fcntl(each->get(), F_SETFL, O_NONBLOCK);
  }
  return child;
}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0 || reaped_) return;
  kill_group();
  reap(ChildEnding::cancelled);
}

void ChildProcess::kill_group() const { ::kill(-pid_, SIGKILL); }

void ChildProcess::take_stdout(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    const auto room = limits::child_line_bytes_max - line_.size();
    const auto take = std::min({newline, bytes.size(), room});
    line_.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
    const bool ended = !bytes.empty() && bytes.front() == '\n';
    if (ended) bytes.remove_prefix(1);
    if (ended || line_.size() == limits::child_line_bytes_max) {
      last_line_ = std::chrono::steady_clock::now();
      if (spec_.on_line) spec_.on_line(line_);
      line_.clear();
    }
  }
}

// Reads what is there from both pipes, at most 1 MiB of each, so that a flood cannot hide the
// timeouts; closes those at their end.
void ChildProcess::drain() {
  constexpr int reads_max = 64;  // more than a pipe can hold
  std::array<char, 16 * 1024> buffer;
  for (auto* pipe : {&pipes_->out, &pipes_->err}) {
    for (int i = 0; i < reads_max && pipe->read.open(); ++i) {
      const auto got = ::read(pipe->read.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) break;
      if (got <= 0) {
        pipe->read.close();
        break;
      }
      const std::string_view bytes(buffer.data(), narrow<std::size_t>(got));
      if (pipe == &pipes_->out) {
        take_stdout(bytes);
        continue;
      }
      stderr_tail_.append(bytes);
      const auto tail = limits::child_stderr_tail_bytes;
      if (stderr_tail_.size() > tail) stderr_tail_.erase(0, stderr_tail_.size() - tail);
    }
  }
}

// Waits for output at most one tick. False once the child has ended (it is not reaped yet).
bool ChildProcess::pump() {
  const int tick_ms = pipes_->out.read.open() || pipes_->err.read.open() ? 20 : 2;
  std::array<pollfd, 2> polled{
      {{pipes_->out.read.get(), POLLIN, 0}, {pipes_->err.read.get(), POLLIN, 0}}};
  ::poll(polled.data(), polled.size(), tick_ms);
  drain();
  siginfo_t info{};
  const int got = ::waitid(P_PID, narrow<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  return !(got == 0 && info.si_pid == pid_);
}

ChildExit ChildProcess::wait() {
  ARS_CHECK(!reaped_, "wait() is called once");
  auto forced = ChildEnding::exited;
  while (pump()) {
    if (kill_asked_.load()) {
      forced = ChildEnding::cancelled;
    } else if (elapsed(started_, spec_.timeout)) {
      forced = ChildEnding::timed_out;
    } else if (elapsed(last_line_, spec_.silence_timeout)) {
      forced = ChildEnding::silent;
    }
    if (forced != ChildEnding::exited) break;
  }
  kill_group();  // also the child's own children; not reaped yet, so the number is still ours
  return reap(forced);
}

ChildExit ChildProcess::reap(ChildEnding forced) {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  drain();
  if (!line_.empty() && spec_.on_line) spec_.on_line(line_);
  line_.clear();
  ChildExit exit{forced, 0, std::move(stderr_tail_)};
  if (forced != ChildEnding::exited) return exit;
  if (WIFSIGNALED(status)) {
    exit.ending = ChildEnding::signalled;
    exit.value = WTERMSIG(status);
  } else {
    exit.value = WEXITSTATUS(status);
  }
  return exit;
}

}  // namespace ars::runtime
