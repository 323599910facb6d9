// Scores candidates. A scorer is immutable after loading; score() may be called from one thread at
// a time (the model actor's). Implementations: model/torch (LibTorch).
#pragma once

#include "events/base/result.hpp"
#include "model/ranking/matrix.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ars::model {

class Scorer {
 public:
  virtual ~Scorer() = default;
  // One vector per matrix, one calibrated probability per row. A row's score depends on its own row
  // and the request's sequence alone, never on what else is in the batch (recommender rule D2).
  // Errc::invalid: a matrix has other columns than the program was compiled for.
  virtual Result<std::vector<std::vector<float>>> score(
      std::span<const CandidateMatrix* const> batch) const = 0;
};

// What to load: the canonical JSON program and the weights as written by the trainer.
struct ScorerSource {
  std::string architecture;
  std::vector<std::uint8_t> weights;
};

class ScorerFactory {
 public:
  virtual ~ScorerFactory() = default;
  // Errc::corrupt: weights do not fit the program; Errc::unsupported: built without LibTorch.
  virtual Result<std::unique_ptr<Scorer>> load(const ScorerSource& source) const = 0;
  virtual std::string device() const = 0;  // "cpu" or the GPU's name
};

}  // namespace ars::model
