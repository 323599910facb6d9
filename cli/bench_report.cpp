#include "cli/bench_report.hpp"

#include "cli/json_object.hpp"

#include <fmt/format.h>

namespace ars::cli {
namespace {

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

}  // namespace

std::string bench_text(const bench::Report& report) {
  std::string out;
  const auto put = [&out](const std::string& line) { out += (out.empty() ? "" : "\n") + line; };
  const auto& machine = report.machine;
  put(fmt::format("{}, {} cores, {} MiB, Linux {}, {:.0f} disk syncs a second, load {:.1f}",
                  machine.cpu, machine.cores, machine.memory_mib, machine.kernel,
                  machine.disk_syncs_per_second, machine.load));
  put(fmt::format("alone: SHA-256 {:.0f} MB/s, copies {:.0f} MB/s, float64 products {} GFLOP/s",
                  machine.hashed_mb_per_second, machine.copied_mb_per_second,
                  number(machine.gigaflops)));
  put(fmt::format("{:<17} {:>12} {:>12} {:<14} {:>6}  {}", "", "ours", "anchor", "unit", "ratio",
                  "target"));
  for (const auto& row : report.rows) {
    const std::string_view target = !row.kept.has_value() ? "" : *row.kept ? "kept" : "MISSED";
    put(fmt::format("{:<17} {:>12} {:>12} {:<14} {:>6}  {}", row.name, number(row.ours),
                    number(row.anchor_value), row.unit, number(row.ratio), target));
  }
  for (const auto& row : report.rows) {
    put("");
    put(row.anchor.empty() ? row.name : fmt::format("{}, against {}", row.name, row.anchor));
    if (!row.mix.empty()) put("  of: " + row.mix);
    for (const auto& each : row.figures) {
      put(fmt::format("  {}: {} {}", each.name, number(each.value), each.unit));
    }
    put("  limited by: " + row.limited_by);
  }
  return out;
}

std::string bench_json(const bench::Report& report) {
  std::vector<JsonObject> rows;
  for (const auto& row : report.rows)
    rows.push_back(json_of(row));
  JsonObject out;
  return out.add("machine", json_of(report.machine)).add("rows", rows).text();
}

Result<ExitCode> bench_end(const bench::Report& report) {
  if (report.failure.has_value()) return outcome::failure(*report.failure);
  return report.missed() ? ExitCode::threshold_missed : ExitCode::done;
}

}  // namespace ars::cli
