// The popularity baseline, exact at every request: the number of interactions before this one, any
// value, no decay, ties by item id bytewise descending. Items of the catalogue without one count 0.
// Owner: one agent's state; one thread at a time.
#pragma once

#include "events/codec/fields.hpp"

#include <span>
#include <string>
#include <vector>

namespace ars::model {

// What has to be kept to build the order again. Listed: fits into an agent's state or a snapshot.
struct PopularityCounts {
  std::vector<std::string> item_ids;  // by item index; empty: not listed
  std::vector<std::uint32_t> counts;  // by item index
  static constexpr auto fields =
      std::tuple{events::field(0, "item_ids", &PopularityCounts::item_ids),
                 events::field(1, "counts", &PopularityCounts::counts)};
  friend bool operator==(const PopularityCounts&, const PopularityCounts&) = default;
};

class ExactPopularity {
 public:
  ExactPopularity() = default;
  explicit ExactPopularity(PopularityCounts counts);
  // Enters an item with count 0. A second listing keeps its count and changes nothing.
  void list(ItemIndex item, std::string item_id);
  // One interaction more. REQUIRES: listed.
  void add(ItemIndex item);
  // The n best that are not in `seen`. O(n + |seen| + catalogue/64).
  std::vector<ItemIndex> top(std::size_t n, std::span<const ItemIndex> seen) const;
  std::uint32_t count(ItemIndex item) const;
  const PopularityCounts& counts() const { return counts_; }

 private:
  bool before(std::uint32_t a, std::uint32_t b) const;
  std::size_t place_of(std::uint32_t item, std::size_t until) const;

  PopularityCounts counts_;
  std::vector<std::uint32_t> order_;  // listed items, best first
};

}  // namespace ars::model
