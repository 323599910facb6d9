// The columns that a program may read, as the feature catalogue lays them out in a candidate matrix
// and in a training row. Whoever owns the catalogue builds the value; programs name columns by
// name. Values, any thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

enum class ColumnKind : std::uint8_t { categorical = 0, dense = 1, sequence = 2 };

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::categorical;
  std::uint32_t vocabulary = 0;  // categorical: ids lie in [0, vocabulary), 0 = unknown
  friend bool operator==(const Column&, const Column&) = default;
};

// Positions in `ids` and `dense` are positions in CandidateMatrix and Example.
struct Columns {
  std::vector<Column> ids;
  std::vector<Column> dense;
  std::uint32_t sequence_vocabulary = 0;  // item ids + 1, 0 = padding
  std::uint32_t sequence_length = 0;      // the newest items that a program sees
  friend bool operator==(const Columns&, const Columns&) = default;
};

std::optional<std::size_t> find_column(std::span<const Column> columns, std::string_view name);

// Errc::invalid: an empty or repeated name, a kind in the wrong list, a vocabulary below 2 or above
// the limit, a sequence longer than the limit.
Result<void> check_columns(const Columns& columns);

// An id within a vocabulary: 0 stays 0, others wrap around without ever meeting 0.
constexpr std::uint32_t wrap_id(std::uint32_t id, std::uint32_t vocabulary) {
  if (id < vocabulary) return id;
  return 1 + (id - 1) % (vocabulary - 1);
}

}  // namespace ars::model
