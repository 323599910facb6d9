// Every setting of a node, typed, with its default. Values come from the defaults, one TOML file,
// the environment (ARS_LOG__BACKEND) and flags, each over the one before. One table in
// runtime/config.cpp derives parsing, checking, `ars config show` and the reference page.
// A new setting is a member here and a line there. Values; loaded once by the composition root.
#pragma once

#include "events/base/id.hpp"
#include "events/base/result.hpp"
#include "events/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ars::runtime {

using ByteSize = Named<std::uint64_t, struct ByteSizeTag>;

struct Config {
  std::uint64_t config_version = 1;
  struct Log {
    std::string backend = "embedded";
    std::string pseudonym_key_file;  // empty: pseudonym.key in the log directory
  } log;
  struct Kafka {
    std::vector<std::string> brokers = {"127.0.0.1:9092"};
    std::string name_space = "ars";
    std::uint64_t replication_factor = 1;
    std::uint64_t min_insync_replicas = 1;
    Duration linger = Duration::milliseconds(2);
    std::string compression = "lz4";
  } kafka;
  struct Http {
    std::string listen;  // empty: no server
    std::vector<std::string> allowed_hosts = {"localhost", "127.0.0.1", "[::1]"};
    bool insecure_listen = false;
    Duration request_timeout = Duration::seconds(10);
  } http;
  struct Serving {
    std::uint64_t slate_size = 10;
    Duration latency_budget = Duration::milliseconds(20);
    Duration stage_deadline = Duration::milliseconds(200);
  } serving;
  struct Batch {
    std::uint64_t interactions_max = 32;
  } batch;
  struct Evolution {
    bool enabled = true;
    std::uint64_t first_training_after = 500;
    std::uint64_t checkpoint_every = 1000;
    std::uint64_t rows_max = 20'000;
    std::uint64_t seeds = 3;
    double canary_share = 0.2;
    std::uint64_t canary_requests_max = 4000;
    double alpha = 0.05;
    double guardrail_margin = 0.05;
  } evolution;
  struct Trainer {
    std::uint64_t threads = 2;
    ByteSize memory = ByteSize(std::uint64_t{6} << 30);
    ByteSize file_size = ByteSize(std::uint64_t{256} << 20);
    Duration cpu_time = Duration::seconds(1800);
    Duration heartbeat = Duration::seconds(300);
  } trainer;
  struct Sim {
    std::uint64_t users = 500;
    std::uint64_t items = 400;
    std::uint64_t arrivals_per_batch = 16;
    bool trap = true;
  } sim;
  struct Telemetry {
    bool metrics = true;
  } telemetry;
};

// Where a setting's value lies.
using Slot = std::variant<bool*, std::uint64_t*, double*, std::string*, std::vector<std::string>*,
                          Duration*, ByteSize*>;

// What a value may be: a range (durations in seconds, sizes in bytes, lists by their length), or
// one of up to four words.
struct Bounds {
  double low = 0;
  double high = 0;
  std::array<std::string_view, 4> words{};
};

// One row of the constexpr table; its texts have static storage.
struct Setting {
  std::string_view key;  // section.name
  Slot (*slot)(Config&);
  Bounds bounds;
  std::string_view doc;  // one sentence
};
// One row per setting, grouped by section.
std::span<const Setting> settings();

struct ConfigSources {
  std::string file;                      // empty: none
  std::vector<std::string> environment;  // NAME=value; only ARS_A__B are looked at
  std::vector<std::pair<std::string, std::string>> flags;  // key and value, as text
};
// The environment of this process.
std::vector<std::string> process_environment();

struct LoadedConfig {
  Config config;
  std::vector<std::string> origins;  // per row of settings(): default, F.toml:3, ARS_A__B, flag
};

// Errc::not_found: no such file; Errc::unsupported: another config_version; Errc::invalid: anything
// else. The context names every problem, one a line, as `F.toml:LINE: what`.
Result<LoadedConfig> load_config(const ConfigSources& sources);

// The effective values as a TOML file, each with its origin as a comment. Loading it again gives
// the same values.
std::string show_config(const LoadedConfig& loaded);
// The reference page: key, type, default, range, meaning.
std::string config_reference();

namespace detail {

// A value as it stands in a file, or text from the environment or a flag.
struct RawText {
  std::string text;
};
struct RawOther {
  std::string kind;  // of a value that no setting takes
};
using RawValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>,
                              RawText, RawOther>;
struct RawEntry {
  std::string key;
  std::string where;  // F.toml:LINE, or the name of the variable, or flag
  RawValue value;
  std::size_t line = 0;
};
// Every leaf of the file (runtime/config_toml.cpp). Errc::invalid: a syntax error, with its line.
Result<std::vector<RawEntry>> read_toml(const std::string& path);

}  // namespace detail

}  // namespace ars::runtime
