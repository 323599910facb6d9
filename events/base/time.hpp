// Time as events carry it. A Timestamp is a point, a Duration a length; both count nanoseconds.
// Nothing here reads a clock.
#pragma once

#include <compare>
#include <cstdint>

namespace ars {

class Duration {
 public:
  constexpr Duration() = default;
  constexpr explicit Duration(std::int64_t ns) : ns_(ns) {}
  static constexpr Duration seconds(std::int64_t s) { return Duration(s * 1'000'000'000); }
  static constexpr Duration milliseconds(std::int64_t ms) { return Duration(ms * 1'000'000); }
  constexpr std::int64_t ns() const { return ns_; }
  constexpr double seconds() const { return static_cast<double>(ns_) * 1e-9; }
  friend constexpr bool operator==(const Duration&, const Duration&) = default;
  friend constexpr auto operator<=>(const Duration&, const Duration&) = default;

 private:
  std::int64_t ns_ = 0;
};

// Nanoseconds since 1970-01-01 UTC; signed, because what happened may lie before.
class Timestamp {
 public:
  using Value = std::int64_t;
  constexpr Timestamp() = default;
  constexpr explicit Timestamp(std::int64_t ns) : ns_(ns) {}
  constexpr std::int64_t value() const { return ns_; }
  constexpr Timestamp operator+(Duration d) const { return Timestamp(ns_ + d.ns()); }
  constexpr Duration operator-(Timestamp other) const { return Duration(ns_ - other.ns_); }
  friend constexpr bool operator==(const Timestamp&, const Timestamp&) = default;
  friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) = default;

 private:
  std::int64_t ns_ = 0;
};

}  // namespace ars
