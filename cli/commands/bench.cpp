#include "bench/harness.hpp"
#include "cli/bench_report.hpp"
#include "cli/commands/catalog.hpp"
#include "events/base/hash.hpp"
#include "runtime/entropy.hpp"
#include "runtime/interrupt.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <memory>

namespace ars::cli {
namespace {

namespace fs = std::filesystem;

struct BenchFlags {
  std::string wanted = "all";
  std::string brokers;
  std::string directory;
  double seconds = 1;
};

Result<bench::Setting> setting_of(const BenchFlags& flags, const Session& session) {
  std::error_code error;
  const auto base =
      flags.directory.empty() ? fs::temp_directory_path(error) : fs::path(flags.directory);
  if (error || !fs::is_directory(base, error)) {
    return fail(Errc::not_found, base.string() + ": no such directory");
  }
  std::array<std::uint8_t, 6> name{};
  runtime::SystemEntropy entropy;
  ARS_TRY(entropy.fill(name));
  bench::Setting out;
  out.brokers = flags.brokers;
  out.seconds = flags.seconds;
  out.scratch = fs::absolute(base, error) / ("ars-bench-" + to_hex(ByteSpan(name)));
  out.program = fs::read_symlink("/proc/self/exe", error);
  out.say = [&session](const std::string& sentence) { say(session, sentence); };
  return out;
}

Result<ExitCode> run_it(const BenchFlags& flags, const Session& session) {
  if (!(flags.seconds > 0 && flags.seconds <= 60)) {
    return fail(Errc::invalid, fmt::format("--seconds {}: more than 0, 60 at most", flags.seconds));
  }
  ARS_TRY(auto setting, setting_of(flags, session));
  const runtime::Interrupt interrupt;
  setting.interrupted = [&interrupt] { return interrupt.requested(); };
  ARS_TRY(const auto report, bench::run_bench(setting, flags.wanted));
  put_line(session.format == Format::text ? bench_text(report) : bench_json(report));
  return bench_end(report);
}

}  // namespace

Action bench_command(CLI::App& app) {
  auto flags = std::make_shared<BenchFlags>();
  app.add_option("what", flags->wanted,
                 "log, kafka, actors, request, all (default), or the name of one row");
  app.add_option("--brokers", flags->brokers, "HOST:PORT; default: start a broker and stop it");
  app.add_option("--seconds", flags->seconds, "of one run of one side, about (default 1)");
  app.add_option("--dir", flags->directory,
                 "where logs are written while measuring (default: the temporary directory)");
  return [flags](const Session& session) { return run_it(*flags, session); };
}

}  // namespace ars::cli
