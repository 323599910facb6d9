// Popularity exact at this request: the statistics view's counts plus the interactions since, which
// the view lacks. Pure; any thread.
#pragma once

#include "model/retrieval/view_set.hpp"

#include <span>
#include <vector>

namespace ars::actors {

// The n listed items with most interactions, ties by item id bytewise descending, without `seen`
// (ascending). `total` interactions happened so far, of which `recent` are the newest, newest last.
// REQUIRES: the view lacks at most recent.size() of them.
std::vector<ItemIndex> exact_popular(const model::ViewSet& views, std::uint64_t total,
                                     std::span<const ItemIndex> recent,
                                     std::span<const ItemIndex> seen, std::size_t n);

}  // namespace ars::actors
