#include "cli/command_tree.hpp"

#include "cli/commands/catalog.hpp"
#include "runtime/telemetry/diagnostics.hpp"
#include "test/cli/scratch.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars::cli;

// The last lines of a help text, without empty ones.
std::vector<std::string> last_lines(const std::string& text, std::size_t count) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = text.find('\n', at);
    const auto line = text.substr(at, end - at);
    if (!line.empty()) lines.push_back(line);
    if (end == std::string::npos) break;
    at = end + 1;
  }
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<long>(count));
  return lines;
}

void check_help(const scratch::Directory& directory, const std::string& path) {
  const auto help = scratch::ars(directory, path + " --help");
  BOOST_TEST(help.code == 0, path);
  const auto lines = last_lines(help.out, 3);
  BOOST_REQUIRE_MESSAGE(lines.size() == 3u, path);
  BOOST_TEST(lines[0] == "Examples:", path);
  BOOST_TEST(lines[1].starts_with("  ars "), path);
  BOOST_TEST(lines[2].starts_with("  ars "), path);
  BOOST_TEST(lines[1] != lines[2], path);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_command_tree)

BOOST_AUTO_TEST_CASE(every_help_ends_with_two_examples) {
  const scratch::Directory directory;

  check_help(directory, "");
  for (const auto& noun : nouns)
    check_help(directory, std::string(noun.name));
  for (const auto& command : commands) {
    check_help(directory, std::string(command.path));
    for (const auto& example : command.examples) {
      BOOST_TEST(example.starts_with(std::string("ars ") + std::string(command.path)));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_word_names_the_nearest_command) {
  const scratch::Directory directory;

  const auto verb = scratch::ars(directory, "replay fodl --log-dir x");
  const auto noun = scratch::ars(directory, "evnets list");
  const auto nothing = scratch::ars(directory, "zzzzzzzzzzzz");

  BOOST_TEST(verb.code == 2);
  BOOST_TEST(scratch::has(verb.err, "there is no command 'fodl'; did you mean 'fold'?"), verb.err);
  BOOST_TEST(scratch::has(noun.err, "did you mean 'events'?"));
  BOOST_TEST(nothing.code == 2);
  BOOST_TEST(!scratch::has(nothing.err, "did you mean"));
  BOOST_TEST(verb.out.empty());
}

BOOST_AUTO_TEST_CASE(usage_errors_end_with_two) {
  const scratch::Directory directory;

  for (const auto* line : {"", "version --frobnicate", "version extra", "-o xml version", "replay",
                           "replay fold", "why change abc --log-dir x", "version -o dot",
                           "version -o jsonl", "events show --log-dir x"}) {
    const auto ended = scratch::ars(directory, line);
    BOOST_TEST(ended.code == 2, line);
    BOOST_TEST(ended.out.empty(), line);
    BOOST_TEST(!ended.err.empty(), line);
  }
}

BOOST_AUTO_TEST_CASE(global_options_stand_before_and_after_the_command) {
  const scratch::Directory directory;

  const auto before = scratch::ars(directory, "-o json version");
  const auto after = scratch::ars(directory, "version -o json -q");

  BOOST_TEST(before.code == 0);
  BOOST_TEST(before.out == after.out);
  BOOST_TEST(before.out.starts_with("{\"version\":"));
}

BOOST_AUTO_TEST_CASE(the_nearest_word_takes_few_edits) {
  BOOST_TEST(nearest("verfy", {"verify", "version"}) == "verify");
  BOOST_TEST(nearest("lsit", {"list", "show", "tail"}) == "list");
  BOOST_TEST(nearest("quux", {"list", "show", "tail"}) == "");
}

BOOST_AUTO_TEST_CASE(v_and_q_choose_what_diagnostics_are_printed) {
  using ars::runtime::diagnosed;
  using ars::runtime::Level;
  const auto run = [](std::vector<const char*> words) {
    BOOST_CHECK(CommandTree().run(static_cast<int>(words.size()), words.data()) == ExitCode::done);
  };

  run({"ars", "version", "-q"});
  BOOST_TEST((diagnosed(Level::error) && !diagnosed(Level::warning)));
  run({"ars", "version", "-v"});
  BOOST_TEST(diagnosed(Level::debug));
  run({"ars", "version"});
  BOOST_TEST((diagnosed(Level::info) && !diagnosed(Level::debug)));
}

BOOST_AUTO_TEST_SUITE_END()
