// A scorer without a model: a row's score is a number derived from that row alone. Counts what it
// is asked, and fails when told to. Owned by one test.
#pragma once

#include "events/base/narrow.hpp"
#include "model/features/encoder.hpp"
#include "model/ranking/scorer.hpp"

namespace ars::actors::world {

struct Asked {
  std::size_t loads = 0;
  std::vector<std::size_t> batches;  // matrices of each call
  bool load_fails = false;
  bool score_fails = false;
};

inline float score_of(const model::CandidateMatrix& matrix, std::size_t row) {
  std::uint64_t sum = 17;
  for (const auto id : model::row_ids(matrix, row))
    sum = sum * 31 + id;
  return static_cast<float>(sum % 1009) / 1009;
}

class FakeScorer final : public model::Scorer {
 public:
  explicit FakeScorer(Asked& asked) : asked_(asked) {}
  Result<std::vector<std::vector<float>>> score(
      std::span<const model::CandidateMatrix* const> batch) const override {
    asked_.batches.push_back(batch.size());
    if (asked_.score_fails) return fail(Errc::invalid, "told to fail");
    std::vector<std::vector<float>> out;
    for (const auto* matrix : batch) {
      out.emplace_back();
      for (std::size_t row = 0; row < matrix->rows; ++row)
        out.back().push_back(score_of(*matrix, row));
    }
    return out;
  }

 private:
  Asked& asked_;
};

class FakeFactory final : public model::ScorerFactory {
 public:
  explicit FakeFactory(Asked& asked) : asked_(asked) {}
  Result<std::unique_ptr<model::Scorer>> load(const model::ScorerSource&) const override {
    ++asked_.loads;
    if (asked_.load_fails) return fail(Errc::corrupt, "told to fail");
    return std::unique_ptr<model::Scorer>(std::make_unique<FakeScorer>(asked_));
  }
  std::string device() const override { return "none"; }

 private:
  Asked& asked_;
};

}  // namespace ars::actors::world
