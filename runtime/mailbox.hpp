// The two message types that cross mailboxes: EventPtr (a fact or an input) and ControlPtr. Both
// are shared pointers to immutable values, so a message copies nothing. Any actor.
#pragma once

#include "runtime/event_sourced/control.hpp"

#include <caf/all.hpp>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ars::events::EventPtr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ars::runtime::ControlPtr)
