// Checked integer conversion. The only way in the project to make an integer smaller.
#pragma once

#include "events/base/check.hpp"

#include <concepts>
#include <type_traits>
#include <utility>

namespace ars {

template <std::integral To, std::integral From>
constexpr To narrow(From value) {
  ARS_CHECK(std::in_range<To>(value), "value {} does not fit", value);
  return static_cast<To>(value);
}

// A floating value to the integer below it. REQUIRES: finite and in range.
template <std::integral To>
constexpr To truncate(double value) {
  ARS_CHECK(value > -9.2e18 && value < 9.2e18, "value {} does not fit", value);
  return narrow<To>(static_cast<long long>(value));
}

template <class Enum>
requires std::is_enum_v<Enum>
constexpr auto to_underlying(Enum value) {
  return static_cast<std::underlying_type_t<Enum>>(value);
}

template <class To>
constexpr double to_double(To value) requires std::is_arithmetic_v<To> {
  return static_cast<double>(value);
}

}  // namespace ars
