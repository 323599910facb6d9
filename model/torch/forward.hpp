// Runs a plan on rows with LibTorch: the rows become tensors (a feed), the feed becomes logits. The
// scorer uses it in float64 without gradients, the trainer in float32 with them. Only sources of
// this folder include it; LibTorch's headers stay in those sources. One thread at a time.
#pragma once

#include "model/torch/compile.hpp"
#include "model/torch/embedding_table.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace at {
class Tensor;
}  // namespace at

namespace ars::model {

// The newest items of one request, oldest first; may be longer than the program reads.
struct SequenceRef {
  const std::uint32_t* items = nullptr;
  std::size_t size = 0;
};

// Rows of one forward. Pointers into matrices or examples that outlive the feed's making.
struct RowBatch {
  std::vector<const std::uint32_t*> ids;  // per row: the id columns
  std::vector<const float*> dense;        // per row: the dense columns
  std::vector<std::int64_t> request;      // per row: its request; empty: row i is request i
  std::vector<SequenceRef> sequences;     // per request
};

struct Feed {
  std::vector<at::Tensor> gathered;  // per gather: (rows, fields, dim) or (requests, T, dim)
  std::vector<at::Tensor> dense;     // per dense node: (rows, columns)
  std::vector<at::Tensor> request;   // none, or one: (rows) int64
  std::vector<at::Tensor> mask;      // none, or one: (requests, T), 1 where an item is
};

enum class Precision : std::uint8_t { float32, float64 };

// Tensors on the CPU. Ids without a row read the default row.
Feed make_feed(const Plan& plan, const std::vector<EmbeddingTable>& tables, const RowBatch& rows,
               Precision precision);
void move_feed(Feed& feed, const std::string& device);

// Draws for dropout, named by seed, step and node; null: inference.
struct DropoutDraws {
  std::uint64_t key = 0;
  std::uint64_t step = 0;
};

// (rows) logits. `parameters` as Plan::parameters, of one type and device with the feed.
at::Tensor forward(const Plan& plan, const std::vector<at::Tensor>& parameters, const Feed& feed,
                   const DropoutDraws* dropout);

// Dense values as tensors in the shapes of the plan.
std::vector<at::Tensor> parameter_tensors(const Plan& plan,
                                          const std::vector<std::vector<float>>& values,
                                          Precision precision, const std::string& device);

}  // namespace ars::model
