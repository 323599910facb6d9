// The road of a change as a task graph: data that events carry, and the sentences that say where it
// stands. Pure; any thread.
#pragma once

#include "events/evolution.hpp"

#include <string>
#include <vector>

namespace ars::actors {

// Nodes of the road for an arm: propose, check, then train and evidence or shadow, canary, verdict.
std::vector<events::TaskNode> road_of(std::string_view arm);

events::TaskNodeChanged node_changed(std::uint64_t graph, std::string node, events::TaskState state,
                                     std::string sentence);

}  // namespace ars::actors
