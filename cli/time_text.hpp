// Times as people write them: RFC 3339 in UTC, seconds, or nanoseconds of the log's clock, which in
// lockstep begins at zero. Pure; any thread.
#pragma once

#include "events/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ars::cli {

// 2026-11-23T02:15:12.123456789Z; the fraction as short as it can be. Nanoseconds since 1970.
std::string time_text(std::int64_t ns);

// RFC 3339 with Z or an offset, a date alone, `123ns`, or seconds since 1970 with a fraction.
// Errc::invalid.
Result<std::int64_t> time_from_text(std::string_view text);

}  // namespace ars::cli
