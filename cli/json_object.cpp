#include "cli/json_object.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ars::cli {
namespace {

constexpr std::uint64_t exact_max = 1ull << 53;

// Length of the UTF-8 sequence at the front of text; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(text[i])};
  };
  const auto lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if (length == 3 && lead == 0xe0 && byte(1) < 0xa0) return 0;
  if (length == 3 && lead == 0xed && byte(1) >= 0xa0) return 0;  // surrogates
  if (length == 4 && lead == 0xf0 && byte(1) < 0x90) return 0;
  if (length == 4 && lead == 0xf4 && byte(1) >= 0x90) return 0;
  return length;
}

}  // namespace

std::string json_text(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const char c = text.front();
    const auto length = sequence_length(text);
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (length == 1 && c < 0x20) {
      out += fmt::format("\\u{:04x}", int{c});
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + '"';
}

std::string json_text(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}
std::string json_text(float value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

std::string json_text(std::uint64_t value) {
  return value <= exact_max ? fmt::format("{}", value) : fmt::format("\"{}\"", value);
}

std::string json_text(std::int64_t value) {
  const auto most = std::int64_t{1} << 53;
  return value <= most && value >= -most ? fmt::format("{}", value) : fmt::format("\"{}\"", value);
}

JsonObject& JsonObject::add_raw(std::string_view name, std::string_view json) {
  if (!fields_.empty()) fields_ += ',';
  fields_ += json_text(name);
  fields_ += ':';
  fields_ += json;
  return *this;
}

JsonObject& JsonObject::add(std::string_view name, std::string_view text) {
  return add_raw(name, json_text(text));
}

JsonObject& JsonObject::add(std::string_view name, const JsonObject& value) {
  return add_raw(name, value.text());
}

JsonObject& JsonObject::add(std::string_view name, const std::vector<JsonObject>& list) {
  std::vector<std::string> values;
  values.reserve(list.size());
  for (const auto& each : list)
    values.push_back(each.text());
  return add_raw(name, json_list(values));
}

std::string json_list(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const auto& value : values) {
    if (out.size() > 1) out += ',';
    out += value;
  }
  return out + "]";
}

}  // namespace ars::cli
