// The field list: the only schema of a stored value. A type lists its numbered fields once,
//   static constexpr auto fields = std::tuple{field(0, "user", &T::user), personal(1, ...)};
// and writer, verifier, reader, JSON, canonical hash and reference page are templates over it.
// Numbers are never reused; a field is added at the end and defaults to the value that `T{}` has,
// which must be the zero of its type. Compile-time only; no owner, no thread.
#pragma once

#include "events/base/id.hpp"
#include "events/base/time.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace ars::events {

// Whether a field says something about a person that erasure must be able to remove.
enum class Privacy : std::uint8_t { open, personal };

// One entry of a constexpr field list; its name has static storage.
template <class Owner, class T>
struct Field {
  std::uint16_t number;
  std::string_view name;
  T Owner::*member;
  Privacy privacy;
  using Type = T;
};

template <class Owner, class T>
constexpr auto field(std::uint16_t number, std::string_view name, T Owner::*member) {
  return Field<Owner, T>{number, name, member, Privacy::open};
}

// A field to be sealed under the subject's key once sealing is on; its format does not change then.
template <class Owner, class T>
constexpr auto personal(std::uint16_t number, std::string_view name, T Owner::*member) {
  return Field<Owner, T>{number, name, member, Privacy::personal};
}

template <class T>
concept Listed = requires {
  std::tuple_size<std::remove_cvref_t<decltype(T::fields)>>::value;
};

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <class T>
struct IsByteArray : std::false_type {};
template <std::size_t N>
struct IsByteArray<std::array<std::uint8_t, N>> : std::true_type {};

// A strong type over a scalar, a byte array or a string: Named, Counter, Timestamp.
template <class T>
concept Strong = requires(const T& t) {
  typename T::Value;
  { t.value() } -> std::convertible_to<typename T::Value>;
}
&&!Listed<T>;

template <class T>
concept Scalar = std::is_arithmetic_v<T> || std::is_enum_v<T>;

// What a field is stored as: strong types and enumerations unwrap to what they hold.
template <class T>
constexpr decltype(auto) unwrap(const T& value) {
  if constexpr (Strong<T>) {
    return value.value();
  } else {
    return (value);
  }
}

template <class T, class F>
constexpr void for_each_field(F&& visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, T::fields);
}

// Numbers rise from 0 without gaps; checked by the catalogue for every event and state.
template <class T>
consteval bool fields_are_numbered() {
  std::uint16_t expected = 0;
  bool ok = true;
  for_each_field<T>([&](const auto& f) { ok = ok && f.number == expected++; });
  return ok;
}

}  // namespace ars::events
