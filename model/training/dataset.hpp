// The rows of a training job as a file, and their split by time. The parent writes the bytes, the
// trainer process reads them; neither trusts the other. Pure functions and values, any thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/result.hpp"
#include "model/ir/columns.hpp"
#include "model/training/trainer.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace ars::model {

// Header with sizes, rows, SHA-256 of all before. REQUIRES: each row has the columns' sizes.
std::vector<std::uint8_t> dataset_bytes(const Columns& columns, std::span<const Example> rows);

// Errc::corrupt: not such a file, another checksum, a length that does not fit, a value that is not
// finite, a label outside [0, 1]. Errc::invalid: written for other columns. Errc::overloaded: more
// rows or bytes than the limits allow.
Result<std::vector<Example>> dataset_from_bytes(const Columns& columns, ByteSpan bytes);

struct Split {
  std::vector<Example> train;
  std::vector<Example> test;
};

// Rows in time order (ties keep their order); the last share is the test part. Rows of one instant
// stay together: every training row is earlier than every test row.
// Errc::invalid: a share outside (0, 1), or a part would be empty.
Result<Split> split_by_time(std::vector<Example> rows, double test_share);

}  // namespace ars::model
