// Trained values as bytes: our own bounds-checked format, never torch::load. Sealed by SHA-256 and
// bound to the program's genome and to the columns that it reads. Pure functions, any thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/result.hpp"
#include "model/torch/compile.hpp"
#include "model/torch/embedding_table.hpp"

#include <cstdint>
#include <vector>

namespace ars::model {

struct Weights {
  std::vector<EmbeddingTable> tables;          // as Plan::tables
  std::vector<std::vector<float>> parameters;  // as Plan::parameters, row by row
};

// Rows of a table are written in ascending order of id, so equal values give equal bytes.
std::vector<std::uint8_t> weights_bytes(const Plan& plan, const Weights& weights);

// Errc::corrupt: another checksum, a length that does not fit, a name or shape that the program
// does not have, an id out of order, a value that is not finite. Errc::invalid: written for another
// program or for other columns.
Result<Weights> weights_from_bytes(const Plan& plan, ByteSpan bytes);

// Dense values and rows of tables that hold something.
std::uint64_t parameter_count(const Weights& weights);

}  // namespace ars::model
