// Which user an event belongs to: the key of agents that exist once per user. Pure; any thread.
#pragma once

#include "events/event.hpp"

#include <string>

namespace ars::actors {

// Hexadecimal pseudonym, or empty for an event of no user.
std::string user_key(const events::Event& event);

}  // namespace ars::actors
