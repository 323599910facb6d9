#include "bench/local_broker.hpp"
#include "bench/stopwatch.hpp"
#include "bench/subjects/catalog.hpp"
#include "bench/workshop.hpp"
#include "events/base/narrow.hpp"
#include "events/codec/view.hpp"
#include "runtime/effects/child_process.hpp"
#include "runtime/event_sourced/partition.hpp"
#include "store/rocksdb/rocksdb_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <thread>

namespace ars::bench {
namespace {

constexpr double demo_seconds = 60;
constexpr std::chrono::milliseconds sample_every{100};

// "Name:   1234 kB" of a process; 0 when it is gone.
std::uint64_t kib_of(int pid, const char* file, std::string_view name) {
  std::ifstream in(fmt::format("/proc/{}/{}", pid, file));
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with(name)) return std::strtoull(line.c_str() + name.size() + 1, nullptr, 10);
  }
  return 0;
}

// Parent of every process that can be seen.
std::map<int, int> parents() {
  std::map<int, int> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const auto name = entry.path().filename().string();
    int pid = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (read.ec != std::errc{} || read.ptr != name.data() + name.size()) continue;
    std::ifstream in(entry.path() / "stat");
    std::string line;
    std::getline(in, line);
    // The name in parentheses may hold anything; the state and the parent follow the last one.
    const auto after = line.rfind(')');
    if (after == line.npos || after + 4 > line.size()) continue;
    out[pid] = std::atoi(line.c_str() + after + 4);
  }
  return out;
}

std::vector<int> tree_of(int root) {
  const auto known = parents();
  std::vector<int> out{root};
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (const auto& [pid, parent] : known) {
      if (parent == out[i]) out.push_back(pid);
    }
  }
  return out;
}

struct Peaks {
  std::uint64_t sum_kib = 0;   // resident, over the tree, shared pages counted in each process
  std::uint64_t root_kib = 0;  // VmHWM of the system's own process
  std::uint64_t processes = 0;
  double seconds = 0;
};

// Interactions that the log of an ended run holds; nothing where it cannot be read.
std::optional<double> interactions_in(const std::filesystem::path& directory) {
  const auto log = store::RocksDbLog::open_read_only(directory);
  if (!log.has_value()) return std::nullopt;
  const auto bytes = log.value()->get(store::family::checkpoint, "partition/0");
  if (!bytes.has_value()) return std::nullopt;
  const auto mark = events::from_bytes<runtime::PartitionMark>(*bytes);
  if (!mark.has_value()) return std::nullopt;
  return to_double(mark.value().interactions);
}

// Looks on until the time is over, somebody interrupts, or the run has ended; then ends the run.
void watch_tree(const Setting& setting, runtime::ChildProcess& child, const std::stop_token& ended,
                Peaks& peaks) {
  const Stopwatch watch;
  while (watch.seconds() < demo_seconds && !ended.stop_requested()) {
    if (setting.interrupted && setting.interrupted()) break;
    const auto tree = tree_of(child.pid());
    std::uint64_t sum = 0;
    for (const auto pid : tree)
      sum += kib_of(pid, "status", "VmRSS");
    peaks.sum_kib = std::max(peaks.sum_kib, sum);
    peaks.root_kib = std::max(peaks.root_kib, kib_of(child.pid(), "status", "VmHWM"));
    peaks.processes = std::max<std::uint64_t>(peaks.processes, tree.size());
    peaks.seconds = watch.seconds();
    std::this_thread::sleep_for(sample_every);
  }
  child.kill();
}

}  // namespace

Result<Row> measure_rss_demo(Workshop& workshop) {
  const auto& setting = workshop.setting();
  const auto config = find_in_tree(setting, "examples/demo.toml");
  if (config.empty()) {
    return fail(Errc::unsupported, "examples/demo.toml is not in the tree of this binary");
  }
  const auto directory = workshop.fresh("demo");
  runtime::ChildSpec spec;
  spec.argv = {
      setting.program.string(), "run", "--source", "sim", "--config", config.string(), "--log-dir",
      directory.string(),       "-q",  "-o",       "json"};
  ARS_TRY(const auto child, runtime::ChildProcess::spawn(spec));
  Peaks peaks;
  runtime::ChildExit exit;
  {
    std::jthread watcher(
        [&](const std::stop_token& ended) { watch_tree(setting, *child, ended, peaks); });
    exit = child->wait();
  }
  const auto served = interactions_in(directory);
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  ARS_TRY(check_interrupt(setting));
  const bool went_well = exit.ending == runtime::ChildEnding::cancelled ||
                         (exit.ending == runtime::ChildEnding::exited && exit.value == 0);
  if (!went_well || peaks.sum_kib == 0) {
    return fail(Errc::unavailable, fmt::format("the demo ended early, {}: {}",
                                               runtime::describe(exit, spec), exit.stderr_tail));
  }
  Row row;
  row.ours = to_double(peaks.sum_kib) / 1024;
  row.figures = {{"the system's own process", to_double(peaks.root_kib) / 1024, "MiB"},
                 {"processes at once", to_double(peaks.processes), ""},
                 {"watched", peaks.seconds, "s"}};
  if (served.has_value()) {
    row.figures.push_back(
        {"closed loop, with twin and trainings", *served / peaks.seconds, "requests/s"});
  }
  row.limited_by =
      "LibTorch: each process that scores or trains maps it; pages that processes share are "
      "counted in each of them";
  return row;
}

}  // namespace ars::bench
