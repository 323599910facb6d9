#include "cli/commands/catalog.hpp"
#include "cli/compose.hpp"
#include "cli/json_object.hpp"
#include "cli/log_door.hpp"
#include "events/base/narrow.hpp"
#include "runtime/config.hpp"
#include "runtime/entropy.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#ifdef ARS_HAS_RUNTIME_KAFKA
#include "runtime/kafka/kafka_admin.hpp"
#endif

namespace ars::cli {
namespace {

namespace fs = std::filesystem;

enum class Health : std::uint8_t { ok, warning, failure };

struct Finding {
  std::string check;
  Health health = Health::ok;
  std::string says;
  std::string fix;  // empty when ok
};

struct DoctorOptions {
  std::string directory;
  std::string brokers;
};

constexpr std::uint64_t memory_wanted_mib = 2048;
constexpr std::uint64_t disk_wanted_mib = 4096;
constexpr std::uint64_t files_wanted = 1024;
constexpr std::uint64_t mib = 1u << 20;

// The number after a word in a file such as /proc/meminfo.
std::optional<std::uint64_t> number_after(const char* file, std::string_view word) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    const auto at = line.find(word);
    if (at == line.npos) continue;
    const auto digit = line.find_first_of("0123456789", at + word.size());
    if (digit == line.npos) return std::nullopt;
    return std::strtoull(line.c_str() + digit, nullptr, 10);
  }
  return std::nullopt;
}

Finding check_arithmetic() {
  const auto hash = to_hex(ByteSpan(sha256("")));
  const bool ok = crc32c(as_bytes("123456789")) == 0xe3069283 &&
                  murmur2(as_bytes("foobar")) == 0xd0e47bbe &&
                  philox4x32_10({}, {})[0] == 0x6627e8d5 && hash.starts_with("e3b0c44298fc1c14");
  if (ok)
    return {"hashes", Health::ok, "sha256, crc32c, murmur2 and philox give their test vectors", ""};
  return {"hashes", Health::failure, "a hash differs from its test vector",
          "build again; this build cannot be trusted"};
}

Finding check_memory() {
  const auto kib = number_after("/proc/meminfo", "MemAvailable:");
  if (!kib) return {"memory", Health::warning, "cannot be read", "mount /proc"};
  const auto free_mib = *kib / 1024;
  auto says =
      fmt::format("{} MiB available, {} cores", free_mib, std::thread::hardware_concurrency());
  if (free_mib >= memory_wanted_mib) return {"memory", Health::ok, says, ""};
  return {"memory", Health::warning, says,
          fmt::format("free {} MiB, or lower [trainer] memory", memory_wanted_mib)};
}

Finding check_files() {
  const auto limit = number_after("/proc/self/limits", "Max open files");
  if (!limit) return {"open files", Health::warning, "limit cannot be read", "mount /proc"};
  auto says = fmt::format("at most {}", *limit);
  if (*limit >= files_wanted) return {"open files", Health::ok, says, ""};
  return {"open files", Health::warning, says, fmt::format("ulimit -n {}", files_wanted)};
}

Finding check_disk(const fs::path& where) {
  std::error_code error;
  const auto space = fs::space(where, error);
  if (error)
    return {"disk", Health::failure, where.string() + ": " + error.message(),
            "name a directory that exists"};
  auto says = fmt::format("{} MiB free at {}", space.available / mib, where.string());
  if (space.available / mib >= disk_wanted_mib) return {"disk", Health::ok, says, ""};
  return {"disk", Health::warning, says,
          fmt::format("free {} MiB: 100,000 interactions take up to 2 GiB", disk_wanted_mib)};
}

// A log of one record: made, closed, opened again and removed.
Result<void> try_log(const fs::path& directory) {
  const ClusterId cluster(Bytes16{1});
  ARS_TRY(auto made, store::RocksDbLog::create(directory, cluster));
  events::Envelope header;
  header.event_id = events::make_ingress_id(1, "doctor", "1");
  header.log_time_ns = 1;
  store::Batch batch;
  batch.appends.push_back(
      {{store::Topic::ctl, 0}, events::seal(header, events::SourceFinished{})->stored});
  ARS_TRY([[maybe_unused]] const auto at, made->commit(batch));
  ARS_TRY(made->close());
  made.reset();
  ARS_TRY(auto again, store::RocksDbLog::open_read_only(directory));
  ARS_TRY(const auto records, again->read({{store::Topic::ctl, 0}, Offset(0)}, 1));
  if (records.size() != 1) return fail(Errc::corrupt, "the record did not come back");
  return success();
}

Finding check_database() {
  std::array<std::uint8_t, 8> name{};
  runtime::SystemEntropy entropy;
  if (auto filled = entropy.fill(name); !filled)
    return {"database", Health::failure, filled.error().context, "mount /dev"};
  std::error_code error;
  const auto directory = fs::temp_directory_path(error) / ("ars-doctor-" + to_hex(name));
  const auto tried = try_log(directory);
  fs::remove_all(directory, error);
  if (tried.has_value())
    return {"database", Health::ok, "a synced record was written and read back", ""};
  return {"database", Health::failure, tried.error().context,
          "set TMPDIR to a directory that can be written"};
}

