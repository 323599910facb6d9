// A directory that a test may fill and that is gone afterwards. One owner: a test.
#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

namespace ars::test {

class Scratch {
 public:
  Scratch()
      : path_(root() /
              ("ars_store_" + std::to_string(::getpid()) + "_" + std::to_string(counter_++))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  // Memory where there is some: a test makes many logs, and syncing them to a disk takes seconds.
  static std::filesystem::path root() {
    return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
  }
  static inline std::atomic<int> counter_ = 0;
  std::filesystem::path path_;
};

}  // namespace ars::test
