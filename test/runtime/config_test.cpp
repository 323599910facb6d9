#include "runtime/config.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace ars;
using namespace ars::runtime;

namespace {

struct Fixture {
  std::string path = (std::filesystem::temp_directory_path() /
                      ("ars_config_" + std::to_string(::getpid()) + ".toml"))
                         .string();
  ~Fixture() { std::filesystem::remove(path); }

  Result<LoadedConfig> load(const std::string& text, std::vector<std::string> environment = {},
                            std::vector<std::pair<std::string, std::string>> flags = {}) const {
    std::ofstream(path) << text;
    return load_config({path, std::move(environment), std::move(flags)});
  }
  // The problems found, without the path in front.
  std::vector<std::string> problems(const std::string& text,
                                    std::vector<std::string> environment = {}) const {
    const auto loaded = load(text, std::move(environment));
    BOOST_REQUIRE(loaded.has_error());
    BOOST_CHECK(loaded.assume_error().code == Errc::invalid);
    std::vector<std::string> out;
    std::string_view rest = loaded.assume_error().context;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      auto line = std::string(rest.substr(0, end));
      if (line.starts_with(path + ":")) line.erase(0, path.size() + 1);
      out.push_back(std::move(line));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
  }
  std::string origin(const LoadedConfig& loaded, std::string_view key) const {
    const auto rows = settings();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].key == key) return loaded.origins[i];
    }
    return "no such key";
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_config, Fixture)

BOOST_AUTO_TEST_CASE(no_source_gives_the_defaults) {
  const auto loaded = load_config({}).value();

  BOOST_TEST(loaded.config.serving.slate_size == 10u);
  BOOST_TEST(loaded.config.kafka.name_space == "ars");
  BOOST_TEST(loaded.config.http.listen == "");
  for (const auto& each : loaded.origins)
    BOOST_TEST(each == "default");
}

BOOST_AUTO_TEST_CASE(every_type_is_read) {
  const auto c = load(
                     "config_version = 1\n"
                     "[sim]\ntrap = false\nusers = 7\n"
                     "[evolution]\nalpha = 0.1\nguardrail_margin = 0\n"
                     "[kafka]\nbrokers = [\"a:1\", \"b:2\"]\nlinger = \"1.5ms\"\n"
                     "[trainer]\nmemory = \"512MiB\"\ncpu_time = \"24h\"\n"
                     "[log]\nbackend = \"kafka\"\n")
                     .value()
                     .config;

  BOOST_TEST(!c.sim.trap);
  BOOST_TEST(c.sim.users == 7u);
  BOOST_TEST(c.evolution.alpha == 0.1);
  BOOST_TEST(c.evolution.guardrail_margin == 0.0);
  BOOST_TEST(c.kafka.brokers == (std::vector<std::string>{"a:1", "b:2"}),
             boost::test_tools::per_element());
  BOOST_TEST(c.kafka.linger.ns() == 1'500'000);
  BOOST_TEST(c.trainer.memory.value() == 512u << 20);
  BOOST_TEST(c.trainer.cpu_time.ns() == 86'400'000'000'000);
  BOOST_TEST(c.log.backend == "kafka");
}

BOOST_AUTO_TEST_CASE(all_errors_are_told_at_once_with_their_lines) {
  const auto found = problems(
      "[serving]\n"
      "slate_sze = 5\n"
      "slate_size = 0\n"
      "latency_budget = 20\n"
      "\n"
      "[evolution]\n"
      "alpha = \"small\"\n"
      "enabled = 1\n"
      "[log]\n"
      "backend = \"rocksdb\"\n"
      "[kafka]\n"
      "brokers = [1, 2]\n"
      "[trainer]\n"
      "memory = \"lots\"\n"
      "[sim]\n"
      "users = 1979-05-27\n"
      "[batch.interactions_max]\n"
      "x = 1\n");

  const std::vector<std::string> expected = {
      "2: unknown key serving.slate_sze; the nearest is serving.slate_size",
      "3: serving.slate_size: the number 0 is not a whole number from 1 to 100",
      "4: serving.latency_budget: the number 20 is not a duration from \"1ms\" to \"1m\"",
      "7: evolution.alpha: \"small\" is not a number from 1e-06 to 0.5",
      "8: evolution.enabled: the number 1 is not true or false",
      "10: log.backend: \"rocksdb\" is not one of embedded, kafka",
      "12: kafka.brokers: a list with something else than strings is not a list of 1 to 64 texts",
      "14: trainer.memory: \"lots\" is not a size from \"64MiB\" to \"1000TiB\"",
      "16: sim.users: a date or time is not a whole number from 1 to 1000000000",
      "18: unknown key batch.interactions_max.x; the nearest is batch.interactions_max"};
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_syntax_error_names_its_line) {
  const auto found = problems("[serving]\nslate_size = = 3\n");

  BOOST_REQUIRE_EQUAL(found.size(), 1u);
  BOOST_TEST(found[0].starts_with("2: column "));
}

