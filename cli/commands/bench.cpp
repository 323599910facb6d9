#include "bench/harness.hpp"
#include "cli/commands/catalog.hpp"
#include "cli/json_object.hpp"
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

JsonObject json_of(const bench::Machine& machine) {
  JsonObject out;
  out.add("cpu", machine.cpu).add("cores", machine.cores).add("memory_mib", machine.memory_mib);
  out.add("kernel", machine.kernel).add("disk_syncs_per_second", machine.disk_syncs_per_second);
  out.add("hashed_mb_per_second", machine.hashed_mb_per_second);
  out.add("copied_mb_per_second", machine.copied_mb_per_second).add("gigaflops", machine.gigaflops);
  return out.add("load_before", machine.load);
}

JsonObject json_of(const bench::Row& row) {
  JsonObject out;
  out.add("name", row.name).add("ours", row.ours);
  if (row.anchor.empty()) {
    out.add_null("anchor");
  } else {
    out.add("anchor", row.anchor);
  }
  out.add("anchor_value", row.anchor_value).add("unit", row.unit).add("ratio", row.ratio);
  out.add("limited_by", row.limited_by).add("kept", row.kept);
  if (!row.mix.empty()) out.add("mix", row.mix);
  std::vector<JsonObject> figures;
  for (const auto& each : row.figures) {
    JsonObject figure;
    figure.add("name", each.name).add("value", each.value).add("unit", each.unit);
    figures.push_back(std::move(figure));
  }
  return out.add("figures", figures);
}

std::string number(double value) {
  if (value >= 1000) return fmt::format("{:.0f}", value);
  return value >= 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
}
std::string number(const std::optional<double>& value) { return value ? number(*value) : "-"; }

void print_text(const bench::Report& report) {
  const auto& machine = report.machine;
  put_line(fmt::format("{}, {} cores, {} MiB, Linux {}, {:.0f} disk syncs a second, load {:.1f}",
                       machine.cpu, machine.cores, machine.memory_mib, machine.kernel,
                       machine.disk_syncs_per_second, machine.load));
  put_line(fmt::format(
      "alone: SHA-256 {:.0f} MB/s, copies {:.0f} MB/s, float64 products {} GFLOP/s",
      machine.hashed_mb_per_second, machine.copied_mb_per_second, number(machine.gigaflops)));
  put_line(fmt::format("{:<17} {:>12} {:>12} {:<14} {:>6}  {}", "", "ours", "anchor", "unit",
                       "ratio", "target"));
  for (const auto& row : report.rows) {
    const std::string_view target = !row.kept.has_value() ? "" : *row.kept ? "kept" : "MISSED";
    put_line(fmt::format("{:<17} {:>12} {:>12} {:<14} {:>6}  {}", row.name, number(row.ours),
                         number(row.anchor_value), row.unit, number(row.ratio), target));
  }
  for (const auto& row : report.rows) {
    put_line("");
    put_line(row.anchor.empty() ? row.name : fmt::format("{}, against {}", row.name, row.anchor));
    if (!row.mix.empty()) put_line("  of: " + row.mix);
    for (const auto& each : row.figures) {
      put_line(fmt::format("  {}: {} {}", each.name, number(each.value), each.unit));
    }
    put_line("  limited by: " + row.limited_by);
  }
}

Result<ExitCode> run_it(const BenchFlags& flags, const Session& session) {
  if (!(flags.seconds > 0 && flags.seconds <= 60)) {
    return fail(Errc::invalid, fmt::format("--seconds {}: more than 0, 60 at most", flags.seconds));
  }
  ARS_TRY(auto setting, setting_of(flags, session));
  const runtime::Interrupt interrupt;
  setting.interrupted = [&interrupt] { return interrupt.requested(); };
  ARS_TRY(const auto report, bench::run_bench(setting, flags.wanted));
  if (session.format == Format::text) {
    print_text(report);
  } else {
    std::vector<JsonObject> rows;
    for (const auto& row : report.rows)
      rows.push_back(json_of(row));
    JsonObject out;
    put_line(out.add("machine", json_of(report.machine)).add("rows", rows).text());
  }
  if (report.failure.has_value()) return outcome::failure(*report.failure);
  return report.missed() ? ExitCode::threshold_missed : ExitCode::done;
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
