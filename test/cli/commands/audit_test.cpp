#include "test/cli/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

BOOST_AUTO_TEST_SUITE(cli_audit)

BOOST_AUTO_TEST_CASE(a_sound_log_is_ok_with_its_head) {
  const scratch::Directory directory;
  const auto log = directory / "log";
  scratch::Log written(log);
  written.tell_two_changes();
  const auto head = ars::store::log_head(written.log().heads());
  written.close();

  const auto ended = scratch::ars(directory, "audit verify -o json --log-dir " + log);

  BOOST_TEST(ended.code == 0, ended.out);
  const auto read = nlohmann::json::parse(ended.out);
  BOOST_TEST(read["ok"].get<bool>());
  BOOST_TEST(read["events"].get<int>() == 17);
  BOOST_TEST(read["log_head"].get<std::string>() == ars::to_hex(ars::ByteSpan(head)));
  BOOST_TEST(read["bad_offset"].is_null());
  BOOST_TEST(read["reason"].is_null());
}

BOOST_AUTO_TEST_CASE(an_audit_changes_nothing) {
  const scratch::Directory directory;
  const auto log = directory / "log";
  scratch::Log written(log);
  written.tell_two_changes();
  written.close();
  const auto listing = [&] {
    std::map<std::string, std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(log)) {
      if (entry.is_regular_file())
        out[entry.path().string()] = scratch::read_text(entry.path().string());
    }
    return out;
  };
  const auto before = listing();

  for (const auto* line : {"audit verify", "events list", "why serving", "graph show"}) {
    BOOST_TEST(scratch::ars(directory, std::string(line) + " --log-dir " + log).code == 0, line);
  }

  BOOST_CHECK(before == listing());
}

BOOST_AUTO_TEST_SUITE_END()
