#include "cli/exit_code.hpp"

#include "test/cli/scratch.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::cli;

struct Fixture {
  scratch::Directory directory;
  std::string log = directory / "log";

  void write_log() {
    scratch::Log written(log);
    written.tell_two_changes();
    written.close();
  }
  int code(const std::string& line, const std::string& before = "") {
    return scratch::ars(directory, line, before).code;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_exit_code, Fixture)

BOOST_AUTO_TEST_CASE(each_error_has_its_number) {
  BOOST_CHECK(exit_code_of(Errc::invalid) == ExitCode::usage);
  BOOST_CHECK(exit_code_of(Errc::not_found) == ExitCode::not_found);
  BOOST_CHECK(exit_code_of(Errc::unavailable) == ExitCode::unreachable);
  BOOST_CHECK(exit_code_of(Errc::corrupt) == ExitCode::mismatch);
  BOOST_CHECK(exit_code_of(Errc::denied) == ExitCode::denied);
  BOOST_CHECK(exit_code_of(Errc::timeout) == ExitCode::timeout);
  BOOST_CHECK(exit_code_of(Errc::conflict) == ExitCode::conflict);
  BOOST_CHECK(exit_code_of(Errc::unsupported) == ExitCode::unsupported);
  BOOST_CHECK(exit_code_of(Errc::stopping) == ExitCode::interrupted);
  BOOST_CHECK(exit_code_of(Errc::overloaded) == ExitCode::failed);
}

BOOST_AUTO_TEST_CASE(done_is_0) {
  write_log();

  BOOST_TEST(code("version") == 0);
  BOOST_TEST(code("events list --log-dir " + log) == 0);
  BOOST_TEST(code("audit verify --log-dir " + log) == 0);
}

BOOST_AUTO_TEST_CASE(failed_is_1) {
  const auto sick = scratch::ars(directory, "doctor", "ARS_LOG__PARTITONS=2");

  BOOST_TEST(sick.code == 1);
  BOOST_TEST(scratch::has(sick.out, "environment"));
}

BOOST_AUTO_TEST_CASE(what_does_not_exist_is_3) {
  write_log();

  for (const auto* line : {"events list", "events tail --once", "events export", "audit verify",
                           "replay fold", "replay reexec", "why serving", "graph show", "doctor"}) {
    const auto ended =
        scratch::ars(directory, std::string(line) + " --log-dir " + (directory / "nowhere"));
    BOOST_TEST(ended.code == 3, line << ": " << ended.err);
  }
  BOOST_TEST(code("events show evt/0/99999 --log-dir " + log) == 3);
  BOOST_TEST(code("events show frozen/evt/0/1 --log-dir " + log) == 3);
  BOOST_TEST(code("events show 018bcfe5-6800-72e2-9661-860cc4327562 --log-dir " + log) == 3);
  BOOST_TEST(code("events list --type ars.no.such --log-dir " + log) == 3);
  BOOST_TEST(code("events list --stream evt/7 --log-dir " + log) == 3);
  BOOST_TEST(code("events list --agent nobody --log-dir " + log) == 3);
  BOOST_TEST(code("why change 99 --log-dir " + log) == 3);
  BOOST_TEST(code("graph show --at 99 --log-dir " + log) == 3);
  BOOST_TEST(code("config check " + (directory / "no.toml")) == 3);
}

BOOST_AUTO_TEST_CASE(an_unreachable_broker_is_4) {
  const auto ended = scratch::ars(directory, "doctor --brokers 127.0.0.1:1");

  BOOST_TEST(ended.code == 4);
  BOOST_TEST(scratch::has(ended.out, "scripts/kafka start"));
}

BOOST_AUTO_TEST_CASE(a_flipped_byte_is_5) {
  write_log();
  std::string table;
  for (const auto& entry : std::filesystem::directory_iterator(log + "/db")) {
    if (entry.path().extension() == ".sst") table = entry.path().string();
  }
  BOOST_REQUIRE(!table.empty());
  auto bytes = scratch::read_text(table);
  bytes[bytes.size() / 3] = static_cast<char>(bytes[bytes.size() / 3] ^ 1);
  scratch::write_text(table, bytes);

  const auto text = scratch::ars(directory, "audit verify --log-dir " + log);
  const auto json = scratch::ars(directory, "audit verify -o json --log-dir " + log);

  BOOST_TEST(text.code == 5);
  BOOST_TEST(text.out.starts_with("MISMATCH at "));
  BOOST_TEST(json.code == 5);
  BOOST_TEST(json.out.starts_with("{\"ok\":false,\"events\":"));
  BOOST_TEST(!scratch::has(json.out, "\"bad_offset\":null"));
}

BOOST_AUTO_TEST_CASE(a_log_in_use_is_8) {
  scratch::Log written(log);

  BOOST_TEST(code("events list --log-dir " + log) == 8);
  BOOST_TEST(code("replay fold --log-dir " + log) == 8);
}

BOOST_AUTO_TEST_CASE(a_wrong_configuration_is_78_and_names_the_line) {
  const auto file = directory / "a.toml";
  scratch::write_text(file, "config_version = 1\n[log]\npartitons = 3\n");

  const auto ended = scratch::ars(directory, "config check " + file);

  BOOST_TEST(ended.code == 78);
  BOOST_TEST(ended.err.starts_with(file + ":3: "), ended.err);
  BOOST_TEST(code("config show " + file) == 78);
}

BOOST_AUTO_TEST_CASE(an_interrupt_is_130) {
  write_log();

  BOOST_TEST(code("events tail --log-dir " + log, "timeout --preserve-status -s INT 1") == 130);
}

BOOST_AUTO_TEST_SUITE_END()
