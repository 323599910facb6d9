// Values of every listed type with no field at its default, the same on every machine and forever:
// what a field holds follows from its path alone, so that a field that is added later moves no
// other value. For the tests of events/; pure.
#pragma once

#include "events/base/hash.hpp"
#include "events/codec/fields.hpp"

#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ars::test {

// Plain values are small and readable; extreme ones stand at the ends of their types.
enum class Fill { plain, extreme };

template <class T>
T filled(const std::string& path, Fill fill);

template <class T>
T filled_number(std::uint32_t seed, Fill fill) {
  if constexpr (std::same_as<T, bool>) {
    return true;
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<T>(1);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (fill == Fill::extreme) {
      return seed % 2 == 0 ? std::numeric_limits<T>::lowest()
                           : std::numeric_limits<T>::denorm_min();
    }
    return static_cast<T>(seed % 1000) + T{0.25};
  } else {
    if (fill == Fill::extreme) {
      return std::is_signed_v<T> ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
    }
    if constexpr (sizeof(T) == 1) return static_cast<T>(seed % 100 + 1);
    if constexpr (sizeof(T) == 2) return static_cast<T>(seed % 30'000 + 1);
    return static_cast<T>(seed % 1'000'000'000 + 1);
  }
}

inline std::string filled_text(std::uint32_t seed, Fill fill) {
  auto out = "text " + std::to_string(seed % 1000);
  if (fill == Fill::extreme) out.append("\0\xc3\xa9\xff\n", 5).append(300, 'x');
  return out;
}

template <class T>
T filled_bytes(std::uint32_t seed, Fill fill) {
  T out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] =
        fill == Fill::extreme ? std::uint8_t{255} : static_cast<std::uint8_t>(seed % 97 + i + 1);
  }
  return out;
}

template <class T>
T filled(const std::string& path, Fill fill) {
  const auto seed = crc32c(as_bytes(path));
  if constexpr (events::Strong<T>) {
    return T(filled<typename T::Value>(path, fill));
  } else if constexpr (events::Listed<T>) {
    T out{};
    events::for_each_field<T>([&](const auto& f) {
      using F = typename std::remove_cvref_t<decltype(f)>::Type;
      out.*f.member = filled<F>(path + "." + std::string(f.name), fill);
    });
    return out;
  } else if constexpr (std::same_as<T, std::string>) {
    return filled_text(seed, fill);
  } else if constexpr (events::IsByteArray<T>::value) {
    return filled_bytes<T>(seed, fill);
  } else if constexpr (events::IsVector<T>::value) {
    const std::size_t size = fill == Fill::extreme ? 5 : 2;
    T out;
    for (std::size_t i = 0; i < size; ++i) {
      out.push_back(filled<typename T::value_type>(path + "[" + std::to_string(i) + "]", fill));
    }
    return out;
  } else {
    return filled_number<T>(seed, fill);
  }
}

}  // namespace ars::test
