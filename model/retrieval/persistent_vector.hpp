// A vector whose snapshots share structure: what a snapshot costs, and what the first edit of an
// element after it costs, does not depend on the size. A tree of fixed height (leaf of LeafSize
// values, three levels of 64 children); an edit copies the path that a snapshot still shares.
// Owner: one fold writes; snapshots are immutable and may be read from any thread.
#pragma once

#include "events/base/check.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace ars::model {

template <class T, std::size_t LeafSize = 64>
class PersistentVector {
 public:
  static constexpr std::size_t fan = 64;
  static constexpr std::size_t capacity = LeafSize * fan * fan * fan;

  std::size_t size() const { return size_; }

  // The value, or null where nothing was ever written.
  const T* find(std::size_t index) const {
    if (index >= size_) return nullptr;
    const auto leaf = index / LeafSize;
    const auto& middle = root_->children[leaf / (fan * fan)];
    if (!middle) return nullptr;
    const auto& low = middle->children[leaf / fan % fan];
    if (!low) return nullptr;
    const auto& values = low->children[leaf % fan];
    return values ? &values->values[index % LeafSize] : nullptr;
  }

  // The value to write to; grows the vector. REQUIRES: index < capacity.
  T& edit(std::size_t index) {
    ARS_CHECK(index < capacity, "index {} beyond the capacity {}", index, capacity);
    const auto leaf = index / LeafSize;
    auto& middle = own(own(root_).children[leaf / (fan * fan)]);
    auto& low = own(middle.children[leaf / fan % fan]);
    auto& values = own(low.children[leaf % fan]);
    if (index >= size_) size_ = index + 1;
    return values.values[index % LeafSize];
  }

  // An immutable copy that shares everything. Edits of *this after it copy what they touch.
  PersistentVector snapshot() {
    PersistentVector out = *this;
    ++token_;
    return out;
  }

  // Nodes copied or created so far: the measured cost of publishing.
  std::uint64_t nodes_made() const { return nodes_made_; }

 private:
  // SHARED: nodes by all snapshots that reach them; only one whose token is the writer's is
  // written.
  struct Leaf {
    std::uint64_t token = 0;
    std::array<T, LeafSize> values{};
  };
  template <class Child>
  struct Inner {
    std::uint64_t token = 0;
    std::array<std::shared_ptr<Child>, fan> children{};
  };

  // A node made since the last snapshot belongs to this writer alone.
  template <class Node>
  Node& own(std::shared_ptr<Node>& node) {
    if (!node || node->token != token_) {
      node = node ? std::make_shared<Node>(*node) : std::make_shared<Node>();
      node->token = token_;
      ++nodes_made_;
    }
    return *node;
  }

  std::shared_ptr<Inner<Inner<Inner<Leaf>>>> root_;
  std::size_t size_ = 0;
  std::uint64_t token_ = 1;
  std::uint64_t nodes_made_ = 0;
};

}  // namespace ars::model
