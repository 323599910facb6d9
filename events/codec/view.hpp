// Typed bytes of any listed struct: agent states, view deltas, projection rows. Heavy
// (flatbuffers); include it in .cpp files only. Pure; any thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/result.hpp"
#include "events/codec/flat.hpp"

#include <cstring>
#include <vector>

namespace ars::events {

template <Listed T>
std::vector<std::uint8_t> to_bytes(const T& value) {
  return flat::encode(value);
}

// Errc::corrupt when the bytes are not a T.
template <Listed T>
Result<T> from_bytes(ByteSpan bytes) {
  // FlatBuffers loads through reinterpret_cast: stored slices are unaligned, so copy first.
  std::vector<std::uint64_t> arena((bytes.size() + 7) / 8);
  if (!bytes.empty()) std::memcpy(arena.data(), bytes.data(), bytes.size());
  T value{};
  if (!flat::decode(reinterpret_cast<const std::uint8_t*>(arena.data()), bytes.size(), value)) {
    return fail(Errc::corrupt, "bytes do not hold the expected table");
  }
  return value;
}

}  // namespace ars::events
