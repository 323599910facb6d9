// A set of items as bits, for exclusion within one request. Value; any thread.
#pragma once

#include "events/base/id.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace ars::model {

class ItemSet {
 public:
  // Items at or beyond `size` are not held, and contains() is false for them.
  ItemSet(std::size_t size, std::span<const ItemIndex> items) : words_((size + 63) / 64) {
    for (const auto item : items)
      insert(item);
  }
  bool contains(ItemIndex item) const {
    const auto word = item.value() / 64;
    return word < words_.size() && (words_[word] >> (item.value() % 64) & 1) != 0;
  }
  void insert(ItemIndex item) {
    const auto word = item.value() / 64;
    if (word < words_.size()) words_[word] |= std::uint64_t{1} << (item.value() % 64);
  }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace ars::model
