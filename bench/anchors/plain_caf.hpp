// CAF alone: a shared pointer to an immutable value, sent between two actors to and fro. One
// caller.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ars::bench {

// Seconds for so many round trips, with the scheduler set as a node sets it.
double plain_caf_round_trips(std::uint64_t round_trips, std::size_t threads);

}  // namespace ars::bench
