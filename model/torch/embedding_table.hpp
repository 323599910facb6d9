// An embedding table on the host: rows only for ids that training has seen, row 0 for all others.
// So a vocabulary costs four bytes an id, not a row, and an id that was never trained scores as the
// default. Owned by one scorer (read only) or one training run. One writer, no locks.
#pragma once

#include "events/base/prng.hpp"
#include "model/torch/compile.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ars::model {

class EmbeddingTable {
 public:
  explicit EmbeddingTable(const TablePlan& plan);

  // The row of an id, wrapped into the vocabulary; 0: unknown, zeros.
  std::uint32_t slot(std::uint32_t id) const { return slots_[wrap_id(id, vocabulary_)]; }
  const float* row(std::uint32_t slot) const { return rows_.data() + std::size_t{slot} * dim_; }
  float* row(std::uint32_t slot) { return rows_.data() + std::size_t{slot} * dim_; }
  std::uint32_t dim() const { return dim_; }
  std::uint32_t vocabulary() const { return vocabulary_; }
  std::size_t rows() const { return ids_.size(); }  // the default row included
  // The id of each slot; ids[0] = 0.
  const std::vector<std::uint32_t>& ids() const { return ids_; }

  // The row of an id, made with initial values if it is new. They depend on key and id alone.
  std::uint32_t admit(std::uint32_t id, std::uint64_t key);
  // A row with given values. REQUIRES: 0 < id < vocabulary, not there yet, dim values.
  void put(std::uint32_t id, std::span<const float> values);

 private:
  std::uint32_t vocabulary_;
  std::uint32_t dim_;
  double init_scale_;
  std::vector<std::uint32_t> slots_;  // by id
  std::vector<std::uint32_t> ids_;    // by slot
  std::vector<float> rows_;           // (slots, dim)
};

}  // namespace ars::model
