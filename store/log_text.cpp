#include "events/base/narrow.hpp"
#include "store/event_log.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace ars::store {
namespace {

constexpr std::array<std::pair<Topic, std::string_view>, 7> topic_names{{{Topic::evt, "evt"},
                                                                         {Topic::cmd, "cmd"},
                                                                         {Topic::fb, "fb"},
                                                                         {Topic::ctl, "ctl"},
                                                                         {Topic::model, "model"},
                                                                         {Topic::snap, "snap"},
                                                                         {Topic::dlq, "dlq"}}};

std::optional<std::uint64_t> number(std::string_view text, std::uint64_t most) {
  std::uint64_t out = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  if (text.empty() || error != std::errc{} || stop != end || out > most) return std::nullopt;
  return out;
}

}  // namespace

std::string_view to_string(Topic topic) {
  for (const auto& [known, name] : topic_names) {
    if (known == topic) return name;
  }
  return "unknown";
}

std::string to_string(const Pointer& pointer) {
  return fmt::format("{}/{}/{}", to_string(pointer.stream.topic), pointer.stream.partition,
                     pointer.offset.value());
}

Result<Pointer> pointer_from_text(std::string_view text) {
  const auto first = text.find('/');
  const auto second = first == text.npos ? text.npos : text.find('/', first + 1);
  if (second == text.npos) {
    return fail(Errc::invalid, fmt::format("'{}' is no topic/partition/offset", text));
  }
  const auto partition = number(text.substr(first + 1, second - first - 1), 0xffff);
  const auto offset = number(text.substr(second + 1), ~std::uint64_t{0});
  for (const auto& [topic, name] : topic_names) {
    if (name != text.substr(0, first) || !partition || !offset) continue;
    return Pointer{Stream{topic, narrow<std::uint16_t>(*partition)}, Offset(*offset)};
  }
  return fail(Errc::invalid, fmt::format("'{}' is no topic/partition/offset", text));
}

}  // namespace ars::store