BOOST_AUTO_TEST_CASE(a_section_in_place_of_a_value_and_back_is_explained) {
  const auto found = problems("log = 3\n[nothing]\n");

  BOOST_TEST(
      found == (std::vector<std::string>{"1: log is a section: write [log]",
                                         "2: unknown key nothing; `ars config show` lists all"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rules_between_settings_hold) {
  const auto found = problems("[kafka]\nreplication_factor = 1\nmin_insync_replicas = 2\n");

  BOOST_TEST(found == (std::vector<std::string>{
                          "3: kafka.min_insync_replicas must be at most kafka.replication_factor"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(flag_goes_over_environment_over_file_over_default) {
  const auto loaded =
      load("[evolution]\nseeds = 4\n[sim]\nusers = 2\nitems = 22\n",
           {"ARS_SIM__USERS=3", "ARS_EVOLUTION__SEEDS=5", "ARS_DATA_DIR=/x", "HOME=/"},
           {{"evolution.seeds", "6"}})
          .value();

  BOOST_TEST(loaded.config.evolution.seeds == 6u);
  BOOST_TEST(loaded.config.sim.users == 3u);
  BOOST_TEST(loaded.config.sim.items == 22u);
  BOOST_TEST(origin(loaded, "evolution.seeds") == "flag");
  BOOST_TEST(origin(loaded, "sim.users") == "ARS_SIM__USERS");
  BOOST_TEST(origin(loaded, "sim.items") == path + ":5");
  BOOST_TEST(origin(loaded, "log.backend") == "default");
}

BOOST_AUTO_TEST_CASE(the_environment_takes_every_type_and_is_checked) {
  const auto c = load("", {"ARS_KAFKA__BROKERS=a:1,b:2", "ARS_SIM__TRAP=false",
                           "ARS_EVOLUTION__ALPHA=0.01", "ARS_KAFKA__LINGER=5ms"})
                     .value()
                     .config;
  const auto found = problems("", {"ARS_LOG__BACKEN=kafka", "ARS_SIM__TRAP=maybe"});

  BOOST_TEST(c.kafka.brokers.size() == 2u);
  BOOST_TEST(!c.sim.trap);
  BOOST_TEST(c.evolution.alpha == 0.01);
  BOOST_TEST(c.kafka.linger.ns() == 5'000'000);
  BOOST_TEST(found == (std::vector<std::string>{
                          "ARS_LOG__BACKEN: unknown key log.backen; the nearest is log.backend",
                          "ARS_SIM__TRAP: sim.trap: \"maybe\" is not true or false"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_missing_file_and_a_foreign_version_are_told_apart) {
  BOOST_CHECK(load_config({"/no/such.toml", {}, {}}).assume_error().code == Errc::not_found);
  BOOST_CHECK(load("config_version = 2\n").assume_error().code == Errc::unsupported);
}

BOOST_AUTO_TEST_CASE(what_is_shown_loads_to_the_same) {
  const auto first = load(
                         "[kafka]\nnamespace = \"a\\\"b\\\\c\"\nlinger = \"1500us\"\n"
                         "[trainer]\nmemory = \"1500MB\"\n[evolution]\nalpha = 1e-6\n"
                         "[http]\nlisten = \"127.0.0.1:1\"\n")
                         .value();
  const auto shown = show_config(first);

  const auto second = load(shown).value();

  const auto values = [](const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      out += text.substr(at, text.find("  # ", at) - at) + "\n";
      at = end + 1;
    }
    return out;
  };
  BOOST_TEST(values(show_config(second)) == values(shown));
  BOOST_TEST(shown.find("namespace = \"a\\\"b\\\\c\"  # " + path + ":2") != std::string::npos);
  BOOST_TEST(shown.find("linger = \"1500us\"") != std::string::npos);
  BOOST_TEST(shown.find("backend = \"embedded\"  # default") != std::string::npos);
  BOOST_TEST(origin(second, "log.backend").starts_with(path));
}

BOOST_AUTO_TEST_CASE(every_setting_is_documented_once_and_its_default_is_allowed) {
  std::ifstream page(ARS_SOURCE_DIR "/docs/configuration.md");
  std::stringstream text;
  text << page.rdbuf();
  BOOST_TEST(text.str() == config_reference(), "store this as docs/configuration.md:\n"
                                                   << config_reference());
  std::set<std::string_view> keys;
  for (const auto& row : settings()) {
    BOOST_TEST(keys.insert(row.key).second, row.key);
    BOOST_TEST(row.doc.ends_with("."), row.key);
  }
  const auto shown = show_config(load_config({}).value());
  BOOST_TEST(load(shown).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
