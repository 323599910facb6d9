// Numbers and text as reports print them. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ars::model {

// Text for HTML and SVG, element content or quoted attribute: markup is escaped, control characters
// and bytes that are not UTF-8 become U+FFFD. What a source sends can never become markup.
std::string escape_html(std::string_view text);

// "0.01 -> 0.02" with a real arrow.
std::string with_arrows(std::string_view text);

// 100836 -> "100,836".
std::string format_count(std::uint64_t value);
// As many digits as say something: 0.0413, 0.7312, 1.204, 12.34, 1,204.
std::string format_value(double value);
// A difference, with its sign and one digit more: +0.00431, −0.01200 (a true minus sign).
std::string format_signed(double value);
// "[+0.00210, +0.00650]".
std::string format_interval(double low, double high);
// "–" where a source does not define it.
std::string format_optional(const std::optional<double>& value);
// For axes: 0, 500, 20k, 1.5M.
std::string format_compact(double value);

}  // namespace ars::model
