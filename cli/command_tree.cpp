#include "cli/command_tree.hpp"

#include "cli/commands/catalog.hpp"
#include "events/base/check.hpp"
#include "runtime/telemetry/diagnostics.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ars::cli {
namespace {

runtime::Level level_of(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::verbose:
      return runtime::Level::debug;
    case Verbosity::normal:
      return runtime::Level::info;
    case Verbosity::quiet:
      break;
  }
  return runtime::Level::error;
}

constexpr std::string_view global_help =
    "Global options: -o text|json (jsonl: events, dot: graph), -q, -v. Exit codes: "
    "docs/exit_codes.md.";

std::string footer(std::string_view first, std::string_view second) {
  return fmt::format("{}\n\nExamples:\n  {}\n  {}", global_help, first, second);
}

// Edits (insert, delete, replace, swap of neighbours) from one word to another.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j)
    d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

std::vector<std::string> names_below(const CLI::App& app) {
  std::vector<std::string> out;
  for (const auto* below : app.get_subcommands([](const CLI::App*) { return true; })) {
    out.push_back(below->get_name());
  }
  return out;
}

}  // namespace

std::string nearest(const std::string& word, const std::vector<std::string>& names) {
  std::string best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& name : names) {
    const auto edits = distance(word, name);
    if (edits < least) {
      least = edits;
      best = name;
    }
  }
  return best;
}

struct CommandTree::Impl {
  CLI::App app{"AgenticRS: a recommender that changes itself, safely, and can prove what it did.",
               "ars"};
  Session session;
  std::string format = "text";
  bool quiet = false;
  bool verbose = false;
  struct Leaf {
    std::string path;
    Action action;
  };
  std::map<const CLI::App*, Leaf> leaves;

  void declare_globals() {
    app.add_option("-o", format, "form of the output: text, json, jsonl (lists), dot (graph)")
        ->check(CLI::IsMember({"text", "json", "jsonl", "dot"}));
    app.add_flag("-q", quiet, "no messages but errors");
    app.add_flag("-v", verbose, "more messages");
    app.require_subcommand(1);
    app.footer(
        footer("ars run --source sim --limit 500 --log-dir log", "ars why serving --log-dir log"));
  }

  CLI::App& noun_of(std::string_view name) {
    for (auto* known :
         app.get_subcommands([&](const CLI::App* a) { return a->get_name() == name; })) {
      return *known;
    }
    std::string summary(name);
    for (const auto& noun : nouns) {
      if (noun.name == name) summary = noun.summary;
    }
    auto* noun = app.add_subcommand(std::string(name), summary);
    noun->fallthrough()->require_subcommand(1);
    return *noun;
  }

  void declare(const Command& command) {
    const auto gap = command.path.find(' ');
    auto& parent = gap == command.path.npos ? app : noun_of(command.path.substr(0, gap));
    const auto word = gap == command.path.npos ? command.path : command.path.substr(gap + 1);
    auto* node = parent.add_subcommand(std::string(word), std::string(command.summary));
    node->fallthrough();
    node->footer(footer(command.examples[0], command.examples[1]));
    if (gap != command.path.npos) {
      const auto first = parent.get_footer();
      const auto start = first.find("Examples:\n  ");
      // A noun shows an example of its first and of its last verb.
      const auto earlier =
          start == first.npos ? std::string(command.examples[0])
                              : first.substr(start + 12, first.find('\n', start + 12) - start - 12);
      parent.footer(footer(earlier, command.examples[1]));
    }
    leaves[node] = {std::string(command.path), command.declare(*node)};
  }

  // The deepest node that the words lead to, and the first word that leads nowhere.
  std::pair<const CLI::App*, std::string> follow(int argc, const char* const* argv) const {
    const CLI::App* at = &app;
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      if (word == "-o") ++i;
      if (word.starts_with("-")) continue;
      const auto below = names_below(*at);
      if (below.empty()) break;
      if (std::find(below.begin(), below.end(), word) == below.end()) return {at, word};
      at = at->get_subcommand(word);
    }
    return {at, ""};
  }

  ExitCode explain(const CLI::ParseError& error, int argc, const char* const* argv) const {
    const auto [at, stray] = follow(argc, argv);
    std::string path = at == &app ? "ars" : at->get_name();
    for (const auto* up = at->get_parent(); up != nullptr; up = up->get_parent()) {
      path = (up == &app ? "ars" : up->get_name()) + " " + path;
    }
    if (!stray.empty()) {
      const auto near = nearest(stray, names_below(*at));
      complain(fmt::format("{}: there is no command '{}'{}", path, stray,
                           near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    } else {
      complain(fmt::format("{}: {}", path, error.what()));
    }
    complain(fmt::format("`{} --help` ends with two examples", path));
    return ExitCode::usage;
  }

  const Leaf& chosen() const {
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty())
      at = at->get_subcommands().back();
    const auto found = leaves.find(at);
    ARS_CHECK(found != leaves.end(), "a parsed command line names a command");
    return found->second;
  }
};

CommandTree::CommandTree() : impl_(std::make_unique<Impl>()) {
  impl_->declare_globals();
  for (const auto& command : commands)
    impl_->declare(command);
}
CommandTree::~CommandTree() = default;

ExitCode CommandTree::run(int argc, const char* const* argv) {
  auto& impl = *impl_;
  try {
    impl.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    put_line(impl.app.help());
    return ExitCode::done;
  } catch (const CLI::ParseError& error) {
    return impl.explain(error, argc, argv);
  }
  impl.session.format = impl.format == "json"    ? Format::json
                        : impl.format == "jsonl" ? Format::jsonl
                        : impl.format == "dot"   ? Format::dot
                                                 : Format::text;
  if (impl.verbose) impl.session.verbosity = Verbosity::verbose;
  if (impl.quiet) impl.session.verbosity = Verbosity::quiet;
  runtime::set_up_diagnostics({level_of(impl.session.verbosity)});
  const auto& leaf = impl.chosen();
  const bool dot_only = impl.session.format == Format::dot && !leaf.path.starts_with("graph");
  if (dot_only || (impl.session.format == Format::jsonl && !leaf.path.starts_with("events"))) {
    complain(fmt::format("ars {}: -o {} is not one of its forms", leaf.path, impl.format));
    return ExitCode::usage;
  }
  const auto result = leaf.action(impl.session);
  if (result.has_value()) return result.value();
  complain(fmt::format("ars: {}", result.error().context));
  return exit_code_of(result.error().code);
}

}  // namespace ars::cli
