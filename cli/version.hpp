// The version of this binary, as `ars version` and telemetry say it. Constant; any thread.
#pragma once

#include <string_view>

namespace ars::cli {

inline constexpr std::string_view version = "0.1.0";

}  // namespace ars::cli
