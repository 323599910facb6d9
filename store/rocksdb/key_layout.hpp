// Keys of the column families, big-endian, so that byte order is numeric order
// (docs/log_format.md). Pure functions over values; any thread.
#pragma once

#include "events/codec/envelope.hpp"
#include "store/event_log.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace ars::store::keys {

template <std::size_t N>
using Key = std::array<char, N>;

template <std::size_t N>
std::string_view text(const Key<N>& key) {
  return {key.data(), N};
}

// A pointer as bytes: [u8 generation][u8 topic][u16 partition][u64 offset]. Keys of `log`, values
// of `agg`, `id` and `caus`.
inline constexpr std::size_t pointer_bytes = 12;
Key<12> pointer(const Pointer& at);
std::optional<Pointer> pointer_of(std::string_view bytes);
// The first four bytes of a pointer, and the least string above all pointers of that stream.
Key<4> stream(const Stream& stream);
std::string stream_end(const Stream& stream);
std::optional<Stream> stream_of(std::string_view bytes);

Key<24> fact(const AgentId& agent, Sequence sequence);
Key<16> id(const EventId& id);
Key<36> correlated(const CorrelationId& id, std::uint64_t log_time_ns, const Pointer& at);
Key<32> caused(const EventId& cause, const EventId& effect);
Key<4> u32(std::uint32_t value);
Key<8> u64(std::uint64_t value);
std::optional<std::uint32_t> u32_of(std::string_view bytes);
std::optional<std::uint64_t> u64_of(std::string_view bytes);

// The least string above every string with this prefix; empty when there is none.
std::string prefix_end(std::string_view prefix);

// In `meta`: marks a record that is in the log but in no index.
std::string superseded(const Pointer& at);
inline constexpr std::string_view superseded_prefix = "superseded/";
inline constexpr std::string_view format = "fmt";
inline constexpr std::string_view cluster = "cluster";

// The families that the log fills itself, and the rows of one record in those that index it.
inline constexpr std::string_view log_family = "log";
inline constexpr std::string_view fact_family = "agg";
inline constexpr std::string_view id_family = "id";
inline constexpr std::string_view correlation_family = "corr";
inline constexpr std::string_view cause_family = "caus";
enum class Index : std::uint8_t { fact, id, correlation, cause };
inline constexpr std::array<std::string_view, 4> index_families{fact_family, id_family,
                                                                correlation_family, cause_family};

// Calls visit(index, key, value) for each; views that hold during the call.
template <class Visit>
void each_index_row(const events::Envelope& header, const std::vector<EventId>& causes,
                    const Pointer& at, Visit&& visit) {
  const auto place = pointer(at);
  if (header.agg_seq.value() > 0) {
    visit(Index::fact, text(fact(header.agent_id, header.agg_seq)), text(place));
  }
  visit(Index::id, text(id(header.event_id)), text(place));
  if (header.correlation_id != CorrelationId{}) {
    const auto row = correlated(header.correlation_id, header.log_time_ns, at);
    visit(Index::correlation, text(row), std::string_view());
  }
  for (const auto& cause : causes) {
    visit(Index::cause, text(caused(cause, header.event_id)), text(place));
  }
}

}  // namespace ars::store::keys
