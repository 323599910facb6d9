// Known architectures as programs: the first generation of every search and the baselines that it
// has to beat. Pure functions, any thread.
#pragma once

#include "model/ir/graph.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ars::model::zoo {

// Names of catalogue columns that the program reads.
struct FeatureNames {
  std::vector<std::string> ids;
  std::vector<std::string> dense;
};

// sigma(w x + b): one weight per id, one per dense column. REQUIRES: some column.
Graph logistic_regression(const FeatureNames& features);

struct DeepFmOptions {
  std::uint32_t dim = 8;
  std::vector<std::uint32_t> hidden = {64, 32};
  double dropout = 0;
  bool wide = false;  // the dense columns have a first order too, as in Wide & Deep
};
// First order, factorisation machine and a network over shared embeddings (Guo et al. 2017).
// REQUIRES: two categorical columns or more.
Graph deep_fm(const FeatureNames& features, const DeepFmOptions& options = {});

struct SasRecOptions {
  std::string item_column = "item";  // the target; its ids are those of the sequence
  std::uint32_t dim = 16;
  std::uint32_t blocks = 1;
  std::uint32_t heads = 1;
  std::uint32_t hidden = 0;  // of the position-wise network; 0: dim
  double dropout = 0;
};
// Causal self-attention over the recent items; the last state meets the target item's embedding
// (Kang and McAuley 2018), plus one weight per id of `features`, the item's among them.
Graph sasrec(const FeatureNames& features, const SasRecOptions& options = {});

}  // namespace ars::model::zoo
