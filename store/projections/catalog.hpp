// Every projection on one page: a header with its rows, a line here, a test. At its next start a
// log gets a family "p.<name>" for a new line, and the projection is built from the log.
// Constant data of static storage; any thread.
#pragma once

#include <array>
#include <string_view>

namespace ars::store {

inline constexpr std::array<std::string_view, 8> projection_catalog{
    "lineage",        "reward_ledger", "experiments",   "model_registry",
    "negative_cases", "user_profiles", "item_profiles", "task_graphs"};

}  // namespace ars::store
