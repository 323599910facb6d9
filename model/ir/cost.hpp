// What a program costs before it is trained: parameters, floating point operations and activation
// bytes per row, and the hard caps that refuse it. Counts, not measurements: the same program gives
// the same cost on every machine. Pure functions, any thread.
#pragma once

#include "events/base/result.hpp"
#include "model/ir/shape.hpp"

#include <cstdint>

namespace ars::model {

struct Cost {
  std::uint64_t parameters = 0;         // embedding tables at full vocabulary included
  std::uint64_t dense_parameters = 0;   // without embedding tables
  double flops_per_row = 0;             // forward of what depends on the row
  double flops_per_request = 0;         // forward of what depends on the sequence alone
  double activation_bytes_per_row = 0;  // of both, float32
};

Cost cost_of(const CheckedGraph& graph, const Columns& columns);

// Errc::invalid: a cap of model/limits.hpp is exceeded; the context names cap and value.
Result<void> check_caps(const Cost& cost);

// What training costs by the model above: forward and backward (three forwards) of each row and its
// sequence, for every epoch.
double training_cost(const Cost& cost, std::uint64_t rows, std::uint32_t epochs);

}  // namespace ars::model
