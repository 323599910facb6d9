// Runs the real binary as a user would: to its end, or as a process that a test may signal. Values
// of one test; one thread.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace ars::test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// A directory that goes away with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "ars-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

inline std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_text(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

struct Ended {
  int code = -1;   // exit code
  int signal = 0;  // that ended it, or 0
  std::string out;
  std::string err;
};

inline std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

// `ars ARGUMENTS`, split at blanks.
class Process {
 public:
  Process(const Folder& folder, const std::string& arguments)
      : out_(folder / "stdout"), err_(folder / "stderr") {
    auto words = words_of(arguments);
    std::vector<char*> argv;
    std::string program = ARS_BINARY;
    argv.push_back(program.data());
    for (auto& word : words)
      argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    ::dup2(::open(out_.c_str(), flags, 0600), 1);
    ::dup2(::open(err_.c_str(), flags, 0600), 2);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  ~Process() {
    if (ended_) return;
    send(SIGKILL);
    wait();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(int signal) const { ::kill(pid_, signal); }
  Ended wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return ended(status);
  }
  // Empty: it still runs after that long.
  std::optional<Ended> wait_for(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) return ended(status);
      if (std::chrono::steady_clock::now() >= end) return std::nullopt;
      std::this_thread::sleep_for(1ms);
    }
  }
  // The first child process that lives, 0: none.
  pid_t child() const {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
      const auto name = entry.path().filename().string();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      const auto stat = text_of(entry.path() / "stat");
      const auto behind = stat.rfind(')');
      if (behind == std::string::npos) continue;
      std::istringstream fields(stat.substr(behind + 1));
      char state = 0;
      pid_t parent = 0;
      fields >> state >> parent;
      if (parent == pid_ && state != 'Z') return std::stoi(name);
    }
    return 0;
  }

 private:
  Ended ended(int status) {
    ended_ = true;
    Ended out{WIFEXITED(status) ? WEXITSTATUS(status) : -1,
              WIFSIGNALED(status) ? WTERMSIG(status) : 0, text_of(out_), text_of(err_)};
    return out;
  }
  fs::path out_;
  fs::path err_;
  pid_t pid_ = 0;
  bool ended_ = false;
};

inline Ended run_ars(const Folder& folder, const std::string& arguments) {
  return Process(folder, arguments).wait();
}

// Whether a process has ended; one that waits to be reaped has.
inline bool is_gone(pid_t pid) {
  const auto stat = text_of("/proc/" + std::to_string(pid) + "/stat");
  const auto behind = stat.rfind(')');
  return behind == std::string::npos || stat.compare(behind + 2, 1, "Z") == 0;
}

// The value of a name in JSON, as it stands there; the first one of that name.
inline std::string field(const std::string& json, const std::string& name) {
  const auto at = json.find("\"" + name + "\":");
  if (at == std::string::npos) return {};
  const auto start = at + name.size() + 3;
  return json.substr(start, json.find_first_of(",}", start) - start);
}

}  // namespace ars::test
