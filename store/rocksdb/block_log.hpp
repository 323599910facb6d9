// The framing that RocksDB gives its write-ahead logs and manifests: blocks of 32 KiB, fragments
// with a masked crc32c, zero padding where a header does not fit. Read by us, so that a damaged
// file can be judged when RocksDB refuses it. Pure functions over bytes; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ars::store {

// One record as it was written, or as far as it can be pieced together.
struct BlockRecord {
  std::string payload;
  bool intact = true;
};

enum class BlockLogEnd : std::uint8_t {
  clean,  // the file ends with a record
  torn,   // it ends within one, or in zeros: what a crash leaves
};

struct BlockLog {
  std::vector<BlockRecord> records;  // in order; damaged ones have intact == false
  std::vector<std::string> damage;   // what is wrong, with the place; empty: nothing
  BlockLogEnd end = BlockLogEnd::clean;
  bool has_damaged_record() const;
};

// Reads everything that can be read; after a damaged fragment it goes on at the next whole one.
BlockLog read_block_log(std::string_view file);

// An operation of a write batch, as the log holds it; views into the payload.
struct BatchOperationView {
  enum class Kind : std::uint8_t { put, remove, remove_range } kind = Kind::put;
  std::uint32_t family = 0;
  std::string_view key;
  std::string_view value;
};
// The operations of one write-ahead record, up to the first that does not parse.
struct BatchOperations {
  std::vector<BatchOperationView> operations;
  bool whole = false;  // all of them parsed, and there are as many as the header says
};
BatchOperations operations_of(std::string_view payload);

// Little-endian and varint readers; nullopt when the bytes end too early.
std::optional<std::uint32_t> take_varint32(std::string_view& from);
std::optional<std::uint64_t> take_varint64(std::string_view& from);
std::optional<std::string_view> take_counted(std::string_view& from);

}  // namespace ars::store
