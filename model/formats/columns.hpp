// Cuts a line into columns and reads numbers, times and text out of them. A column that does not
// hold what it should yields a reason in words for the quarantine. Pure functions, any thread.
#pragma once

#include "events/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

// How the columns of a form are separated.
enum class Separation : std::uint8_t { csv, double_colon, tab, bar };
// latin1_fallback: text that is not UTF-8 is read as Latin-1 (u.item, and movies.dat of the 1M
// set).
enum class Encoding : std::uint8_t { utf8, latin1_fallback };

// Cuts `line`. The columns point into `line` or, for quoted csv fields, into `scratch`, which is
// overwritten; they live as long as both stay unchanged. Returns what is wrong, or nothing.
std::optional<std::string> split_columns(Separation separation, std::string_view line,
                                         std::string& scratch,
                                         std::vector<std::string_view>& columns);

// Whole decimal numbers, without sign, blanks or leading '+'; empty when it is none or too large.
std::optional<std::uint64_t> parse_whole(std::string_view text);
// A finite decimal number, the whole text.
std::optional<double> parse_decimal(std::string_view text);
// "YYYY-MM-DD HH:MM:SS[.f…]+00:00" with up to nine fraction digits, as nanoseconds since 1970 UTC.
std::optional<std::int64_t> parse_utc_ns(std::string_view text);

bool is_utf8(std::string_view text);
std::string latin1_to_utf8(std::string_view text);
// What of a bad line is kept: valid UTF-8 (other bytes become U+FFFD), at most
// limits::bad_row_text_bytes_max bytes.
std::string excerpt(std::string_view text);

// Where each wanted column stands in the header. Errc::invalid: one is missing or stands there
// twice; the context names it and the columns that were found.
Result<std::vector<std::size_t>> find_columns(const std::vector<std::string_view>& header,
                                              const std::vector<std::string>& wanted);

}  // namespace ars::model
