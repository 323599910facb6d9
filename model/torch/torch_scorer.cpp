#include "model/torch/torch_scorer.hpp"

#include "events/base/hash.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"
#include "model/limits.hpp"
#include "model/torch/compile.hpp"
#include "model/torch/forward.hpp"
#include "model/torch/weights.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <exception>
#include <utility>

namespace ars::model {

namespace {

constexpr std::uint32_t self_test_rows = 24;

class TorchScorer final : public Scorer {
 public:
  TorchScorer(Plan plan, Weights weights, std::string device)
      : plan_(std::move(plan)),
        tables_(std::move(weights.tables)),
        parameters_(parameter_tensors(plan_, weights.parameters, Precision::float64, device)),
        device_(std::move(device)) {}

  Result<std::vector<std::vector<float>>> score(
      std::span<const CandidateMatrix* const> batch) const override {
    for (const CandidateMatrix* matrix : batch) {
      ARS_TRY(check(*matrix));
    }
    try {
      return score_checked(batch);
    } catch (const std::exception& error) {
      return fail(Errc::unavailable, fmt::format("LibTorch: {}", error.what()));
    }
  }

  // Rows alone, in reverse and in halves must score as together.
  Result<void> self_test() const;

 private:
  Result<void> check(const CandidateMatrix& matrix) const;
  std::vector<std::vector<float>> score_checked(
      std::span<const CandidateMatrix* const> batch) const;
  void flush(RowBatch& rows, std::vector<float>& out) const;

