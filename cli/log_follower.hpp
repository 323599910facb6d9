// Follows a log directory: opens what it holds now, then waits until it holds more. While another
// process writes it, a copy is opened - tables as hard links, the rest as it stands - and removed
// again, so that the writer is never disturbed. Owned by one command; one thread.
#pragma once

#include "cli/log_door.hpp"
#include "runtime/interrupt.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace ars::cli {

class LogFollower {
 public:
  explicit LogFollower(std::string directory);
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  // What is there now. Errc as open_log; unavailable: no copy of a busy log could be made.
  Result<std::optional<OpenLog>> open();
  // The same once the log has grown; empty when the wait was interrupted.
  Result<std::optional<OpenLog>> wait();

 private:
  Result<std::optional<OpenLog>> open_copy();
  void drop_copy();
  std::string mark() const;

  std::filesystem::path directory_;
  std::filesystem::path copy_;  // empty: none
  std::string seen_;
  runtime::Interrupt interrupt_;
};

}  // namespace ars::cli
