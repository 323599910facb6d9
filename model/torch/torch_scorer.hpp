// Scores candidates with LibTorch. Inference runs in float64 from weights converted once, on one
// thread, and the probability is rounded to float32: products that depend on the shape of a batch
// in their last bits then give the same float32 (recommender rule D2; event-log reference, section
// 10). load() tries that on rows of its own and refuses a model for which it does not hold.
// Embedding tables stay on the host; the dense part runs on the GPU where LibTorch sees one. The
// factory may be used by any thread; a scorer by one thread at a time.
#pragma once

#include "model/ir/columns.hpp"
#include "model/ranking/scorer.hpp"

#include <memory>
#include <string>

namespace ars::model {

class TorchScorerFactory final : public ScorerFactory {
 public:
  // REQUIRES: the columns of every matrix that its scorers will see.
  explicit TorchScorerFactory(Columns columns);

  // Errc::invalid: the program does not fit the columns, or the weights another program or columns.
  // Errc::corrupt: the weights are damaged. Errc::unsupported: scores depend on the batch here.
  // Errc::unavailable: LibTorch failed.
  Result<std::unique_ptr<Scorer>> load(const ScorerSource& source) const override;
  std::string device() const override;  // cpu or cuda

 private:
  Columns columns_;
  std::string device_;
};

}  // namespace ars::model
