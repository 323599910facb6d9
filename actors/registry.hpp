// The one list of actors: their kinds for the runtime, and the spec of each that is an agent. To
// add one: a folder with x_state, a line in registry.cpp, a test. Constant after first use; any
// thread.
#pragma once

#include "actors/decision_views.hpp"
#include "actors/protocol.hpp"
#include "runtime/event_sourced/partition.hpp"

#include <memory>

namespace ars::actors {

// Every registration; each agent's spec was checked (ARS_CHECK: a bad spec is our bug).
const std::vector<Registration>& registrations();
const runtime::KindRegistry& kinds();
std::unique_ptr<runtime::ViewKeeper> make_view_keeper();

// The agents that these plans need: all singletons and families, and one recall agent for each
// source that a plan in use asks for.
events::Composition composition_for(const Deployment& deployment);

}  // namespace ars::actors
