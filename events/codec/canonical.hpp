// Canonical bytes of a value for hashing: independent of how it is stored (docs/log_format.md).
// Fields in number order, those equal to their default left out, each as u16 number then value;
// integers little-endian, floats as IEEE bits (NaN is our bug, -0 is 0), strings and lists with a
// u32 length, nested structs with a u32 byte length. Pure; any thread.
#pragma once

#include "events/base/check.hpp"
#include "events/base/hash.hpp"
#include "events/base/narrow.hpp"
#include "events/codec/fields.hpp"

#include <bit>
#include <cmath>
#include <cstring>

namespace ars::events {

class CanonicalWriter {
 public:
  template <class T>
  void write(const T& value) {
    if constexpr (Strong<T>) {
      write(value.value());
    } else if constexpr (Listed<T>) {
      const auto at = out_.size();
      integer(std::uint32_t{0});
      write_fields(value);
      const auto size = narrow<std::uint32_t>(out_.size() - at - 4);
      std::memcpy(out_.data() + at, &size, 4);
    } else if constexpr (std::same_as<T, std::string>) {
      integer(narrow<std::uint32_t>(value.size()));
      append(value.data(), value.size());
    } else if constexpr (IsByteArray<T>::value) {
      append(value.data(), value.size());
    } else if constexpr (IsVector<T>::value) {
      integer(narrow<std::uint32_t>(value.size()));
      for (const auto& each : value)
        write<typename T::value_type>(each);
    } else if constexpr (std::is_floating_point_v<T>) {
      ARS_CHECK(!std::isnan(value), "a NaN cannot be hashed");
      const T canonical = value == T{0} ? T{0} : value;
      append(&canonical, sizeof(T));
    } else if constexpr (std::is_enum_v<T>) {
      integer(to_underlying(value));
    } else if constexpr (std::same_as<T, bool>) {
      integer(static_cast<std::uint8_t>(value ? 1 : 0));
    } else {
      integer(value);
    }
  }

  template <Listed T>
  void write_fields(const T& value) {
    [[maybe_unused]] static const T empty{};  // a type may list no fields
    for_each_field<T>([&](const auto& f) {
      if (value.*f.member == empty.*f.member) return;
      integer(f.number);
      write(value.*f.member);
    });
  }

  ByteSpan bytes() const { return out_; }

 private:
  template <class I>
  void integer(I value) {
    append(&value, sizeof(I));
  }
  void append(const void* data, std::size_t size) {
    const auto* from = static_cast<const std::uint8_t*>(data);
    out_.insert(out_.end(), from, from + size);
  }
  static_assert(std::endian::native == std::endian::little);
  std::vector<std::uint8_t> out_;
};

// SHA-256 of a value's canonical bytes.
template <Listed T>
Bytes32 content_hash(const T& value) {
  CanonicalWriter writer;
  writer.write_fields(value);
  return sha256(writer.bytes());
}

}  // namespace ars::events
