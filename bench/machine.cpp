#include "bench/machine.hpp"

#include "bench/anchors/disk_sync.hpp"
#include "bench/anchors/processor.hpp"

#include <fstream>
#include <thread>

namespace ars::bench {
namespace {

// What follows the colon of the first line that begins with `name`.
std::string field_of(const char* file, std::string_view name) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    if (!line.starts_with(name)) continue;
    const auto colon = line.find(':');
    if (colon == line.npos) continue;
    const auto begin = line.find_first_not_of(" \t", colon + 1);
    return begin == line.npos ? "" : line.substr(begin);
  }
  return "";
}

std::string first_line(const char* file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

Result<Machine> describe_machine(const std::filesystem::path& scratch, double seconds) {
  Machine out;
  out.cpu = field_of("/proc/cpuinfo", "model name");
  if (out.cpu.empty()) out.cpu = "unknown";
  out.cores = std::thread::hardware_concurrency();
  std::ifstream("/proc/loadavg") >> out.load;
  const auto memory = field_of("/proc/meminfo", "MemTotal");
  out.memory_mib = std::strtoull(memory.c_str(), nullptr, 10) / 1024;
  out.kernel = first_line("/proc/sys/kernel/osrelease");
  ARS_TRY(out.disk_syncs_per_second, disk_syncs_per_second(scratch, seconds));
  out.hashed_mb_per_second = hashed_megabytes_per_second(seconds);
  out.copied_mb_per_second = copied_megabytes_per_second(seconds);
  out.gigaflops = multiplied_gigaflops(seconds);
  return out;
}

}  // namespace ars::bench
