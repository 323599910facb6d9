// Small logs on disk for tests of damage: how they are filled, copied, flipped and listed.
// One owner: a test.
#pragma once

#include "store/rocksdb/rocksdb_log.hpp"
#include "test/contract/store/log_events.hpp"
#include "test/contract/store/results.hpp"
#include "test/contract/store/scratch.hpp"

#include <sys/stat.h>

#include <fstream>
#include <map>
#include <sstream>

namespace ars::test {

namespace fs = std::filesystem;

struct Written {
  store::Pointer at;
  std::uint64_t time_ns = 0;
  std::size_t batch = 0;
};

inline std::string contents_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}
inline void overwrite(const fs::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::vector<fs::path> files_in(const fs::path& directory, std::string_view extension) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == extension) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

// Name, size and modification time of everything below a directory.
inline std::string listing(const fs::path& directory) {
  std::map<std::string, std::string> rows;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    struct stat info {};
    ::stat(entry.path().c_str(), &info);
    rows[entry.path().string()] = std::to_string(info.st_size) + " " +
                                  std::to_string(info.st_mtim.tv_sec) + "." +
                                  std::to_string(info.st_mtim.tv_nsec);
  }
  std::string out;
  for (const auto& [name, row] : rows)
    out += name + " " + row + "\n";
  return out;
}

// One byte of a file with a bit flipped for as long as this lives.
class Flip {
 public:
  Flip(fs::path path, std::size_t at, std::uint8_t mask = 0x10) : path_(std::move(path)), at_(at) {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(at_));
    before_ = static_cast<char>(file.get());
    put(file, static_cast<char>(before_ ^ static_cast<char>(mask)));
  }
  ~Flip() {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    put(file, before_);
  }
  Flip(const Flip&) = delete;
  Flip& operator=(const Flip&) = delete;

 private:
  void put(std::fstream& file, char byte) {
    file.seekp(static_cast<std::streamoff>(at_));
    file.put(byte);
  }
  fs::path path_;
  std::size_t at_;
  char before_ = 0;
};

// Fills logs: each batch has an input in cmd and facts in two partitions of evt, and a state.
class LogFiller {
 public:
  void fill(store::EventLog& log, std::size_t batches, std::size_t event_bytes = 200) {
    for (std::size_t i = 0; i < batches; ++i)
      one_batch(log, event_bytes);
  }

  void one_batch(store::EventLog& log, std::size_t event_bytes = 200) {
    store::Batch batch;
    const auto input = make_.input("input " + std::to_string(batch_), event_bytes);
    batch.appends.push_back(to({store::Topic::cmd, 0}, input));
    for (std::uint64_t i = 0; i < 4; ++i) {
      const auto partition = static_cast<std::uint16_t>(i % 2);
      const auto agent = i + 4 * (batch_ % 3);
      batch.appends.push_back(to({store::Topic::evt, partition},
                                 make_.fact(agent, input->header.event_id, event_bytes)));
    }
    batch.writes.push_back({"st", "agent", input->stored});
    batch.writes.push_back({"p.lineage", "row " + std::to_string(batch_), input->stored});
    const auto at = must(log.commit(batch));
    for (std::size_t i = 0; i < at.size(); ++i) {
      std::uint64_t time = 0;
      std::memcpy(&time, batch.appends[i].stored.data() + 48, sizeof(time));
      written_.push_back({at[i], time, batch_});
    }
    ++batch_;
  }

  const std::vector<Written>& written() const { return written_; }
  std::size_t batches() const { return batch_; }
  EventMaker& make() { return make_; }

  // The first record of a batch by log time.
  store::Pointer first_of_batch(std::size_t batch) const {
    const auto found = std::find_if(written_.begin(), written_.end(),
                                    [&](const Written& each) { return each.batch == batch; });
    return found == written_.end() ? store::Pointer{} : found->at;
  }

 private:
  EventMaker make_;
  std::vector<Written> written_;
  std::size_t batch_ = 0;
};

}  // namespace ars::test
