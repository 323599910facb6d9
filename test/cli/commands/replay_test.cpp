#include "test/cli/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace {

// One short run for all cases; it is copied where a case changes it.
struct Fixture {
  static const std::string& finished_log() {
    static const scratch::Directory directory;
    static const std::string log = [] {
      const auto ended = scratch::ars(directory,
                                      "run --source sim --lockstep --seed 3 --limit 40 "
                                      "-q --log-dir " +
                                          (directory / "log"));
      BOOST_REQUIRE_MESSAGE(ended.code == 0, ended.err);
      return directory / "log";
    }();
    return log;
  }
  scratch::Directory directory;
  std::string copied() {
    const auto to = directory / "copy";
    std::filesystem::copy(finished_log(), to, std::filesystem::copy_options::recursive);
    return to;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_replay, Fixture)

BOOST_AUTO_TEST_CASE(a_run_folds_to_what_it_stored) {
  const auto ended = scratch::ars(directory, "replay fold -o json --log-dir " + finished_log());

  BOOST_TEST(ended.code == 0, ended.err);
  const auto read = nlohmann::json::parse(ended.out);
  BOOST_TEST(read["equal"].get<bool>());
  BOOST_TEST(read["events"].get<std::uint64_t>() > 100u);
  BOOST_TEST(read["state_hash"].get<std::string>().size() == 64u);
  BOOST_TEST(read["events_per_second"].get<double>() > 0);
}

BOOST_AUTO_TEST_CASE(a_run_decides_again_as_it_did) {
  const auto ended = scratch::ars(directory, "replay reexec -o json --log-dir " + finished_log());

  BOOST_TEST(ended.code == 0, ended.err << ended.out);
  const auto read = nlohmann::json::parse(ended.out);
  BOOST_TEST(read["exact"].get<std::uint64_t>() > 100u);
  BOOST_TEST(read["diverged"].get<std::uint64_t>() == 0u);
  BOOST_TEST(read["first_divergence"].is_null());
}

BOOST_AUTO_TEST_CASE(a_state_that_was_edited_is_a_difference) {
  const auto log = copied();
  {
    auto opened = ars::store::RocksDbLog::open(log).value();
    std::string key;
    std::vector<std::uint8_t> row;
    opened->each(ars::store::family::state, "", [&](std::string_view k, ars::ByteSpan value) {
      key = k;
      row.assign(value.begin(), value.end());
      return false;
    });
    auto batch = ars::store::Batch{};
    batch.writes.push_back({std::string(ars::store::family::state), key, std::nullopt});
    BOOST_REQUIRE(opened->commit(batch).has_value());
    BOOST_REQUIRE(opened->close().has_value());
  }

  const auto ended = scratch::ars(directory, "replay fold -o json --log-dir " + log);

  BOOST_TEST(ended.code == 5);
  const auto read = nlohmann::json::parse(ended.out);
  BOOST_TEST(!read["equal"].get<bool>());
  BOOST_TEST(
      scratch::has(read["difference"].get<std::string>(), "states are stored, the log gives"));
}

BOOST_AUTO_TEST_CASE(the_twin_is_checked_too) {
  const auto log = copied();
  BOOST_REQUIRE(std::filesystem::exists(log + "/frozen/db"));
  for (const auto& entry : std::filesystem::directory_iterator(log + "/frozen/db")) {
    if (entry.path().extension() != ".sst") continue;
    auto bytes = scratch::read_text(entry.path().string());
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
    scratch::write_text(entry.path().string(), bytes);
  }

  const auto audit = scratch::ars(directory, "audit verify -o json --log-dir " + log);
  const auto fold = scratch::ars(directory, "replay fold -o json --log-dir " + log);
  const auto reexec = scratch::ars(directory, "replay reexec -o json --log-dir " + log);

  BOOST_TEST(audit.code == 5);
  BOOST_TEST(
      nlohmann::json::parse(audit.out)["bad_offset"].get<std::string>().starts_with("frozen/"));
  BOOST_TEST(fold.code == 5);
  BOOST_TEST(
      nlohmann::json::parse(fold.out)["difference"].get<std::string>().starts_with("frozen/"));
  BOOST_TEST(reexec.code == 5);
}

BOOST_AUTO_TEST_SUITE_END()
