#include "cli/commands/catalog.hpp"
#include "cli/composition_graph.hpp"
#include "cli/json_object.hpp"
#include "cli/log_door.hpp"
#include "runtime/replay/log_walk.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace ars::cli {
namespace {

using Compositions = std::map<std::uint64_t, events::Composition>;

struct GraphOptions {
  std::string directory;
  std::optional<std::uint64_t> at;
  std::optional<std::uint64_t> from;
  std::optional<std::uint64_t> to;
};
using OptionsPtr = std::shared_ptr<GraphOptions>;

Result<Compositions> compositions_of(const std::string& directory) {
  ARS_TRY(const auto opened, open_log(directory));
  ARS_TRY(auto origin, runtime::read_origin(*opened.log));
  if (origin.compositions.size() < 2) {
    return fail(Errc::not_found, directory + ": no composition was switched to yet");
  }
  return std::move(origin.compositions);
}

Result<const events::Composition*> version(const Compositions& all, std::uint64_t wanted) {
  const auto found = all.find(wanted);
  if (found != all.end()) return &found->second;
  return fail(Errc::not_found, fmt::format("there is no composition {}: this log has 0 to {}",
                                           wanted, all.rbegin()->first));
}

Result<ExitCode> run_show(const GraphOptions& options, const Session& session) {
  ARS_TRY(const auto all, compositions_of(options.directory));
  ARS_TRY(const auto* shown, version(all, options.at.value_or(all.rbegin()->first)));
  put_line(session.format == Format::dot    ? graph_dot(*shown)
           : session.format == Format::text ? graph_text(*shown)
                                            : graph_json(*shown));
  return ExitCode::done;
}

std::string names_json(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const auto& name : names)
    out.push_back(json_text(std::string_view(name)));
  return json_list(out);
}

Result<ExitCode> run_diff(const GraphOptions& options, const Session& session) {
  ARS_TRY(const auto all, compositions_of(options.directory));
  const auto last = options.to.value_or(all.rbegin()->first);
  ARS_TRY(const auto* to, version(all, last));
  ARS_TRY(const auto* from, version(all, options.from.value_or(last == 0 ? 0 : last - 1)));
  if (session.format == Format::dot) {
    put_line(difference_dot(*from, *to));
    return ExitCode::done;
  }
  const auto difference = graph_difference(*from, *to);
  if (session.format != Format::text) {
    JsonObject out;
    out.add("from", from->version)
        .add("to", to->version)
        .add_raw("added", names_json(difference.added));
    out.add_raw("removed", names_json(difference.removed));
    put_line(out.add_raw("changed", names_json(difference.changed)).text());
    return ExitCode::done;
  }
  put_line(fmt::format("composition {} -> {}", from->version, to->version));
  for (const auto& name : difference.added)
    put_line("+ " + name);
  for (const auto& name : difference.removed)
    put_line("- " + name);
  for (const auto& name : difference.changed)
    put_line("~ " + name);
  return ExitCode::done;
}

OptionsPtr declare_log(CLI::App& app) {
  auto options = std::make_shared<GraphOptions>();
  app.add_option("--log-dir", options->directory, "directory that `ars run` wrote")->required();
  return options;
}

}  // namespace

Action graph_show_command(CLI::App& app) {
  auto options = declare_log(app);
  app.add_option("--at", options->at, "version of the composition; without it the one in force")
      ->check(wrong_whole_number);
  return [options](const Session& session) { return run_show(*options, session); };
}

Action graph_diff_command(CLI::App& app) {
  auto options = declare_log(app);
  app.add_option("--from", options->from, "version; without it the one before --to")
      ->check(wrong_whole_number);
  app.add_option("--to", options->to, "version; without it the one in force")
      ->check(wrong_whole_number);
  return [options](const Session& session) { return run_diff(*options, session); };
}

}  // namespace ars::cli
