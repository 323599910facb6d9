// Sums of scores per item within one request: a small open-addressing table that remembers the
// order in which items came, so that reading it is deterministic. Owner: one stack frame.
#pragma once

#include "events/base/id.hpp"
#include "events/base/narrow.hpp"

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace ars::model {

class ScoreTable {
 public:
  struct Entry {
    ItemIndex item;
    float score = 0;
  };

  // REQUIRES: at most `most` different items are added.
  explicit ScoreTable(std::size_t most)
      : slots_(std::bit_ceil(2 * most + 2)), mask_(slots_.size() - 1) {
    entries_.reserve(most);
  }

  // The item's place among the entries.
  std::size_t add(ItemIndex item, float score) {
    auto& slot = slots_[place(item)];
    if (slot == 0) {
      entries_.push_back({item, score});
      slot = narrow<std::uint32_t>(entries_.size());
    } else {
      entries_[slot - 1].score += score;
    }
    return slot - 1;
  }
  float score(ItemIndex item) const {
    const auto slot = slots_[place(item)];
    return slot == 0 ? 0 : entries_[slot - 1].score;
  }
  std::optional<std::size_t> find(ItemIndex item) const {
    const auto slot = slots_[place(item)];
    return slot == 0 ? std::nullopt : std::optional(slot - 1);
  }
  // In order of first addition.
  std::vector<Entry>& entries() { return entries_; }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::size_t place(ItemIndex item) const {
    auto at = (std::size_t{item.value()} * 0x9E3779B97F4A7C15u >> 20) & mask_;
    while (slots_[at] != 0 && entries_[slots_[at] - 1].item != item)
      at = (at + 1) & mask_;
    return at;
  }
  std::vector<std::uint32_t> slots_;  // index into entries_ plus 1; 0 = free
  std::size_t mask_;
  std::vector<Entry> entries_;
};

}  // namespace ars::model
