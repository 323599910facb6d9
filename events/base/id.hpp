// Strong types for ids, positions and versions: explicit construction, comparison and hash, no way
// back by conversion, no arithmetic except next(). Values, any thread.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ars {

using Bytes16 = std::array<std::uint8_t, 16>;
using Bytes32 = std::array<std::uint8_t, 32>;

std::string to_hex(std::span<const std::uint8_t> bytes);
// Empty when the text is not hexadecimal or has another length.
std::optional<Bytes16> bytes16_from_hex(std::string_view hex);
std::optional<Bytes32> bytes32_from_hex(std::string_view hex);

// A named value. Tag makes the type, T holds it.
template <class T, class Tag>
class Named {
 public:
  using Value = T;
  constexpr Named() = default;
  constexpr explicit Named(T value) : value_(std::move(value)) {}
  constexpr const T& value() const { return value_; }
  friend constexpr bool operator==(const Named&, const Named&) = default;
  friend constexpr auto operator<=>(const Named&, const Named&) = default;

 private:
  T value_{};
};

// A named counter: next() is its only arithmetic.
template <class Tag>
class Counter {
 public:
  using Value = std::uint64_t;
  constexpr Counter() = default;
  constexpr explicit Counter(std::uint64_t value) : value_(value) {}
  constexpr std::uint64_t value() const { return value_; }
  constexpr Counter next() const { return Counter(value_ + 1); }
  friend constexpr bool operator==(const Counter&, const Counter&) = default;
  friend constexpr auto operator<=>(const Counter&, const Counter&) = default;

 private:
  std::uint64_t value_ = 0;
};

using EventId = Named<Bytes16, struct EventIdTag>;              // UUIDv7
using AgentId = Named<Bytes16, struct AgentIdTag>;              // pseudonym of a named agent
using CorrelationId = Named<Bytes16, struct CorrelationIdTag>;  // one request or task
using TraceId = Named<Bytes16, struct TraceIdTag>;
using ClusterId = Named<Bytes16, struct ClusterIdTag>;
using UserId = Named<Bytes16, struct UserIdTag>;              // keyed pseudonym, never a source id
using ItemIndex = Named<std::uint32_t, struct ItemIndexTag>;  // dense, by order of registration
using RequestId = Named<Bytes16, struct RequestIdTag>;
using Sequence = Counter<struct SequenceTag>;  // within one agent's history, from 1
using Offset = Counter<struct OffsetTag>;      // always "next to read"
using Epoch = Counter<struct EpochTag>;
using CompositionVersion = Counter<struct CompositionVersionTag>;
using ViewVersion = Counter<struct ViewVersionTag>;
using ModelVersion = Counter<struct ModelVersionTag>;
using BatchNumber = Counter<struct BatchNumberTag>;
using Seed = Named<std::uint64_t, struct SeedTag>;

template <class Tag>
std::string to_hex(const Named<Bytes16, Tag>& id) {
  return to_hex(std::span<const std::uint8_t>(id.value()));
}

}  // namespace ars

template <class Tag>
struct std::hash<ars::Named<ars::Bytes16, Tag>> {
  std::size_t operator()(const ars::Named<ars::Bytes16, Tag>& id) const noexcept {
    std::size_t out = 0;
    std::memcpy(&out, id.value().data() + 8, sizeof(out));
    return out;
  }
};
template <class T, class Tag>
struct std::hash<ars::Named<T, Tag>> {
  std::size_t operator()(const ars::Named<T, Tag>& id) const noexcept {
    return std::hash<T>{}(id.value());
  }
};
template <class Tag>
struct std::hash<ars::Counter<Tag>> {
  std::size_t operator()(const ars::Counter<Tag>& id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value());
  }
};
