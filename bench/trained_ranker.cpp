#include "bench/trained_ranker.hpp"

#include "actors/evolution/autotrain/ranker_space.hpp"
#include "bench/harness.hpp"
#include "events/base/hash.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"
#include "model/features/encoder.hpp"
#include "model/features/feature_plan.hpp"
#ifdef ARS_HAS_MODEL_TORCH
#include "bench/stopwatch.hpp"
#include "model/ir/cost.hpp"
#include "model/torch/torch_scorer.hpp"
#include "model/torch/torch_trainer.hpp"
#endif

#include <algorithm>

namespace ars::bench {

#ifdef ARS_HAS_MODEL_TORCH
namespace {

constexpr std::uint64_t seed = 20;
constexpr std::size_t train_rows = 12'000;
constexpr std::size_t test_rows = 1'000;
constexpr std::uint32_t ids_used = 4096;  // of each column, so that most items have a row

// Rows with a label that follows from some of their columns, with noise.
std::vector<model::Example> synthetic_rows(const model::Columns& columns, std::size_t count,
                                           std::uint64_t stream) {
  std::vector<model::Example> out(count);
  Philox draws(seed, stream);
  for (std::size_t i = 0; i < count; ++i) {
    auto& row = out[i];
    row.user = draws.below(400);
    row.occurred_at_ns = narrow<std::int64_t>(i);
    for (const auto& column : columns.ids) {
      row.ids.push_back(narrow<std::uint32_t>(draws.below(std::min(column.vocabulary, ids_used))));
    }
    for (std::size_t k = 0; k < columns.dense.size(); ++k) {
      row.dense.push_back(static_cast<float>(draws.normal()));
    }
    const double logit = 1.5 * double{row.dense.front()} + (row.ids[1] % 3 == 0 ? 1 : -1);
    row.label = draws.uniform() < 1 / (1 + std::exp(-logit)) ? 1.0f : 0.0f;
  }
  return out;
}

}  // namespace

Result<TrainedRanker> train_ranker() {
  const auto columns = model::columns();
  TrainedRanker out;
  out.setting = actors::ranker_at(actors::default_ranker_point(), model::default_feature_plan());
  model::TrainSpec spec;
  spec.architecture = out.setting.architecture;
  spec.seed = seed;
  const model::TorchTrainer trainer(columns, {.threads = 2});
  ARS_TRY(auto trained, trainer.train(spec, synthetic_rows(columns, train_rows, 1),
                                      synthetic_rows(columns, test_rows, 2), nullptr));
  out.weights = std::move(trained.weights);
  out.setting.weights = sha256(out.weights);
  return out;
}

Result<ScoringCost> score_alone(const TrainedRanker& ranker, std::uint32_t rows, double seconds) {
  const auto columns = model::columns();
  ARS_TRY(const auto graph, model::parse_graph(ranker.setting.architecture));
  ARS_TRY(const auto checked, model::infer_shapes(graph, columns));
  const auto flops = model::cost_of(checked, columns).flops_per_row * to_double(rows);
  const model::TorchScorerFactory factory(columns);
  ARS_TRY(const auto scorer, factory.load({ranker.setting.architecture, ranker.weights}));
  model::CandidateMatrix matrix;
  matrix.rows = rows;
  matrix.id_columns = narrow<std::uint32_t>(columns.ids.size());
  matrix.dense_columns = narrow<std::uint32_t>(columns.dense.size());
  for (const auto& row : synthetic_rows(columns, rows, 3)) {
    matrix.ids.insert(matrix.ids.end(), row.ids.begin(), row.ids.end());
    matrix.dense.insert(matrix.dense.end(), row.dense.begin(), row.dense.end());
  }
  const model::CandidateMatrix* const batch[] = {&matrix};
  ARS_TRY([[maybe_unused]] const auto warm, scorer->score(batch));
  std::vector<double> taken;
  const Stopwatch watch;
  do {
    const Stopwatch call;
    ARS_TRY([[maybe_unused]] const auto scores, scorer->score(batch));
    taken.push_back(call.seconds());
  } while (watch.seconds() < seconds);
  const auto each = median(std::move(taken));
  return ScoringCost{each * 1e3, flops / each * 1e-9};
}
#else
Result<ScoringCost> score_alone(const TrainedRanker&, std::uint32_t, double) {
  return fail(Errc::unsupported, "built without LibTorch: there is no neural ranker");
}
Result<TrainedRanker> train_ranker() {
  return fail(Errc::unsupported, "built without LibTorch: there is no neural ranker");
}
#endif

}  // namespace ars::bench
