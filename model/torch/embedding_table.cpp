#include "model/torch/embedding_table.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"

namespace ars::model {

EmbeddingTable::EmbeddingTable(const TablePlan& plan)
    : vocabulary_(plan.vocabulary),
      dim_(plan.dim),
      init_scale_(plan.init_scale),
      slots_(plan.vocabulary, 0),
      ids_(1, 0),
      rows_(plan.dim, 0.0F) {}

std::uint32_t EmbeddingTable::admit(std::uint32_t id, std::uint64_t key) {
  const auto own = wrap_id(id, vocabulary_);
  if (own == 0) return 0;
  if (slots_[own] != 0) return slots_[own];
  std::vector<float> values(dim_, 0.0F);
  if (init_scale_ > 0) {
    Philox rng(key, own);
    for (float& value : values)
      value = static_cast<float>(init_scale_ * rng.normal());
  }
  put(own, values);
  return slots_[own];
}

void EmbeddingTable::put(std::uint32_t id, std::span<const float> values) {
  ARS_CHECK(id > 0 && id < vocabulary_ && slots_[id] == 0, "row {} cannot be put", id);
  ARS_CHECK(values.size() == dim_, "a row has {} values", values.size());
  slots_[id] = narrow<std::uint32_t>(ids_.size());
  ids_.push_back(id);
  rows_.insert(rows_.end(), values.begin(), values.end());
}

}  // namespace ars::model
