#include "store/rocksdb/index_check.hpp"

#include "events/base/narrow.hpp"
#include "store/commit_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace ars::store {
namespace {

std::uint64_t mixed(std::string_view bytes, std::uint64_t state) {
  constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15ull;
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const auto size = std::min<std::size_t>(bytes.size(), sizeof(word));
    std::memcpy(&word, bytes.data(), size);
    bytes.remove_prefix(size);
    state = (state ^ word) * multiplier;
    state ^= state >> 29;
  }
  return state * multiplier;
}

std::uint64_t row_hash(std::string_view key, std::string_view value, std::uint64_t seed) {
  return mixed(value, mixed(key, seed) + key.size());
}

constexpr std::uint64_t low_seed = 1;
constexpr std::uint64_t high_seed = 0xD1B54A32D192ED03ull;

}  // namespace

void IndexCheck::Sum::add(std::string_view key, std::string_view value) {
  ++rows;
  low += row_hash(key, value, low_seed);
  high += row_hash(key, value, high_seed);
}

void IndexCheck::expect(const Pointer& at, const events::Envelope& header) {
  if (superseded_.contains(at)) return;
  keys::each_index_row(header, causes_of(header), at,
                       [&](keys::Index index, std::string_view key, std::string_view value) {
                         sums_[to_underlying(index)].add(key, value);
                       });
}

std::vector<Finding> IndexCheck::compare(const DirectoryContents& contents) const {
  std::vector<Finding> out;
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    Sum stored;
    contents.each_row(
        std::string(keys::index_families[i]),
        [&](std::string_view key, std::string_view value) { stored.add(key, value); });
    if (stored == sums_[i]) continue;
    out.push_back(first_missing(contents, static_cast<keys::Index>(i)));
  }
  return out;
}

// Where every row is there, they are too many.
Finding IndexCheck::first_missing(const DirectoryContents& contents, keys::Index index) const {
  const auto family_name = keys::index_families[to_underlying(index)];
  std::vector<std::uint64_t> stored;
  contents.each_row(std::string(family_name), [&](std::string_view key, std::string_view value) {
    stored.push_back(row_hash(key, value, low_seed));
  });
  std::sort(stored.begin(), stored.end());
  std::vector<Finding> missing;
  MergedLog log(contents, {});
  while (log.next()) {
    const auto at = keys::pointer_of(log.key());
    if (!at || superseded_.contains(*at) || log.value().size() < sizeof(Bytes32)) continue;
    const auto decoded = events::decode_envelope(as_bytes(log.value()).subspan(sizeof(Bytes32)));
    if (decoded.has_error()) continue;
    const auto& header = decoded.value().envelope;
    keys::each_index_row(
        header, causes_of(header), *at,
        [&](keys::Index of, std::string_view key, std::string_view value) {
          if (of != index) return;
          if (std::binary_search(stored.begin(), stored.end(), row_hash(key, value, low_seed))) {
            return;
          }
          missing.push_back(
              {*at, header.log_time_ns,
               fmt::format("family {}: the row of this record is missing", family_name)});
        });
  }
  if (!missing.empty()) return first_finding(missing);
  return {{Stream{Topic::evt, 0}, Offset(0)},
          0,
          fmt::format("family {}: rows that no record explains", family_name)};
}

}  // namespace ars::store
