// The optimizers of a training run, on plain values. Dense parameters are updated whole, rows of
// tables only where a step touched them. Owned by one training run, one thread.
#pragma once

#include "model/torch/embedding_table.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ars::model {

enum class Method : std::uint8_t { adam, adagrad, sgd };
Method method_of(const std::string& name);  // REQUIRES: a name that infer_shapes accepts

struct StepSize {
  double rate = 0;
  double decay = 0;           // decoupled: value -= rate * decay * value
  double gradient_scale = 1;  // clipping
};

// One dense parameter.
class DenseOptimizer {
 public:
  DenseOptimizer(Method method, std::size_t size);
  void update(std::span<float> values, std::span<const float> gradient, const StepSize& step);

 private:
  Method method_;
  std::uint64_t steps_ = 0;
  std::vector<float> first_;
  std::vector<float> second_;
};

// One table. Per step: add() every gradient of every position, then update().
class RowOptimizer {
 public:
  RowOptimizer(Method method, std::uint32_t dim);
  void add(std::uint32_t slot, const float* gradient);  // slot 0 is never changed
  double squared_norm() const;                          // of the gradients added, summed per row
  void update(EmbeddingTable& table, const StepSize& step);  // and forgets the gradients

 private:
  void update_row(float* row, const float* gradient, std::uint32_t slot, const StepSize& step);

  Method method_;
  std::uint32_t dim_;
  std::vector<std::uint32_t> place_;    // by slot: 1 + position in touched_, 0: not touched
  std::vector<std::uint32_t> touched_;  // slots, in the order of their first gradient
  std::vector<float> sums_;             // (touched, dim)
  std::vector<float> first_;            // adam: (slots, dim)
  std::vector<float> second_;           // adam: (slots, dim); adagrad: one per slot
  std::vector<std::uint32_t> steps_;    // adam: per slot
};

}  // namespace ars::model
