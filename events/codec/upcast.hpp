// Old versions of events -> current ones, at read; the log is never rewritten. One line a step.
// Pure; any thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/result.hpp"
#include "events/catalog.hpp"

namespace ars::events {

// Reads an old payload and lifts it version by version to the current type. REQUIRES: bytes are
// 8-aligned. Errc::unsupported when no chain of steps leads from this version to the current one.
Result<Payload> upcast(std::uint32_t type_id, std::uint16_t schema_version, ByteSpan bytes);

}  // namespace ars::events
