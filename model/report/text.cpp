#include "model/report/text.hpp"

#include "model/formats/columns.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ars::model {
namespace {

constexpr std::string_view minus_sign = "\u2212";
constexpr std::string_view replacement = "\uFFFD";

std::string with_separators(std::string digits) {
  const auto point = std::min(digits.find('.'), digits.size());
  for (std::size_t at = point; at > 3; at -= 3)
    digits.insert(at - 3, ",");
  return digits;
}

// |value| as text; `decimals` of what lies below a tenth.
std::string magnitude(double value, int decimals) {
  const double size = std::abs(value);
  if (std::isinf(size)) return "\u221E";
  if (size >= 1e9 || (size > 0 && size < 1e-5)) return fmt::format("{:.2e}", size);
  if (size >= 1000) return with_separators(fmt::format("{:.0f}", size));
  if (size >= 100) return fmt::format("{:.1f}", size);
  if (size >= 10) return fmt::format("{:.2f}", size);
  if (size >= 1) return fmt::format("{:.3f}", size);
  if (size >= 0.1) return fmt::format("{:.4f}", size);
  if (size == 0) return "0";
  const bool shows = size >= 10 * std::pow(10.0, -decimals);
  return fmt::format("{:.{}f}", size, shows ? decimals : decimals + 2);
}

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  // Latin-1 is the fallback of no report: a wrong byte shows as one.
  std::string valid;
  if (!is_utf8(text)) {
    for (const char c : text) {
      if (c >= 0) {
        valid.push_back(c);
      } else {
        valid.append(replacement);
      }
    }
    text = valid;
  }
  std::string out;
  out.reserve(text.size() + 16);
  for (const char c : text) {
    if (const auto named = entity(c); !named.empty()) {
      out.append(named);
    } else if (c >= 0 && c < ' ' && c != '\n') {
      out.append(c == '\t' ? " " : replacement);
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string with_arrows(std::string_view text) {
  constexpr std::string_view plain = " -> ", arrow = " \u2192 ";
  std::string out(text);
  for (auto at = out.find(plain); at != std::string::npos;
       at = out.find(plain, at + arrow.size())) {
    out.replace(at, plain.size(), arrow);
  }
  return out;
}

std::string format_count(std::uint64_t value) { return with_separators(fmt::format("{}", value)); }

std::string format_value(double value) {
  if (std::isnan(value)) return "\u2013";
  return value < 0 ? std::string(minus_sign) + magnitude(value, 4) : magnitude(value, 4);
}

std::string format_signed(double value) {
  if (std::isnan(value)) return "\u2013";
  if (value == 0) return "0";
  return std::string(value < 0 ? minus_sign : std::string_view("+")) + magnitude(value, 5);
}

std::string format_interval(double low, double high) {
  return fmt::format("[{}, {}]", format_signed(low), format_signed(high));
}

std::string format_optional(const std::optional<double>& value) {
  return value ? format_value(*value) : "\u2013";
}

std::string format_compact(double value) {
  const double size = std::abs(value);
  const std::string_view sign = value < 0 ? minus_sign : std::string_view();
  if (size >= 1e6) return fmt::format("{}{:.3g}M", sign, size / 1e6);
  if (size >= 1e3) return fmt::format("{}{:.3g}k", sign, size / 1e3);
  return fmt::format("{}{:.3g}", sign, size);
}

}  // namespace ars::model
