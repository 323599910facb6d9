#include "runtime/config.hpp"

#include "cli/commands/catalog.hpp"
#include "cli/json_object.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>

namespace ars::cli {
namespace {

// Errors of a configuration end with 78, but for a file that does not exist.
Result<runtime::LoadedConfig> load(const std::string& file, std::vector<std::string> environment) {
  runtime::ConfigSources sources;
  sources.file = file;
  sources.environment = std::move(environment);
  auto loaded = runtime::load_config(sources);
  if (loaded.has_value()) return loaded;
  auto error = loaded.error();
  if (error.code != Errc::not_found) error.code = Errc::unsupported;
  return outcome::failure(std::move(error));
}

// A problem as `F.toml:LINE: what`, a line each, beginning with the name.
Result<ExitCode> run_check(const std::string& file, const Session& session) {
  const auto loaded = load(file, {});
  if (!loaded.has_value() && loaded.error().code == Errc::not_found) {
    return outcome::failure(loaded.error());
  }
  const bool ok = loaded.has_value();
  if (session.format == Format::text) {
    if (ok) put_line(fmt::format("{}: ok", file));
  } else {
    JsonObject out;
    out.add("ok", ok).add("file", file);
    out.add("problems", ok ? "" : std::string_view(loaded.error().context));
    put_line(out.text());
  }
  if (ok) return ExitCode::done;
  complain(loaded.error().context);
  return ExitCode::unsupported;
}

Result<ExitCode> run_show(const std::string& file, const Session& session) {
  auto loaded = load(file, runtime::process_environment());
  if (!loaded.has_value()) {
    if (loaded.error().code == Errc::not_found) return outcome::failure(loaded.error());
    complain(loaded.error().context);
    return ExitCode::unsupported;
  }
  const auto text = runtime::show_config(loaded.value());
  if (session.format == Format::text) {
    put_line(text);
    return ExitCode::done;
  }
  JsonObject out;
  out.add("toml", text);
  put_line(out.text());
  return ExitCode::done;
}

}  // namespace

Action config_check_command(CLI::App& app) {
  auto file = std::make_shared<std::string>();
  app.add_option("file", *file, "the file to check")->required();
  return [file](const Session& session) { return run_check(*file, session); };
}

Action config_show_command(CLI::App& app) {
  auto file = std::make_shared<std::string>();
  app.add_option("file", *file, "a file over the defaults; the environment comes over both");
  return [file](const Session& session) { return run_show(*file, session); };
}

}  // namespace ars::cli
