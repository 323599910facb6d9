// Gives each distinct text a dense number in order of first appearance. Readers keep millions of
// rows as numbers and each text once. Owned by one reader; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

class Interner {
 public:
  // The number of the text; a new one when it was not seen before.
  std::uint32_t intern(std::string_view text);
  // Empty for a text that was never interned.
  std::optional<std::uint32_t> find(std::string_view text) const;
  // REQUIRES: number < size().
  const std::string& text(std::uint32_t number) const { return texts_[number]; }
  std::size_t size() const { return texts_.size(); }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  // The slot that holds the text, or the free one where it belongs.
  std::size_t slot_of(std::string_view text) const;
  void grow();

  std::vector<std::string> texts_;
  std::vector<std::uint32_t> slots_;  // open addressing; number + 1, 0 = free
};

}  // namespace ars::model
