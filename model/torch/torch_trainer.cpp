#include "model/torch/torch_trainer.hpp"

#include "events/base/check.hpp"
#include "events/base/hash.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"
#include "model/limits.hpp"
#include "model/torch/compile.hpp"
#include "model/torch/forward.hpp"
#include "model/torch/optimizer.hpp"
#include "model/torch/torch_scorer.hpp"
#include "model/torch/weights.hpp"
#include "model/training/anomaly.hpp"
#include "model/training/schedule.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <numeric>
#include <optional>
#include <utility>

namespace ars::model {

namespace {

// A stream of draws named in words, under the seed of the arm.
std::uint64_t named_key(std::uint64_t seed, std::string_view name) {
  const Bytes32 hash = sha256(name);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i)
    word = word << 8 | hash[i];
  return mix_key(seed, word);
}

std::vector<float> initial_values(const ParameterPlan& plan, std::uint64_t seed) {
  std::int64_t size = 1;
  for (const auto dimension : plan.shape)
    size *= dimension;
  std::vector<float> out(narrow<std::size_t>(size), plan.init == Init::one ? 1.0F : 0.0F);
  Philox rng(named_key(seed, plan.path), 0);
  for (float& value : out) {
    if (plan.init == Init::uniform) {
      value = static_cast<float>(plan.scale * (2 * rng.uniform() - 1));
    }
    if (plan.init == Init::normal) value = static_cast<float>(plan.scale * rng.normal());
  }
  return out;
}

// One attempt at training: all that changes while it runs.
class TrainingRun {
 public:
  TrainingRun(const Plan& plan, const TrainSpec& spec, const Remedy& remedy)
      : plan_(plan), spec_(spec), remedy_(remedy) {
    const auto seed =
        remedy.init_attempt == 0 ? spec.seed : mix_key(spec.seed, remedy.init_attempt);
    std::vector<std::vector<float>> values;
    for (const ParameterPlan& parameter : plan.parameters) {
      values.push_back(initial_values(parameter, seed));
      dense_optimizers_.emplace_back(method_of(plan.graph.optimizer.dense), values.back().size());
    }
    parameters_ = parameter_tensors(plan, values, Precision::float32, "cpu");
    for (at::Tensor& parameter : parameters_)
      parameter.requires_grad_(true);
    for (const TablePlan& table : plan.tables) {
      tables_.emplace_back(table);
      table_keys_.push_back(named_key(seed, table.path));
      row_optimizers_.emplace_back(method_of(plan.graph.optimizer.embedding), table.dim);
    }
  }

  // Empty: all steps done.
  std::optional<Anomaly> run(const std::vector<Example>& rows, const TrainObserver& observe);
  Weights weights() const;
  std::uint64_t steps() const { return steps_; }

 private:
  std::optional<Anomaly> step(const std::vector<Example>& rows,
                              std::span<const std::uint32_t> picked, std::uint64_t total);
  void admit(const RowBatch& rows);
  void add_row_gradients(const RowBatch& rows, const Feed& feed);
  double gradient_norm();
  void update(double norm, std::uint64_t total);

