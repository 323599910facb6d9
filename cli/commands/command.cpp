#include "cli/commands/command.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <limits>

namespace ars::cli {
namespace {

void put(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
  std::fputc('\n', file);
  std::fflush(file);
}

}  // namespace

void put_line(std::string_view text) { put(stdout, text); }

void say(const Session& session, std::string_view text) {
  if (session.verbosity != Verbosity::quiet) put(stderr, text);
}

void say_more(const Session& session, std::string_view text) {
  if (session.verbosity == Verbosity::verbose) put(stderr, text);
}

void complain(std::string_view text) { put(stderr, text); }

std::string wrong_whole_number(const std::string& text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && stop == end && !text.empty()) return {};
  return fmt::format("'{}' is not a whole number from 0 to {}", text,
                     std::numeric_limits<std::uint64_t>::max());
}

}  // namespace ars::cli
