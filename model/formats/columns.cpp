#include "model/formats/columns.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace ars::model {
namespace {

bool put(std::vector<std::string_view>& columns, std::string_view column) {
  if (columns.size() >= limits::columns_max) return false;
  columns.push_back(column);
  return true;
}

std::string too_many() { return fmt::format("more than {} columns", limits::columns_max); }

std::optional<std::string> split_plain(std::string_view separator, std::string_view line,
                                       std::vector<std::string_view>& columns) {
  std::size_t from = 0;
  for (;;) {
    const auto at = line.find(separator, from);
    const auto size = at == std::string_view::npos ? at : at - from;
    if (!put(columns, line.substr(from, size))) return too_many();
    if (at == std::string_view::npos) return std::nullopt;
    from = at + separator.size();
  }
}

// One quoted field whose opening quote stands at `at`; moves `at` behind the closing quote.
std::optional<std::string> take_quoted(std::string_view line, std::size_t& at,
                                       std::string& scratch) {
  for (++at; at < line.size(); ++at) {
    if (line[at] != '"') {
      scratch.push_back(line[at]);
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      scratch.push_back('"');
      ++at;
    } else {
      ++at;
      if (at < line.size() && line[at] != ',') return "text after a closing quote";
      return std::nullopt;
    }
  }
  return "a quote is not closed on its line";
}

std::optional<std::string> split_csv(std::string_view line, std::string& scratch,
                                     std::vector<std::string_view>& columns) {
  if (line.find('"') == std::string_view::npos) return split_plain(",", line, columns);
  // No reallocation below: the columns point into scratch.
  scratch.reserve(line.size());
  for (std::size_t at = 0;; ++at) {
    std::string_view column;
    if (at < line.size() && line[at] == '"') {
      const auto from = scratch.size();
      if (auto wrong = take_quoted(line, at, scratch)) return wrong;
      column = std::string_view(scratch).substr(from);
    } else {
      const auto end = std::min(line.find(',', at), line.size());
      column = line.substr(at, end - at);
      at = end;
    }
    if (!put(columns, column)) return too_many();
    if (at >= line.size()) return std::nullopt;
  }
}

// The byte count of the UTF-8 sequence that starts the text; 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(text[i])};
  };
  const auto lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
  std::uint32_t point = lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return 0;
    point = (point << 6) | (byte(i) & 0x3Fu);
  }
  const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return overlong || surrogate || point > 0x10FFFF ? 0 : size;
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// The fraction ".f…" as nanoseconds. REQUIRES: starts with a point or is empty.
std::optional<std::int64_t> fraction_ns(std::string_view text) {
  if (text.empty()) return 0;
  if (text.size() < 2 || text.size() > 10) return std::nullopt;
  std::int64_t ns = 0;
  for (std::size_t i = 1; i < 10; ++i) {
    const char c = i < text.size() ? text[i] : '0';
    if (c < '0' || c > '9') return std::nullopt;
    ns = ns * 10 + (c - '0');
  }
  return ns;
}

}  // namespace

std::optional<std::string> split_columns(Separation separation, std::string_view line,
                                         std::string& scratch,
                                         std::vector<std::string_view>& columns) {
  columns.clear();
  scratch.clear();
  switch (separation) {
    case Separation::csv:
      return split_csv(line, scratch, columns);
    case Separation::double_colon:
      return split_plain("::", line, columns);
    case Separation::tab:
      return split_plain("\t", line, columns);
    case Separation::bar:
      return split_plain("|", line, columns);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at != end || text.empty()) return std::nullopt;
  return value;
}

std::optional<double> parse_decimal(std::string_view text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_utc_ns(std::string_view text) {
  constexpr std::string_view zone = "+00:00";
  constexpr std::size_t seconds_end = 19;
  if (text.size() < seconds_end + zone.size() || !text.ends_with(zone)) return std::nullopt;
  text.remove_suffix(zone.size());
  if (text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (text.size() > seconds_end && text[seconds_end] != '.') return std::nullopt;
  const auto ns = fraction_ns(text.substr(seconds_end));
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{narrow<unsigned>(*month)},
                                         std::chrono::day{narrow<unsigned>(*day)}};
  // Years that a count of nanoseconds can hold, with room to spare.
  const bool in_range = *year >= 1900 && *year <= 2200 && date.ok();
  if (!ns || !in_range || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = std::int64_t{days} * 86'400 + *hour * 3'600 + *minute * 60 + *second;
  return seconds * 1'000'000'000 + *ns;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto size = utf8_length(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string latin1_to_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  for (const char c : text) {
    const auto byte = std::uint32_t{static_cast<unsigned char>(c)};
    if (byte < 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xC0u | (byte >> 6)));
      out.push_back(static_cast<char>(0x80u | (byte & 0x3Fu)));
    }
  }
  return out;
}

std::string excerpt(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string out;
  while (!text.empty()) {
    const auto size = utf8_length(text);
    const auto piece = size == 0 ? replacement : text.substr(0, size);
    if (out.size() + piece.size() > limits::bad_row_text_bytes_max) break;
    out.append(piece);
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

Result<std::vector<std::size_t>> find_columns(const std::vector<std::string_view>& header,
                                              const std::vector<std::string>& wanted) {
  std::vector<std::size_t> places;
  for (const auto& name : wanted) {
    const auto count = std::count(header.begin(), header.end(), std::string_view(name));
    if (count != 1) {
      return fail(Errc::invalid, fmt::format("{} column '{}' in the header; it has: {}",
                                             count == 0 ? "no" : "more than one", name,
                                             excerpt(fmt::format("{}", fmt::join(header, ", ")))));
    }
    const auto at = std::find(header.begin(), header.end(), std::string_view(name));
    places.push_back(narrow<std::size_t>(at - header.begin()));
  }
  return places;
}

}  // namespace ars::model
