#include "cli/commands/catalog.hpp"
#include "cli/run/report_page.hpp"
#include "cli/run/run_loop.hpp"
#include "cli/run/summary.hpp"
#include "events/base/narrow.hpp"
#include "runtime/config.hpp"
#include "runtime/interrupt.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <memory>

namespace ars::cli {
namespace {

struct RunFlags {
  std::string source;
  std::string directory = "ars-log";
  std::string backend;
  std::string brokers;
  std::string config;
  std::string report;
  std::uint64_t limit = 0;
  std::uint64_t seed = 1;
  bool lockstep = false;
};

Result<runtime::LoadedConfig> settings_of(const RunFlags& flags) {
  runtime::ConfigSources sources;
  sources.file = flags.config;
  sources.environment = runtime::process_environment();
  if (!flags.backend.empty()) sources.flags.emplace_back("log.backend", flags.backend);
  if (!flags.brokers.empty()) sources.flags.emplace_back("kafka.brokers", flags.brokers);
  auto loaded = runtime::load_config(sources);
  // A configuration that cannot be used ends with its own exit code.
  if (!loaded.has_value() && loaded.error().code == Errc::invalid) {
    return fail(Errc::unsupported, loaded.error().context);
  }
  return loaded;
}

Result<RunOptions> options_of(const RunFlags& flags, const runtime::Config& config) {
  RunOptions out;
  const auto colon = flags.source.find(':');
  auto& source = out.source;
  source.kind = flags.source.substr(0, colon);
  if (colon != std::string::npos) source.directory = flags.source.substr(colon + 1);
  if (source.kind != "sim" && source.kind != "movielens" && source.kind != "obd") {
    return fail(Errc::invalid,
                fmt::format("--source {}: use sim, movielens:DIR or obd:DIR", flags.source));
  }
  if ((source.kind == "sim") != (colon == std::string::npos)) {
    return fail(Errc::invalid, fmt::format("--source {}: sim takes no directory, movielens and obd "
                                           "need one after a colon",
                                           flags.source));
  }
  if (colon != std::string::npos && source.directory.empty()) {
    return fail(Errc::invalid,
                fmt::format("--source {}: name a directory after the colon", flags.source));
  }
  source.seed = flags.seed;
  source.target = flags.limit;
  source.slate_size = config.serving.slate_size;
  source.users = config.sim.users;
  source.items = config.sim.items;
  source.trap = config.sim.trap;
  source.arrivals_per_batch = config.sim.arrivals_per_batch;
  source.first_training_after = config.evolution.first_training_after;
  source.checkpoint_every = config.evolution.checkpoint_every;
  source.rows_max = config.evolution.rows_max;
  source.seeds = config.evolution.seeds;
  source.canary_share = config.evolution.canary_share;
  source.alpha = config.evolution.alpha;
  source.guardrail_margin = config.evolution.guardrail_margin;
  source.canary_requests_max = config.evolution.canary_requests_max;
  source.latency_budget_ms = config.serving.latency_budget.seconds() * 1000;
  source.evolution = config.evolution.enabled;
  out.directory = flags.directory;
  out.pseudonym_key_file = config.log.pseudonym_key_file;
  out.limit = flags.limit;
  out.lockstep = flags.lockstep;
  out.interactions_per_batch = config.batch.interactions_max;
  out.stage_deadline_ms = truncate<std::uint64_t>(config.serving.stage_deadline.seconds() * 1000);
  out.trainer.threads = narrow<std::uint32_t>(config.trainer.threads);
  out.trainer.heartbeat = std::chrono::milliseconds(config.trainer.heartbeat.ns() / 1'000'000);
  out.trainer.limits.cpu_seconds = truncate<std::uint64_t>(config.trainer.cpu_time.seconds());
  out.trainer.limits.address_space_bytes = config.trainer.memory.value();
  out.trainer.limits.file_bytes = config.trainer.file_size.value();
  if (config.log.backend == "kafka") out.kafka = config;
  if (!config.http.listen.empty()) out.http = config;
  return out;
}

// Lockstep is logical time on the embedded backend: a broker has a clock of its own.
Result<void> check_modes(const RunOptions& options) {
  if (options.lockstep && options.kafka.has_value()) {
    return fail(Errc::invalid, "--lockstep runs on the embedded backend only");
  }
  return success();
}

// What can be known before the first interaction is not left to be found after the last one.
Result<void> check_places(const RunFlags& flags, const RunOptions& options) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const auto& data = options.source.directory;
  if (!data.empty() && !fs::exists(data, ignored)) {
    return fail(Errc::not_found, fmt::format("{}: no such directory; --source {}:DIR names the one "
                                             "that holds the data",
                                             data, options.source.kind));
  }
  if (fs::exists(options.directory, ignored) && !fs::is_directory(options.directory, ignored)) {
    return fail(Errc::invalid, fmt::format("--log-dir {}: not a directory; name one, it is created "
                                           "when absent",
                                           flags.directory));
  }
  if (flags.report.empty()) return success();
  const auto folder = fs::absolute(flags.report, ignored).parent_path();
  if (!fs::is_directory(folder, ignored)) {
    return fail(Errc::not_found, fmt::format("--report {}: there is no directory {}; create it",
                                             flags.report, folder.string()));
  }
  if (fs::is_directory(flags.report, ignored)) {
    return fail(Errc::invalid, fmt::format("--report {}: a directory; name a file", flags.report));
  }
  return success();
}

// Without a broker nobody can be unreachable: it is this machine that failed.
Error of_this_machine(Error error, const RunOptions& options) {
  if (error.code == Errc::unavailable && !options.kafka.has_value()) error.code = Errc::overloaded;
  return error;
}

Result<ExitCode> run_it(const RunFlags& flags, const Session& session) {
  ARS_TRY(const auto loaded, settings_of(flags));
  ARS_TRY(auto options, options_of(flags, loaded.config));
  ARS_TRY(check_modes(options));
  ARS_TRY(check_places(flags, options));
  options.say = [&](const std::string& sentence) { say(session, sentence); };
  const runtime::Interrupt interrupt;
  options.interrupted = [&interrupt] { return interrupt.requested(); };
  const auto ended = run(options);
  if (!ended.has_value()) return outcome::failure(of_this_machine(ended.error(), options));
  const auto concluded = conclude(options.directory, flags.report);
  if (!concluded.has_value()) return outcome::failure(of_this_machine(concluded.error(), options));
  const auto& summary = concluded.value();
  put_line(session.format == Format::text ? summary_text(summary) : summary_json(summary));
  return ended.value().interrupted ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace

Action run_command(CLI::App& app) {
  auto flags = std::make_shared<RunFlags>();
  app.add_option("--source", flags->source, "sim, movielens:DIR or obd:DIR")->required();
  app.add_option("--limit", flags->limit, "interactions that the log shall hold; 0: all")
      ->check(wrong_whole_number);
  app.add_option("--log-dir", flags->directory, "directory of the log; created when absent");
  app.add_option("--backend", flags->backend, "embedded or kafka")
      ->check(CLI::IsMember({"embedded", "kafka"}));
  app.add_option("--brokers", flags->brokers, "HOST:PORT of the Kafka brokers");
  app.add_option("--seed", flags->seed, "of the run; in lockstep everything derives from it")
      ->check(wrong_whole_number);
  app.add_flag("--lockstep", flags->lockstep, "logical time: the same seed gives the same log");
  app.add_option("--config", flags->config, "configuration file (TOML)");
  app.add_option("--report", flags->report, "write a self-contained HTML page there");
  return [flags](const Session& session) { return run_it(*flags, session); };
}

}  // namespace ars::cli
