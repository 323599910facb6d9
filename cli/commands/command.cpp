#include "cli/commands/command.hpp"

#include <cstdio>

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

}  // namespace ars::cli