  Plan plan_;
  std::vector<EmbeddingTable> tables_;
  std::vector<at::Tensor> parameters_;
  std::string device_;
};

Result<void> TorchScorer::check(const CandidateMatrix& matrix) const {
  const std::size_t ids = plan_.columns.ids.size();
  const std::size_t dense = plan_.columns.dense.size();
  if (matrix.id_columns != ids || matrix.dense_columns != dense) {
    return fail(Errc::invalid, fmt::format("a matrix of {} + {} columns, expected {} + {}",
                                           matrix.id_columns, matrix.dense_columns, ids, dense));
  }
  if (matrix.ids.size() != matrix.rows * ids || matrix.dense.size() != matrix.rows * dense) {
    return fail(Errc::invalid, fmt::format("a matrix without all of its {} rows", matrix.rows));
  }
  for (const DensePlan& plan : plan_.dense) {
    for (std::size_t row = 0; row < matrix.rows; ++row) {
      for (const auto column : plan.columns) {
        if (!std::isfinite(matrix.dense[row * dense + column])) {
          return fail(Errc::invalid, fmt::format("row {}: column {} is not finite", row,
                                                 plan_.columns.dense[column].name));
        }
      }
    }
  }
  return success();
}

void TorchScorer::flush(RowBatch& rows, std::vector<float>& out) const {
  if (!rows.ids.empty()) {
    Feed feed = make_feed(plan_, tables_, rows, Precision::float64);
    move_feed(feed, device_);
    const at::Tensor logits =
        forward(plan_, parameters_, feed, nullptr).to(at::Device("cpu")).contiguous();
    const double* logit = logits.data_ptr<double>();
    for (std::size_t i = 0; i < rows.ids.size(); ++i) {
      out.push_back(static_cast<float>(1.0 / (1.0 + std::exp(-logit[i]))));
    }
  }
  rows = {};
}

std::vector<std::vector<float>> TorchScorer::score_checked(
    std::span<const CandidateMatrix* const> batch) const {
  const c10::InferenceMode guard;
  if (at::get_num_threads() != 1) at::set_num_threads(1);
  std::vector<float> flat;
  RowBatch rows;
  const std::size_t id_columns = plan_.columns.ids.size();
  const std::size_t dense_columns = plan_.columns.dense.size();
  for (const CandidateMatrix* matrix : batch) {
    bool open = false;  // whether this request stands in the current block
    for (std::size_t row = 0; row < matrix->rows; ++row) {
      if (rows.ids.size() == limits::score_rows_max) {
        flush(rows, flat);
        open = false;
      }
      if (!open) rows.sequences.push_back({matrix->sequence.data(), matrix->sequence.size()});
      open = true;
      rows.ids.push_back(matrix->ids.data() + row * id_columns);
      rows.dense.push_back(matrix->dense.data() + row * dense_columns);
      rows.request.push_back(narrow<std::int64_t>(rows.sequences.size() - 1));
    }
  }
  flush(rows, flat);
  std::vector<std::vector<float>> out;
  std::size_t at = 0;
  for (const CandidateMatrix* matrix : batch) {
    const auto first = flat.begin() + narrow<std::ptrdiff_t>(at);
    out.emplace_back(first, first + narrow<std::ptrdiff_t>(matrix->rows));
    at += matrix->rows;
  }
  return out;
}

CandidateMatrix test_matrix(const Plan& plan) {
  Philox rng(mix_key(0x73656c66, 1), 0);
  CandidateMatrix out{self_test_rows,
                      narrow<std::uint32_t>(plan.columns.ids.size()),
                      narrow<std::uint32_t>(plan.columns.dense.size()),
                      {},
                      {},
                      {}};
  for (std::uint32_t row = 0; row < out.rows; ++row) {
    for (const Column& column : plan.columns.ids) {
      out.ids.push_back(narrow<std::uint32_t>(rng.below(std::min(column.vocabulary, 4096u))));
    }
    for (std::size_t i = 0; i < plan.columns.dense.size(); ++i) {
      out.dense.push_back(static_cast<float>(rng.normal()));
    }
  }
  if (plan.reads_sequence) {
    for (std::uint32_t i = 0; i < plan.columns.sequence_length / 2; ++i) {
      out.sequence.push_back(
          narrow<std::uint32_t>(rng.below(std::min(plan.columns.sequence_vocabulary, 4096u))));
    }
  }
  return out;
}

// The picked rows of a matrix, in that order.
CandidateMatrix rows_of(const CandidateMatrix& matrix, const std::vector<std::uint32_t>& picked) {
  CandidateMatrix out{narrow<std::uint32_t>(picked.size()),
                      matrix.id_columns,
                      matrix.dense_columns,
                      {},
                      {},
                      matrix.sequence};
  for (const auto row : picked) {
    const auto ids =
        std::span(matrix.ids).subspan(std::size_t{row} * matrix.id_columns, matrix.id_columns);
    const auto dense = std::span(matrix.dense)
                           .subspan(std::size_t{row} * matrix.dense_columns, matrix.dense_columns);
    out.ids.insert(out.ids.end(), ids.begin(), ids.end());
    out.dense.insert(out.dense.end(), dense.begin(), dense.end());
  }
  return out;
}

Result<void> TorchScorer::self_test() const {
  const CandidateMatrix whole = test_matrix(plan_);
  const CandidateMatrix* const whole_batch[] = {&whole};
  ARS_TRY(const auto together, score(whole_batch));
  std::vector<std::vector<std::uint32_t>> partitions(2);
  for (std::uint32_t i = 0; i < whole.rows; ++i) {
    partitions[0].push_back(whole.rows - 1 - i);
    if (i % 3 == 0) partitions[1].push_back(i);
    partitions.push_back({i});
  }
  for (const auto& picked : partitions) {
    const CandidateMatrix part = rows_of(whole, picked);
    const CandidateMatrix* const part_batch[] = {&part};
    ARS_TRY(const auto scores, score(part_batch));
    for (std::size_t i = 0; i < picked.size(); ++i) {
      if (std::bit_cast<std::uint32_t>(scores[0][i]) !=
          std::bit_cast<std::uint32_t>(together[0][picked[i]])) {
        return fail(Errc::unsupported,
                    fmt::format("a row scores {} among {} rows and {} among {}: this machine's "
                                "kernels make scores depend on the batch",
                                scores[0][i], picked.size(), together[0][picked[i]], whole.rows));
      }
    }
  }
  return success();
}

std::string best_device() {
  try {
    if (at::hasCUDA() && at::getNumGPUs() > 0) return "cuda";
  } catch (const std::exception&) {
    return "cpu";
  }
  return "cpu";
}

}  // namespace

TorchScorerFactory::TorchScorerFactory(Columns columns)
    : columns_(std::move(columns)), device_(best_device()) {}

Result<std::unique_ptr<Scorer>> TorchScorerFactory::load(const ScorerSource& source) const {
  ARS_TRY(Plan plan, compile(source.architecture, columns_));
  ARS_TRY(Weights weights, weights_from_bytes(plan, source.weights));
  try {
    const c10::InferenceMode guard;
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
    auto scorer = std::make_unique<TorchScorer>(std::move(plan), std::move(weights), device_);
    ARS_TRY(scorer->self_test());
    return std::unique_ptr<Scorer>(std::move(scorer));
  } catch (const std::exception& error) {
    return fail(Errc::unavailable, fmt::format("LibTorch: {}", error.what()));
  }
}

std::string TorchScorerFactory::device() const { return device_; }

}  // namespace ars::model
