// What a command is: options on its node of the CLI11 tree, and what runs once they are parsed.
//   Action x_command(CLI::App& app)   declares options into a shared struct, returns the action.
// An error that an action returns is printed on stderr and becomes an exit code in one place
// (cli/exit_code.hpp). Owned by main; the main thread alone calls.
#pragma once

#include "cli/exit_code.hpp"

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}  // namespace CLI

namespace ars::cli {

enum class Format : std::uint8_t { text, json, jsonl, dot };
enum class Verbosity : std::uint8_t { quiet, normal, verbose };

// What the global options say.
struct Session {
  Format format = Format::text;
  Verbosity verbosity = Verbosity::normal;
};

// Data, on stdout, as it stands and with a line end.
void put_line(std::string_view text);
// A message, on stderr; nothing under -q. Errors are printed always.
void say(const Session& session, std::string_view text);
// As say(), but only under -v.
void say_more(const Session& session, std::string_view text);
void complain(std::string_view text);

// Why a text is no whole number of 64 bits; empty when it is one. What an option's check() takes.
std::string wrong_whole_number(const std::string& text);

using Action = std::function<Result<ExitCode>(const Session&)>;

// One line of the catalogue, of static storage. `path` is one word, or a noun and a verb.
struct Command {
  std::string_view path;
  std::string_view summary;
  std::array<std::string_view, 2> examples;
  Action (*declare)(CLI::App& app);
};

}  // namespace ars::cli
