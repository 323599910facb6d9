// Whether the indexes of a log say what its records say: order-free sums over the rows of each
// family on both sides, and a search for the first missing row where they differ. One owner, one
// thread.
#pragma once

#include "store/audit/verify.hpp"
#include "store/rocksdb/directory_contents.hpp"
#include "store/rocksdb/key_layout.hpp"

#include <array>
#include <set>
#include <string>
#include <vector>

namespace ars::store {

class IndexCheck {
 public:
  explicit IndexCheck(std::set<Pointer> superseded) : superseded_(std::move(superseded)) {}

  // Takes each sound record of the log, in any order.
  void expect(const Pointer& at, const events::Envelope& header);
  // What differs between the records taken and the rows stored, at most one finding a family.
  std::vector<Finding> compare(const DirectoryContents& contents) const;
  // The first record, by log time, whose row in this index cannot be read; evt/0/0 where there is
  // none such.
  Finding first_missing(const DirectoryContents& contents, keys::Index index) const;

 private:
  struct Sum {
    std::uint64_t rows = 0;
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const Sum&, const Sum&) = default;
    void add(std::string_view key, std::string_view value);
  };

  std::set<Pointer> superseded_;
  std::array<Sum, keys::index_families.size()> sums_{};
};

}  // namespace ars::store
