// What an event names by its hash: weights, views. For the audit, which asks that they are there,
// and for whoever sends a log elsewhere, which sends them first. Pure; any thread.
#pragma once

#include "events/event.hpp"

#include <functional>

namespace ars::store {

// What something was decided with must still be there.
enum class Use : std::uint8_t { mentioned, decided_with };

// Calls visit for each hash; a hash of zeros names nothing.
void each_named(const events::Event& event,
                const std::function<void(const Bytes32& hash, Use use)>& visit);

// Whether events of this type may be the first to name weights.
bool introduces_weights(std::uint32_t type_id);

}  // namespace ars::store
