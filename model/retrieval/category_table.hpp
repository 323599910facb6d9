// Numbers categories by first appearance. Every fold that numbers them uses this table and observes
// the listings in one order, so that the numbers agree. Owner: one fold; one thread at a time.
#pragma once

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ars::model {

class CategoryTable {
 public:
  const std::vector<std::string>& names() const { return names_; }

  // The distinct categories of an item as numbers, in their order; at most
  // limits::categories_per_item_max of them, and none beyond limits::categories_max.
  std::vector<std::uint16_t> number(const std::vector<std::string>& categories) {
    std::vector<std::uint16_t> out;
    for (const auto& name : categories) {
      if (out.size() == limits::categories_per_item_max) break;
      auto found = numbers_.find(name);
      if (found == numbers_.end()) {
        if (names_.size() == limits::categories_max) continue;
        found = numbers_.emplace(name, narrow<std::uint16_t>(names_.size())).first;
        names_.push_back(name);
      }
      bool repeated = false;
      for (const auto each : out)
        repeated = repeated || each == found->second;
      if (!repeated) out.push_back(found->second);
    }
    return out;
  }

 private:
  std::map<std::string, std::uint16_t> numbers_;
  std::vector<std::string> names_;
};

}  // namespace ars::model
