#include "cli/time_text.hpp"

#include "events/base/narrow.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace ars::cli {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t day_s = 86'400;

// Days since 1970-01-01 of a civil date, and back (Hinnant, chrono-compatible date algorithms).
constexpr std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const auto era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = year - era * 400;
  const auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const auto day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct Civil {
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
};

constexpr Civil civil_from_days(std::int64_t days) {
  days += 719'468;
  const auto era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = days - era * 146'097;
  const auto year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto month_part = (5 * day_of_year + 2) / 153;
  const auto month = month_part + (month_part < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * month_part + 2) / 5 + 1};
}
static_assert(days_from_civil(1970, 1, 1) == 0 && days_from_civil(2000, 3, 1) == 11'017);
static_assert(civil_from_days(11'017).month == 3 && civil_from_days(-1).year == 1969);

// Reads a text from the left; every step that fails leaves it failed.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  // A number of exactly `digits` digits.
  std::int64_t number(std::size_t digits) {
    std::int64_t out = 0;
    if (rest().size() < digits) return fail();
    const auto part = rest().substr(0, digits);
    const auto [stop, error] = std::from_chars(part.data(), part.data() + digits, out);
    if (error != std::errc{} || stop != part.data() + digits || out < 0) return fail();
    at_ += digits;
    return out;
  }
  void expect(char c) {
    if (!take(c)) fail();
  }
  bool take(char c) {
    if (failed_ || rest().empty() || rest().front() != c) return false;
    ++at_;
    return true;
  }
  // Digits after the point, as nanoseconds.
  std::int64_t fraction() {
    std::int64_t out = 0;
    std::int64_t unit = second_ns / 10;
    const auto start = at_;
    while (!rest().empty() && rest().front() >= '0' && rest().front() <= '9') {
      out += (rest().front() - '0') * unit;
      unit /= 10;
      ++at_;
    }
    return at_ == start ? fail() : out;
  }
  bool done() const { return !failed_ && rest().empty(); }

 private:
  std::string_view rest() const { return std::string_view(text_).substr(at_); }
  std::int64_t fail() {
    failed_ = true;
    return 0;
  }
  std::string text_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

std::optional<std::int64_t> calendar(std::string_view text) {
  Reader in(text);
  const auto year = in.number(4);
  in.expect('-');
  const auto month = in.number(2);
  in.expect('-');
  const auto day = in.number(2);
  std::int64_t seconds = days_from_civil(year, month, day) * day_s;
  std::int64_t ns = 0;
  if (in.take('T') || in.take(' ')) {
    const auto hour = in.number(2);
    in.expect(':');
    const auto minute = in.number(2);
    in.expect(':');
    const auto second = in.number(2);
    if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
    seconds += hour * 3600 + minute * 60 + second;
    if (in.take('.')) ns = in.fraction();
    if (!in.take('Z')) {
      const bool west = in.take('-');
      if (!west) in.expect('+');
      const auto offset_hour = in.number(2);
      in.expect(':');
      const auto offset = offset_hour * 3600 + in.number(2) * 60;
      seconds += west ? offset : -offset;
    }
  }
  if (!in.done() || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  if (year < 1700 || year > 2200) return std::nullopt;  // what 64 bits of nanoseconds hold
  return seconds * second_ns + ns;
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t out = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  if (text.empty() || error != std::errc{} || stop != end || out < 0) return std::nullopt;
  return out;
}

}  // namespace

std::string time_text(std::int64_t ns) {
  auto seconds = ns / second_ns;
  auto rest = ns % second_ns;
  if (rest < 0) {
    rest += second_ns;
    --seconds;
  }
  auto days = seconds / day_s;
  auto of_day = seconds % day_s;
  if (of_day < 0) {
    of_day += day_s;
    --days;
  }
  const auto date = civil_from_days(days);
  auto out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month, date.day,
                         of_day / 3600, of_day / 60 % 60, of_day % 60);
  if (rest != 0) {
    auto fraction = fmt::format("{:09}", rest);
    while (fraction.back() == '0')
      fraction.pop_back();
    out += "." + fraction;
  }
  return out + "Z";
}

Result<std::int64_t> time_from_text(std::string_view text) {
  if (text.find('-', 1) != text.npos) {
    if (const auto at = calendar(text)) return *at;
  } else if (text.ends_with("ns")) {
    if (const auto ns = whole(text.substr(0, text.size() - 2))) return *ns;
  } else if (const auto point = text.find('.'); point != text.npos) {
    const auto seconds = whole(text.substr(0, point));
    Reader in(text.substr(point + 1));
    const auto ns = in.fraction();
    if (seconds && *seconds < 9'000'000'000 && in.done()) return *seconds * second_ns + ns;
  } else if (const auto seconds = whole(text); seconds && *seconds < 9'000'000'000) {
    return *seconds * second_ns;
  }
  return fail(Errc::invalid,
              fmt::format("'{}' is no time: write 2026-11-23T02:15:12Z, 2026-11-23, seconds since "
                          "1970, or nanoseconds as 123ns",
                          text));
}

}  // namespace ars::cli
