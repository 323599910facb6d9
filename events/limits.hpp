// Named maxima of the events layer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ars::events::limits {

inline constexpr std::size_t envelope_bytes_max = 900 * 1024;
inline constexpr std::size_t envelope_header_bytes = 192;
inline constexpr std::size_t tlv_bytes_max = 16 * 1024;
inline constexpr std::size_t payload_bytes_max = envelope_bytes_max - envelope_header_bytes;
inline constexpr std::uint32_t payload_depth_max = 16;
inline constexpr std::uint32_t payload_tables_max = 200'000;
inline constexpr std::size_t ingress_json_bytes_max = 256 * 1024;

static_assert(tlv_bytes_max + envelope_header_bytes < envelope_bytes_max);

}  // namespace ars::events::limits