  const Plan& plan_;
  const TrainSpec& spec_;
  Remedy remedy_;
  std::vector<at::Tensor> parameters_;
  std::vector<DenseOptimizer> dense_optimizers_;
  std::vector<EmbeddingTable> tables_;
  std::vector<std::uint64_t> table_keys_;
  std::vector<RowOptimizer> row_optimizers_;
  AnomalyDetector detector_;
  std::uint64_t steps_ = 0;
  double loss_ = 0;  // of the last step
  double norm_ = 0;
};

RowBatch row_batch(const std::vector<Example>& examples, std::span<const std::uint32_t> picked) {
  RowBatch rows;
  for (const auto index : picked) {
    const Example& example = examples[index];
    rows.ids.push_back(example.ids.data());
    rows.dense.push_back(example.dense.data());
    rows.sequences.push_back({example.sequence.data(), example.sequence.size()});
  }
  return rows;
}

// Calls visit(table, id, position) for every embedding that a gather lays out, in its order.
template <class Visit>
void for_each_id(const GatherPlan& gather, const RowBatch& rows, std::size_t steps,
                 const Visit& visit) {
  std::size_t position = 0;
  if (gather.source == GatherPlan::Source::columns) {
    for (const std::uint32_t* ids : rows.ids) {
      for (std::size_t f = 0; f < gather.columns.size(); ++f, ++position) {
        visit(gather.tables[f], ids[gather.columns[f]], position);
      }
    }
    return;
  }
  for (const SequenceRef& sequence : rows.sequences) {
    const auto used = std::min(sequence.size, steps);
    position += steps - used;
    for (std::size_t i = sequence.size - used; i < sequence.size; ++i, ++position) {
      visit(gather.tables[0], sequence.items[i], position);
    }
  }
}

void TrainingRun::admit(const RowBatch& rows) {
  for (const GatherPlan& gather : plan_.gathers) {
    for_each_id(gather, rows, plan_.columns.sequence_length,
                [&](std::size_t table, std::uint32_t id, std::size_t) {
                  tables_[table].admit(id, table_keys_[table]);
                });
  }
}

void TrainingRun::add_row_gradients(const RowBatch& rows, const Feed& feed) {
  for (std::size_t g = 0; g < plan_.gathers.size(); ++g) {
    const at::Tensor& gradient = feed.gathered[g].grad();
    if (!gradient.defined()) continue;
    const at::Tensor whole = gradient.contiguous();
    const float* values = whole.data_ptr<float>();
    const std::size_t dim = plan_.gathers[g].dim;
    for_each_id(plan_.gathers[g], rows, plan_.columns.sequence_length,
                [&](std::size_t table, std::uint32_t id, std::size_t position) {
                  row_optimizers_[table].add(tables_[table].slot(id), values + position * dim);
                });
  }
}

double TrainingRun::gradient_norm() {
  double sum = 0;
  for (const at::Tensor& parameter : parameters_) {
    if (!parameter.grad().defined()) continue;
    const at::Tensor whole = parameter.grad().contiguous();
    const float* values = whole.data_ptr<float>();
    for (std::int64_t i = 0; i < whole.numel(); ++i)
      sum += double{values[i]} * double{values[i]};
  }
  for (const RowOptimizer& rows : row_optimizers_)
    sum += rows.squared_norm();
  return std::sqrt(sum);
}

void TrainingRun::update(double norm, std::uint64_t total) {
  const Optimizer& optimizer = plan_.graph.optimizer;
  const double clip = remedy_.clip_norm > 0 ? remedy_.clip_norm : optimizer.clip_norm;
  StepSize size;
  size.rate =
      spec_.learning_rate * remedy_.rate_factor * rate_factor(plan_.graph.schedule, steps_, total);
  size.gradient_scale = clip > 0 && norm > clip ? clip / norm : 1;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    at::Tensor& parameter = parameters_[i];
    if (!parameter.grad().defined()) continue;
    // Biases and norms are not decayed.
    size.decay = parameter.dim() >= 2 ? spec_.weight_decay : 0;
    const at::Tensor gradient = parameter.grad().contiguous();
    const auto count = narrow<std::size_t>(parameter.numel());
    dense_optimizers_[i].update({parameter.data_ptr<float>(), count},
                                {gradient.data_ptr<float>(), count}, size);
    parameter.mutable_grad().reset();
  }
  size.rate *= optimizer.embedding_rate;
  size.decay = spec_.weight_decay;
  for (std::size_t t = 0; t < tables_.size(); ++t)
    row_optimizers_[t].update(tables_[t], size);
}

std::optional<Anomaly> TrainingRun::step(const std::vector<Example>& examples,
                                         std::span<const std::uint32_t> picked,
                                         std::uint64_t total) {
  const RowBatch rows = row_batch(examples, picked);
  admit(rows);
  Feed feed = make_feed(plan_, tables_, rows, Precision::float32);
  for (at::Tensor& gathered : feed.gathered)
    gathered.requires_grad_(true);
  at::Tensor labels = at::empty({narrow<std::int64_t>(picked.size())}, at::kFloat);
  float* label = labels.data_ptr<float>();
  for (const auto index : picked)
    *label++ = examples[index].label;
  const DropoutDraws draws{named_key(spec_.seed, "dropout"), steps_};
  const at::Tensor logits = forward(plan_, parameters_, feed, &draws);  // (rows)
  const at::Tensor loss = at::binary_cross_entropy_with_logits(logits, labels);
  loss.backward();
  loss_ = double{loss.item<float>()};
  add_row_gradients(rows, feed);
  norm_ = gradient_norm();
  if (const auto anomaly = detector_.observe(loss_, norm_)) return anomaly;
  update(norm_, total);
  ++steps_;
  return std::nullopt;
}

std::optional<Anomaly> TrainingRun::run(const std::vector<Example>& rows,
                                        const TrainObserver& observe) {
  const std::uint64_t batches = (rows.size() + spec_.batch_rows - 1) / spec_.batch_rows;
  const std::uint64_t total = batches * spec_.epochs;
  std::vector<std::uint32_t> order(rows.size());
  double sum = 0;
  std::uint64_t reported = 0;
  for (std::uint32_t epoch = 0; epoch < spec_.epochs; ++epoch) {
    std::iota(order.begin(), order.end(), 0u);
    Philox(named_key(spec_.seed, "order"), epoch).shuffle(order);
    for (std::size_t first = 0; first < order.size(); first += spec_.batch_rows) {
      const auto count = std::min<std::size_t>(spec_.batch_rows, order.size() - first);
      if (const auto anomaly = step(rows, std::span(order).subspan(first, count), total)) {
        return anomaly;
      }
      sum += loss_;
      if (steps_ % spec_.report_every_steps != 0 && steps_ != total) continue;
      if (observe) observe({steps_, sum / to_double(steps_ - reported), norm_});
      reported = steps_;
      sum = 0;
    }
  }
  return std::nullopt;
}

