#include "runtime/config.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "runtime/config_values.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>

extern char** environ;

namespace ars::runtime {
namespace {

constexpr double day = 86'400;
constexpr double mib = 1 << 20;
constexpr double tib = mib * mib;

constexpr Bounds in(double low, double high) { return {low, high, {}}; }
constexpr Bounds text(double length_max = 200) { return {0, length_max, {}}; }
constexpr Bounds yes_or_no() { return {}; }
constexpr Bounds one_of(std::string_view a, std::string_view b, std::string_view c = "",
                        std::string_view d = "") {
  return {0, 0, {a, b, c, d}};
}

constexpr Setting table[] = {
    {"config_version", [](Config& c) -> Slot { return &c.config_version; }, in(1, 1),
     "Version of this file's form."},

    {"log.backend", [](Config& c) -> Slot { return &c.log.backend; }, one_of("embedded", "kafka"),
     "Where records travel: this node's own RocksDB, or Kafka."},
    {"log.pseudonym_key_file", [](Config& c) -> Slot { return &c.log.pseudonym_key_file; }, text(),
     "Key of users' pseudonyms, 32 bytes, mode 0600; empty: pseudonym.key in the log directory."},

    {"kafka.brokers", [](Config& c) -> Slot { return &c.kafka.brokers; }, in(1, 64),
     "host:port of the brokers to ask first."},
    {"kafka.namespace", [](Config& c) -> Slot { return &c.kafka.name_space; }, text(100),
     "Prefix of every topic: one broker, many recommenders."},
    {"kafka.replication_factor", [](Config& c) -> Slot { return &c.kafka.replication_factor; },
     in(1, 7), "Copies of each new topic; 3 in production."},
    {"kafka.min_insync_replicas", [](Config& c) -> Slot { return &c.kafka.min_insync_replicas; },
     in(1, 7), "Copies that must have a record before it counts; 2 in production."},
    {"kafka.linger", [](Config& c) -> Slot { return &c.kafka.linger; }, in(0, 1),
     "How long the producer collects records for one request."},
    {"kafka.compression", [](Config& c) -> Slot { return &c.kafka.compression; },
     one_of("none", "lz4", "zstd", "gzip"), "Codec of record batches."},

    {"http.listen", [](Config& c) -> Slot { return &c.http.listen; }, text(),
     "Address of the server, such as 127.0.0.1:8420; empty for none."},
    {"http.allowed_hosts", [](Config& c) -> Slot { return &c.http.allowed_hosts; }, in(1, 64),
     "Host headers that are answered, without the port."},
    {"http.insecure_listen", [](Config& c) -> Slot { return &c.http.insecure_listen; }, yes_or_no(),
     "Allows an address that is not loopback, although there is no authentication yet."},
    {"http.request_timeout", [](Config& c) -> Slot { return &c.http.request_timeout; },
     in(0.01, 600), "For reading a request, and for writing its answer."},

    {"serving.slate_size", [](Config& c) -> Slot { return &c.serving.slate_size; }, in(1, 100),
     "Items of a slate unless the request asks for another number."},
    {"serving.latency_budget", [](Config& c) -> Slot { return &c.serving.latency_budget; },
     in(0.001, 60), "The p99 that AutoPerf keeps a request under."},
    {"serving.stage_deadline", [](Config& c) -> Slot { return &c.serving.stage_deadline; },
     in(0.001, 60), "A stage without an answer by then falls back, with the reason recorded."},

    {"batch.interactions_max", [](Config& c) -> Slot { return &c.batch.interactions_max; },
     in(1, 10'000), "Interactions that one batch takes from its source."},

    {"evolution.enabled", [](Config& c) -> Slot { return &c.evolution.enabled; }, yes_or_no(),
     "Whether anything is proposed at all."},
    {"evolution.first_training_after",
     [](Config& c) -> Slot { return &c.evolution.first_training_after; }, in(1, 1e12),
     "Interactions before the first training."},
    {"evolution.checkpoint_every", [](Config& c) -> Slot { return &c.evolution.checkpoint_every; },
     in(1, 1e12), "Interactions between two looks at what to try next."},
    {"evolution.rows_max", [](Config& c) -> Slot { return &c.evolution.rows_max; }, in(100, 1e9),
     "Newest labelled rows that one training reads."},
    {"evolution.seeds", [](Config& c) -> Slot { return &c.evolution.seeds; }, in(3, 100),
     "Paired seeds of the offline evidence."},
    {"evolution.canary_share", [](Config& c) -> Slot { return &c.evolution.canary_share; },
     in(0.001, 0.9),
     "Largest share of users that a canary serves; the latency budget may ask for less."},
    {"evolution.canary_requests_max",
     [](Config& c) -> Slot { return &c.evolution.canary_requests_max; }, in(1, 1e12),
     "Requests after which an undecided canary is rolled back."},
    {"evolution.alpha", [](Config& c) -> Slot { return &c.evolution.alpha; }, in(1e-6, 0.5),
     "Error rate of the sequential test."},
    {"evolution.guardrail_margin", [](Config& c) -> Slot { return &c.evolution.guardrail_margin; },
     in(0, 1), "Loss of the guardrail metric, relative to the champion, that is borne."},

    {"trainer.threads", [](Config& c) -> Slot { return &c.trainer.threads; }, in(1, 256),
     "Threads of a training: a fixed number, never the core count."},
    {"trainer.memory", [](Config& c) -> Slot { return &c.trainer.memory; },
     in(64 * mib, 1000 * tib), "Address space of a trainer process."},
    {"trainer.file_size", [](Config& c) -> Slot { return &c.trainer.file_size; },
     in(1 * mib, 1000 * tib), "Largest file a trainer may write."},
    {"trainer.cpu_time", [](Config& c) -> Slot { return &c.trainer.cpu_time; }, in(1, 30 * day),
     "CPU time of a trainer process."},
    {"trainer.heartbeat", [](Config& c) -> Slot { return &c.trainer.heartbeat; }, in(0.1, day),
     "A trainer that says nothing for this long is killed and tried again."},

    {"sim.users", [](Config& c) -> Slot { return &c.sim.users; }, in(1, 1e9), "Simulated users."},
    {"sim.items", [](Config& c) -> Slot { return &c.sim.items; }, in(10, 1e9), "Simulated items."},
    {"sim.arrivals_per_batch", [](Config& c) -> Slot { return &c.sim.arrivals_per_batch; },
     in(1, 10'000), "Users that ask at the same time."},
    {"sim.trap", [](Config& c) -> Slot { return &c.sim.trap; }, yes_or_no(),
     "Whether the variant is planted that wins offline and loses live."},

    {"telemetry.metrics", [](Config& c) -> Slot { return &c.telemetry.metrics; }, yes_or_no(),
     "Whether /metrics is served."},
};

// Rules between settings; `key` is the one whose line is named.
struct Relation {
  std::string_view key;
  bool (*holds)(const Config&);
  std::string_view what;
};
constexpr Relation relations[] = {
    {"kafka.min_insync_replicas",
     [](const Config& c) { return c.kafka.min_insync_replicas <= c.kafka.replication_factor; },
     "kafka.min_insync_replicas must be at most kafka.replication_factor"},
};

constexpr std::size_t row_count = std::size(table);

std::optional<std::size_t> row_of(std::string_view key) {
  for (std::size_t i = 0; i < row_count; ++i) {
    if (table[i].key == key) return i;
  }
  return std::nullopt;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row.back();
}

std::string unknown_key(std::string_view key) {
  const auto is_section = std::any_of(std::begin(table), std::end(table), [&](const Setting& each) {
    return each.key.starts_with(std::string(key) + ".");
  });
  if (is_section) return fmt::format("{} is a section: write [{}]", key, key);
  const auto* nearest =
      std::min_element(std::begin(table), std::end(table), [&](const Setting& a, const Setting& b) {
        return edit_distance(key, a.key) < edit_distance(key, b.key);
      });
  if (edit_distance(key, nearest->key) > std::max<std::size_t>(3, key.size() / 2)) {
    return fmt::format("unknown key {}; `ars config show` lists all", key);
  }
  return fmt::format("unknown key {}; the nearest is {}", key, nearest->key);
}

// Collects values and everything that is wrong with them.
class Loader {
 public:
  LoadedConfig loaded;
  std::vector<std::string> problems;

  Loader() { loaded.origins.assign(row_count, "default"); }

  void take(const detail::RawEntry& entry) {
    const auto row = row_of(entry.key);
    if (!row.has_value()) {
      problems.push_back(fmt::format("{}: {}", entry.where, unknown_key(entry.key)));
      return;
    }
    const auto& setting = table[*row];
    const auto done = assign_value(setting.slot(loaded.config), setting.bounds, entry.value);
    if (done.has_error()) {
      problems.push_back(
          fmt::format("{}: {}: {}", entry.where, entry.key, done.assume_error().context));
      return;
    }
    loaded.origins[*row] = entry.where;
  }

  void check_relations() {
    for (const auto& relation : relations) {
      if (relation.holds(loaded.config)) continue;
      const auto& origin = loaded.origins[row_of(relation.key).value()];
      problems.push_back(fmt::format("{}: {}", origin, relation.what));
    }
  }
};

// ARS_LOG__PARTITIONS=4 -> log.partitions; empty for a variable that is no setting.
std::optional<detail::RawEntry> from_environment(std::string_view variable) {
  const auto equals = variable.find('=');
  const auto name = variable.substr(0, equals);
  if (equals == std::string_view::npos || !name.starts_with("ARS_")) return std::nullopt;
  if (name.find("__") == std::string_view::npos && name != "ARS_CONFIG_VERSION")
    return std::nullopt;
  constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view small = "abcdefghijklmnopqrstuvwxyz";
  std::string key;
  for (auto rest = name.substr(4); !rest.empty();) {
    const bool separator = rest.starts_with("__");
    const auto capital = capitals.find(rest.front());
    key += separator ? '.' : capital == capitals.npos ? rest.front() : small[capital];
    rest.remove_prefix(separator ? 2 : 1);
  }
  return detail::RawEntry{key, std::string(name),
                          detail::RawText{std::string(variable.substr(equals + 1))}};
}

std::string section_of(std::string_view key) {
  return std::string(key.substr(0, key.find('.') == std::string_view::npos ? 0 : key.find('.')));
}
std::string_view name_of(std::string_view key) {
  const auto dot = key.find('.');
  return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

}  // namespace

std::span<const Setting> settings() { return table; }

std::vector<std::string> process_environment() {
  std::vector<std::string> out;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each)
    out.emplace_back(*each);
  return out;
}

Result<LoadedConfig> load_config(const ConfigSources& sources) {
  Loader loader;
  if (!sources.file.empty()) {
    ARS_TRY(const auto entries, detail::read_toml(sources.file));
    for (const auto& entry : entries) {
      const auto* version = std::get_if<std::int64_t>(&entry.value);
      if (entry.key == "config_version" && version != nullptr && *version != 1) {
        return fail(Errc::unsupported,
                    fmt::format("{}: config_version {} is not known to this build; "
                                "it reads 1",
                                entry.where, *version));
      }
      loader.take(entry);
    }
  }
  for (const auto& variable : sources.environment) {
    if (const auto entry = from_environment(variable)) loader.take(*entry);
  }
  for (const auto& [key, value] : sources.flags) {
    loader.take({key, "flag", detail::RawText{value}});
  }
  if (loader.problems.empty()) loader.check_relations();
  if (!loader.problems.empty()) {
    return fail(Errc::invalid, fmt::format("{}", fmt::join(loader.problems, "\n")));
  }
  return std::move(loader.loaded);
}

std::string show_config(const LoadedConfig& loaded) {
  auto copy = loaded.config;
  std::string out;
  std::string section;
  for (std::size_t i = 0; i < row_count; ++i) {
    if (section_of(table[i].key) != section) {
      section = section_of(table[i].key);
      out += fmt::format("\n[{}]\n", section);
    }
    out += fmt::format("{} = {}  # {}\n", name_of(table[i].key), value_text(table[i].slot(copy)),
                       loaded.origins[i]);
  }
  return out;
}

std::string config_reference() {
  Config defaults;
  std::string out =
      "# Configuration\n\nFrom the table in `runtime/config.cpp`; a test keeps this page true. "
      "Flags go over the environment (`ARS_LOG__BACKEND`), the environment over the file, the file "
      "over the defaults.\n";
  std::string section = "-";
  for (const auto& row : table) {
    if (section_of(row.key) != section) {
      section = section_of(row.key);
      out += fmt::format("\n{}| key | default | allowed | meaning |\n|---|---|---|---|\n",
                         section.empty() ? "" : fmt::format("## [{}]\n\n", section));
    }
    const auto slot = row.slot(defaults);
    out += fmt::format("| `{}` | `{}` | {} | {} |\n", row.key, value_text(slot),
                       allowed_text(slot, row.bounds), row.doc);
  }
  return out;
}

}  // namespace ars::runtime
