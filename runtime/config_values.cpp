#include "runtime/config_values.hpp"

#include "events/base/narrow.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace ars::runtime {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
// Largest first, as they are printed.
constexpr Unit duration_units[] = {{"d", 86'400'000'000'000},
                                   {"h", 3'600'000'000'000},
                                   {"m", 60'000'000'000},
                                   {"s", 1'000'000'000},
                                   {"ms", 1'000'000},
                                   {"us", 1'000},
                                   {"ns", 1}};
constexpr Unit size_units[] = {{"TiB", std::uint64_t{1} << 40},
                               {"GiB", std::uint64_t{1} << 30},
                               {"MiB", std::uint64_t{1} << 20},
                               {"KiB", std::uint64_t{1} << 10},
                               {"TB", 1'000'000'000'000},
                               {"GB", 1'000'000'000},
                               {"MB", 1'000'000},
                               {"KB", 1'000},
                               {"B", 1}};

template <class T>
std::optional<T> number_from(std::string_view text) {
  T value{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return value;
}

// Number and unit as a count of the smallest unit; whole numbers stay exact.
std::optional<std::uint64_t> counted(std::string_view text, std::span<const Unit> units) {
  const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = text.substr(0, digits);
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& each) {
    return each.name == text.substr(digits);
  });
  if (unit == units.end()) return std::nullopt;
  constexpr double most = 9e18;
  if (const auto whole = number_from<std::uint64_t>(number)) {
    if (to_double(*whole) * to_double(unit->factor) > most) return std::nullopt;
    return *whole * unit->factor;
  }
  const auto fraction = number_from<double>(number);
  if (!fraction.has_value() || *fraction * to_double(unit->factor) > most) return std::nullopt;
  return truncate<std::uint64_t>(std::round(*fraction * to_double(unit->factor)));
}

std::string in_largest_unit(std::uint64_t count, std::span<const Unit> units) {
  for (const auto& unit : units) {
    if (count >= unit.factor && count % unit.factor == 0) {
      return fmt::format("{}{}", count / unit.factor, unit.name);
    }
  }
  return fmt::format("0{}", units.back().name);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char each : text) {
    if (each == '"' || each == '\\') out += '\\';
    if (each == '\n') {
      out += "\\n";
    } else {
      out += each;
    }
  }
  return out + "\"";
}

std::string kind_of(const detail::RawValue& value) {
  return std::visit(
      Overloaded{[](bool) -> std::string { return "true or false"; },
                 [](std::int64_t v) { return fmt::format("the number {}", v); },
                 [](double v) { return fmt::format("the number {}", v); },
                 [](const std::string& v) { return quoted(v); },
                 [](const std::vector<std::string>&) -> std::string { return "a list"; },
                 [](const detail::RawText& v) { return quoted(v.text); },
                 [](const detail::RawOther& v) { return v.kind; }},
      value);
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::vector<std::string_view> words_of(const Bounds& bounds) {
  std::vector<std::string_view> out;
  for (const auto word : bounds.words) {
    if (!word.empty()) out.push_back(word);
  }
  return out;
}

// The value as the slot's type, from whichever form it came in; empty: not of that type.
std::optional<bool> read(bool*, const detail::RawValue& value) {
  if (const auto* given = std::get_if<bool>(&value)) return *given;
  const auto* text = std::get_if<detail::RawText>(&value);
  if (text != nullptr && text->text == "true") return true;
  if (text != nullptr && text->text == "false") return false;
  return std::nullopt;
}
std::optional<std::uint64_t> read(std::uint64_t*, const detail::RawValue& value) {
  if (const auto* given = std::get_if<std::int64_t>(&value)) {
    if (*given < 0) return std::nullopt;
    return narrow<std::uint64_t>(*given);
  }
  const auto* text = std::get_if<detail::RawText>(&value);
  return text == nullptr ? std::nullopt : number_from<std::uint64_t>(text->text);
}
std::optional<double> read(double*, const detail::RawValue& value) {
  if (const auto* given = std::get_if<double>(&value)) return *given;
  if (const auto* given = std::get_if<std::int64_t>(&value)) return to_double(*given);
  const auto* text = std::get_if<detail::RawText>(&value);
  return text == nullptr ? std::nullopt : number_from<double>(text->text);
}
std::optional<std::string> read(std::string*, const detail::RawValue& value) {
  if (const auto* given = std::get_if<std::string>(&value)) return *given;
  if (const auto* text = std::get_if<detail::RawText>(&value)) return text->text;
  return std::nullopt;
}
std::optional<std::vector<std::string>> read(std::vector<std::string>*,
                                             const detail::RawValue& value) {
  if (const auto* given = std::get_if<std::vector<std::string>>(&value)) return *given;
  if (const auto* text = std::get_if<detail::RawText>(&value)) return split(text->text);
  return std::nullopt;
}
std::optional<Duration> read(Duration*, const detail::RawValue& value) {
  const auto text = read(static_cast<std::string*>(nullptr), value);
  if (!text.has_value()) return std::nullopt;
  auto parsed = duration_from_text(*text);
  return parsed.has_value() ? std::optional(parsed.assume_value()) : std::nullopt;
}
std::optional<ByteSize> read(ByteSize*, const detail::RawValue& value) {
  const auto text = read(static_cast<std::string*>(nullptr), value);
  if (!text.has_value()) return std::nullopt;
  auto parsed = size_from_text(*text);
  return parsed.has_value() ? std::optional(parsed.assume_value()) : std::nullopt;
}

bool allowed(bool, const Bounds&) { return true; }
bool in_range(double value, const Bounds& bounds) {
  return value >= bounds.low && value <= bounds.high;
}
bool allowed(std::uint64_t value, const Bounds& bounds) {
  return in_range(to_double(value), bounds);
}
bool allowed(double value, const Bounds& bounds) { return in_range(value, bounds); }
bool allowed(const std::string& value, const Bounds& bounds) {
  const auto words = words_of(bounds);
  if (words.empty()) return in_range(to_double(value.size()), bounds);
  return std::find(words.begin(), words.end(), value) != words.end();
}
bool allowed(const std::vector<std::string>& value, const Bounds& bounds) {
  const auto empty = std::find(value.begin(), value.end(), "");
  return empty == value.end() && in_range(to_double(value.size()), bounds);
}
bool allowed(Duration value, const Bounds& bounds) { return in_range(value.seconds(), bounds); }
bool allowed(ByteSize value, const Bounds& bounds) {
  return in_range(to_double(value.value()), bounds);
}

std::string seconds_text(double seconds) {
  return duration_text(Duration(truncate<std::int64_t>(std::round(seconds * 1e9))));
}

}  // namespace

Result<Duration> duration_from_text(std::string_view text) {
  const auto ns = counted(text, duration_units);
  if (!ns.has_value()) {
    return fail(Errc::invalid, fmt::format("{} is no duration such as \"20ms\"", quoted(text)));
  }
  return Duration(narrow<std::int64_t>(*ns));
}

Result<ByteSize> size_from_text(std::string_view text) {
  const auto bytes = counted(text, size_units);
  if (!bytes.has_value()) {
    return fail(Errc::invalid, fmt::format("{} is no size such as \"64MiB\"", quoted(text)));
  }
  return ByteSize(*bytes);
}

std::string duration_text(Duration duration) {
  return in_largest_unit(narrow<std::uint64_t>(duration.ns()), duration_units);
}
std::string size_text(ByteSize size) { return in_largest_unit(size.value(), size_units); }

Result<void> assign_value(const Slot& slot, const Bounds& bounds, const detail::RawValue& value) {
  return std::visit(
      [&](auto* target) -> Result<void> {
        auto read_value = read(target, value);
        if (!read_value.has_value() || !allowed(*read_value, bounds)) {
          return fail(Errc::invalid,
                      fmt::format("{} is not {}", kind_of(value), allowed_text(slot, bounds)));
        }
        *target = std::move(*read_value);
        return success();
      },
      slot);
}

std::string value_text(const Slot& slot) {
  return std::visit(Overloaded{[](const bool* v) -> std::string { return *v ? "true" : "false"; },
                               [](const std::uint64_t* v) { return fmt::format("{}", *v); },
                               [](const double* v) { return fmt::format("{}", *v); },
                               [](const std::string* v) { return quoted(*v); },
                               [](const std::vector<std::string>* v) {
                                 std::vector<std::string> parts;
                                 for (const auto& each : *v)
                                   parts.push_back(quoted(each));
                                 return fmt::format("[{}]", fmt::join(parts, ", "));
                               },
                               [](const Duration* v) { return quoted(duration_text(*v)); },
                               [](const ByteSize* v) { return quoted(size_text(*v)); }},
                    slot);
}

std::string allowed_text(const Slot& slot, const Bounds& bounds) {
  return std::visit(
      Overloaded{
          [](const bool*) -> std::string { return "true or false"; },
          [&](const std::uint64_t*) {
            return fmt::format("a whole number from {:.15g} to {:.15g}", bounds.low, bounds.high);
          },
          [&](const double*) {
            return fmt::format("a number from {:.15g} to {:.15g}", bounds.low, bounds.high);
          },
          [&](const std::string*) {
            const auto words = words_of(bounds);
            if (words.empty()) return fmt::format("a text of at most {:.15g} letters", bounds.high);
            return fmt::format("one of {}", fmt::join(words, ", "));
          },
          [&](const std::vector<std::string>*) {
            return fmt::format("a list of {:.15g} to {:.15g} texts", bounds.low, bounds.high);
          },
          [&](const Duration*) {
            return fmt::format("a duration from \"{}\" to \"{}\"", seconds_text(bounds.low),
                               seconds_text(bounds.high));
          },
          [&](const ByteSize*) {
            return fmt::format("a size from \"{}\" to \"{}\"",
                               size_text(ByteSize(truncate<std::uint64_t>(bounds.low))),
                               size_text(ByteSize(truncate<std::uint64_t>(bounds.high))));
          }},
      slot);
}

}  // namespace ars::runtime