Finding check_models() {
  const auto scorers = make_scorers();
  if (scorers != nullptr) return {"LibTorch", Health::ok, "device " + scorers->device(), ""};
  return {"LibTorch", Health::warning,
          "this build has none: fusion order stands, nothing is trained",
          "configure with -DARS_WITH_TORCH=ON"};
}

Finding check_environment() {
  runtime::ConfigSources sources;
  sources.environment = runtime::process_environment();
  const auto loaded = runtime::load_config(sources);
  if (loaded.has_value()) return {"environment", Health::ok, "ARS_* variables are settings", ""};
  return {"environment", Health::failure, loaded.error().context,
          "`ars config show` lists the settings"};
}

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const auto cut = rest.find(':');
    std::error_code error;
    if (fs::exists(fs::path(rest.substr(0, cut)) / program, error)) return true;
    rest = cut == rest.npos ? "" : rest.substr(cut + 1);
  }
  return false;
}

Finding check_local_broker() {
  if (on_path("java") && on_path("mvn"))
    return {"scripts/kafka", Health::ok, "java and mvn are here", ""};
  return {"scripts/kafka", Health::warning,
          "needs java and mvn; without them Kafka's tests are skipped",
          "apt-get install default-jre-headless maven"};
}

#ifdef ARS_HAS_RUNTIME_KAFKA
Finding check_brokers(const std::string& brokers) {
  constexpr std::chrono::milliseconds deadline(5000);
  runtime::KafkaSettings settings;
  settings.brokers = {brokers};
  const auto broker = runtime::kafka_describe(settings, deadline);
  if (broker.has_value()) {
    return {"kafka", Health::ok,
            fmt::format("{} answers at {} (librdkafka {})", broker.value().broker, brokers,
                        broker.value().librdkafka),
            ""};
  }
  return {"kafka", Health::failure, broker.error().context,
          "scripts/kafka start, or correct --brokers"};
}
#else
Finding check_brokers(const std::string&) {
  return {"kafka", Health::failure, "this build has no Kafka backend",
          "configure with -DARS_WITH_KAFKA=ON"};
}
#endif

Finding check_log(const std::string& directory) {
  const auto opened = open_log(directory);
  if (opened.has_value()) {
    return {"log", Health::ok,
            fmt::format("cluster {}, {} streams", to_hex(opened.value().cluster),
                        opened.value().log->heads().size()),
            ""};
  }
  if (opened.error().code == Errc::conflict)
    return {"log", Health::ok, "in use by a running node", ""};
  return {"log", Health::failure, opened.error().context,
          opened.error().code == Errc::not_found
              ? "name the directory that `ars run` wrote"
              : "`ars audit verify --log-dir " + directory + "`"};
}

std::string_view word(Health health) {
  return health == Health::ok ? "ok" : health == Health::warning ? "warning" : "failure";
}

Result<ExitCode> run_doctor(const DoctorOptions& options, const Session& session) {
  std::error_code error;
  if (!options.directory.empty() && !fs::is_directory(options.directory, error)) {
    return fail(Errc::not_found, options.directory + ": no such directory");
  }
  std::vector<Finding> findings{
      check_arithmetic(),  check_memory(),
      check_files(),       check_disk(options.directory.empty() ? "." : options.directory),
      check_database(),    check_models(),
      check_environment(), check_local_broker()};
  if (!options.directory.empty()) findings.push_back(check_log(options.directory));
  if (!options.brokers.empty()) findings.push_back(check_brokers(options.brokers));
  bool healthy = true;
  bool reached = true;
  std::vector<JsonObject> rows;
  for (const auto& each : findings) {
    healthy = healthy && each.health != Health::failure;
    if (each.check == "kafka") reached = each.health != Health::failure;
    if (session.format == Format::text) {
      const auto* sign = each.health == Health::ok        ? "✓"
                         : each.health == Health::warning ? "!"
                                                          : "✗";
      put_line(fmt::format("{} {:<14} {}", sign, each.check, each.says));
      if (!each.fix.empty()) put_line(fmt::format("  {:<14} fix: {}", "", each.fix));
    } else {
      JsonObject row;
      row.add("check", each.check).add("status", word(each.health)).add("says", each.says);
      rows.push_back(row.add("fix", each.fix));
    }
  }
  if (session.format != Format::text) {
    JsonObject out;
    put_line(out.add("ok", healthy).add("checks", rows).text());
  }
  if (!reached) return ExitCode::unreachable;
  return healthy ? ExitCode::done : ExitCode::failed;
}

}  // namespace

Action doctor_command(CLI::App& app) {
  auto options = std::make_shared<DoctorOptions>();
  app.add_option("--log-dir", options->directory, "a log to look at too");
  app.add_option("--brokers", options->brokers, "a Kafka broker to reach, HOST:PORT");
  return [options](const Session& session) { return run_doctor(*options, session); };
}

}  // namespace ars::cli
