// A directory of its own for one test case, removed at its end. Owned by the case; one thread.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace ars::test {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    auto pattern = (std::filesystem::temp_directory_path() / "ars_formats_XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const { return path_; }
  void write(const std::string& name, std::string_view text) const {
    const auto at = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(at.parent_path());
    std::ofstream(at, std::ios::binary) << text;
  }

 private:
  std::string path_;
};

// Where the real data lies: ARS_DATA_DIR, else ../shared/data beside the sources.
inline std::string data_directory() {
  const char* set = std::getenv("ARS_DATA_DIR");
  if (set != nullptr && *set != '\0') return set;
  return std::string(ARS_SOURCE_DIR) + "/../shared/data";
}

}  // namespace ars::test
