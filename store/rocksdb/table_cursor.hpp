// One table file, read by itself: its whole-file checksum, and its rows in key order, with damaged
// blocks skipped. Needs no database and writes nothing. One owner, one thread.
#pragma once

#include "store/event_log.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ars::store {

// crc32c of a file as RocksDB's manifest keeps it (four bytes). Errc::unavailable, not_found.
Result<std::string> table_checksum(const std::filesystem::path& path);

class TableCursor {
 public:
  // Errc::corrupt: the file cannot be read as a table at all.
  static Result<std::unique_ptr<TableCursor>> open(const std::filesystem::path& path);
  ~TableCursor();

  // Rows in key order: to the first one, then on. False at the end.
  bool first();
  bool next();
  // To the row with exactly this key; false when it is not there or cannot be read.
  bool find(std::string_view key);
  std::string_view key() const;
  std::string_view value() const;

  // For a file of family `log`: goes on behind damaged blocks, which it looks for in the streams
  // given. Without it the cursor ends at the first damage.
  void skip_damage(std::set<Stream> streams, std::string smallest_key);
  bool damaged() const { return damaged_; }

  // What the file says it covers (covered_offsets.hpp); empty when it does not say.
  std::string covers() const;

 private:
  struct Impl;
  TableCursor();
  enum class Landing : std::uint8_t { row, end, damage };
  bool settle();
  bool resume();
  Landing seek(const Pointer& target);
  Landing resume_in(const Stream& stream, std::uint64_t from);

  std::unique_ptr<Impl> impl_;
  std::set<Stream> streams_;
  std::optional<Pointer> last_;
  bool skips_ = false;
  bool damaged_ = false;
};

}  // namespace ars::store
