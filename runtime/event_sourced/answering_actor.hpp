// Answers questions in micro batches: what comes from several partitions within the window is
// answered in one call. With as many questions at hand as partitions may ask at once there is
// nothing to wait for, so that one partition never waits. Detached; its owner is Node.
#pragma once

#include "runtime/event_sourced/answering.hpp"
#include "runtime/mailbox.hpp"

namespace ars::runtime {

caf::actor spawn_answering(caf::actor_system& system, Answering setting);

}  // namespace ars::runtime
