// Which log offsets a table file speaks of: gathered while RocksDB writes the file and kept in its
// properties, so that damage to the file can be named by the lowest offset it covers.
// A value and a factory; the factory's collectors run on RocksDB's background threads.
#pragma once

#include "store/event_log.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rocksdb {
class TablePropertiesCollectorFactory;
}  // namespace rocksdb

namespace ars::store {

// The lowest offset of each stream that something covers.
class CoveredOffsets {
 public:
  void add(const Pointer& at);
  void add_all(const CoveredOffsets& other);
  const std::vector<Pointer>& lowest() const { return lowest_; }
  bool empty() const { return lowest_.empty(); }

  std::string to_bytes() const;
  // Empty when the bytes are something else.
  static CoveredOffsets from_bytes(std::string_view bytes);

 private:
  std::vector<Pointer> lowest_;  // one a stream
};

inline constexpr std::string_view covers_property = "ars.covers";

// The pointer that a row of an indexing family holds; nullopt for families that hold none.
std::optional<Pointer> pointer_in_row(std::string_view family_name, std::string_view key,
                                      std::string_view value);

std::shared_ptr<rocksdb::TablePropertiesCollectorFactory> covered_offsets_factory(
    std::string_view family_name);

}  // namespace ars::store
