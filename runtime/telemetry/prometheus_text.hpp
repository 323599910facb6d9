// The registry in the Prometheus text format, as /metrics serves it: every row of the table in its
// order, those without a series as HELP and TYPE alone. Any thread.
#pragma once

#include "runtime/telemetry/registry.hpp"

namespace ars::runtime {

inline constexpr char prometheus_text_type[] = "text/plain; version=0.0.4; charset=utf-8";

std::string prometheus_text(const Registry& registry);

}  // namespace ars::runtime
