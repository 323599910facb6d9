// Two values of one event type, field by field, over the field list: equal, equal but for the last
// bits of floats, or different, and where. Pure; any thread.
#pragma once

#include "events/catalog.hpp"

#include <string>
#include <string_view>

namespace ars::runtime {

enum class Verdict : std::uint8_t { exact, equivalent, diverged };
std::string_view to_string(Verdict verdict);

// Scores of CPU models agree to this much (docs/log_format.md); everything else must be equal.
inline constexpr double relative_tolerance = 1e-5;
inline constexpr double absolute_tolerance = 1e-6;

struct Comparison {
  Verdict verdict = Verdict::exact;
  std::string field;     // of the first difference: items[3].score
  std::string recorded;  // both values as text
  std::string recomputed;
};

Comparison compare_payloads(const events::Payload& recorded, const events::Payload& recomputed);

}  // namespace ars::runtime
