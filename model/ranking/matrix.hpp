// The candidate matrix: what a ranker sees of one request, frozen. Rows are candidates in fused
// order; columns follow the feature catalogue (model/features/feature_catalog.hpp), all of it: an
// architecture picks the columns it reads. Value; any thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/id.hpp"

#include <cstdint>
#include <vector>

namespace ars::model {

struct CandidateMatrix {
  std::uint32_t rows = 0;
  std::uint32_t id_columns = 0;
  std::uint32_t dense_columns = 0;
  std::vector<std::uint32_t> ids;       // (rows, id_columns), 0 = unknown or padding
  std::vector<float> dense;             // (rows, dense_columns), finite
  std::vector<std::uint32_t> sequence;  // the user's recent items as item ids + 1, newest last
  friend bool operator==(const CandidateMatrix&, const CandidateMatrix&) = default;
};

// SHA-256 over sizes (big-endian) and the raw little-endian columns.
Bytes32 matrix_hash(const CandidateMatrix& matrix);
// Bytes of the same layout, after four little-endian sizes.
std::vector<std::uint8_t> matrix_bytes(const CandidateMatrix& matrix);

}  // namespace ars::model