Weights TrainingRun::weights() const {
  Weights out{tables_, {}};
  for (const at::Tensor& parameter : parameters_) {
    const float* values = parameter.data_ptr<float>();
    out.parameters.emplace_back(values, values + parameter.numel());
  }
  return out;
}

Result<void> check_rows(const std::vector<Example>& rows, const Columns& columns) {
  for (const Example& row : rows) {
    if (row.ids.size() != columns.ids.size() || row.dense.size() != columns.dense.size()) {
      return fail(Errc::invalid,
                  fmt::format("a row of {} + {} columns, expected {} + {}", row.ids.size(),
                              row.dense.size(), columns.ids.size(), columns.dense.size()));
    }
  }
  return success();
}

Result<void> check_spec(const TrainSpec& spec) {
  const bool counts = spec.epochs > 0 && spec.epochs <= limits::epochs_max && spec.batch_rows > 0 &&
                      spec.batch_rows <= limits::batch_rows_max && spec.report_every_steps > 0;
  const bool rates = spec.learning_rate > 0 && std::isfinite(spec.learning_rate) &&
                     spec.weight_decay >= 0 && std::isfinite(spec.weight_decay);
  if (counts && rates) return success();
  return fail(Errc::invalid,
              fmt::format("training: epochs {}, batch_rows {}, report_every_steps {}, "
                          "learning_rate {}, weight_decay {}: one is out of range",
                          spec.epochs, spec.batch_rows, spec.report_every_steps, spec.learning_rate,
                          spec.weight_decay));
}

// Test rows are scored by the code that serves, from the bytes that will be served.
Result<std::vector<float>> score_rows(const TrainSpec& spec, const Columns& columns,
                                      const std::vector<std::uint8_t>& weights,
                                      const std::vector<Example>& rows) {
  const TorchScorerFactory factory(columns);
  ARS_TRY(const auto scorer, factory.load({spec.architecture, weights}));
  std::vector<float> out;
  constexpr std::size_t block = 1024;
  for (std::size_t first = 0; first < rows.size(); first += block) {
    std::vector<CandidateMatrix> matrices;
    for (std::size_t i = first; i < std::min(rows.size(), first + block); ++i) {
      matrices.push_back({1, narrow<std::uint32_t>(columns.ids.size()),
                          narrow<std::uint32_t>(columns.dense.size()), rows[i].ids, rows[i].dense,
                          rows[i].sequence});
    }
    std::vector<const CandidateMatrix*> batch;
    for (const auto& matrix : matrices)
      batch.push_back(&matrix);
    ARS_TRY(const auto scores, scorer->score(batch));
    for (const auto& score : scores)
      out.push_back(score[0]);
  }
  return out;
}

Result<TrainOutcome> train_with_remedies(const Plan& plan, const TrainSpec& spec,
                                         const std::vector<Example>& rows,
                                         const TrainObserver& observe) {
  TrainOutcome out;
  Remedy remedy;
  for (;;) {
    TrainingRun run(plan, spec, remedy);
    const auto anomaly = run.run(rows, observe);
    if (!anomaly) {
      const Weights weights = run.weights();
      out.weights = weights_bytes(plan, weights);
      out.steps = run.steps();
      out.parameters = parameter_count(weights);
      return out;
    }
    if (out.remedies.size() == limits::remedies_max) {
      return fail(Errc::invalid,
                  fmt::format("training diverged ({}) at step {} after {} remedies",
                              to_string(*anomaly), run.steps(), out.remedies.size()));
    }
    remedy = next_remedy(remedy, *anomaly);
    out.remedies.push_back(describe(*anomaly, remedy, spec.learning_rate * remedy.rate_factor));
  }
}

}  // namespace

Result<TrainOutcome> TorchTrainer::train(const TrainSpec& spec, const std::vector<Example>& train,
                                         const std::vector<Example>& test,
                                         const TrainObserver& observe) const {
  ARS_TRY(check_spec(spec));
  ARS_TRY(check_rows(train, columns_));
  ARS_TRY(check_rows(test, columns_));
  if (train.empty()) return fail(Errc::invalid, "no rows to train on");
  ARS_TRY(const Plan plan, compile(spec.architecture, columns_));
  try {
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
    at::set_num_threads(narrow<int>(options_.threads));
    ARS_TRY(TrainOutcome out, train_with_remedies(plan, spec, train, observe));
    ARS_TRY(out.test_scores, score_rows(spec, columns_, out.weights, test));
    return out;
  } catch (const std::exception& error) {
    return fail(Errc::unavailable, fmt::format("LibTorch: {}", error.what()));
  }
}

}  // namespace ars::model
