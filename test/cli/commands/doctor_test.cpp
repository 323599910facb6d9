#include "test/cli/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

BOOST_AUTO_TEST_SUITE(cli_doctor)

BOOST_AUTO_TEST_CASE(each_check_says_how_it_stands) {
  const scratch::Directory directory;
  const auto log = directory / "log";
  scratch::Log written(log);
  written.close();

  const auto ended = scratch::ars(directory, "doctor -o json --log-dir " + log);

  const auto read = nlohmann::json::parse(ended.out);
  std::map<std::string, std::string> status;
  for (const auto& row : read["checks"]) {
    status[row["check"].get<std::string>()] = row["status"].get<std::string>();
    BOOST_TEST((row["status"] == "ok") == row["fix"].get<std::string>().empty());
  }
  BOOST_TEST(status["hashes"] == "ok");
  BOOST_TEST(status["database"] == "ok");
  BOOST_TEST(status["environment"] == "ok");
  BOOST_TEST(status["log"] == "ok");
  BOOST_TEST(read["ok"].get<bool>());
  BOOST_TEST(ended.code == 0);
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_written_is_found) {
  const scratch::Directory directory;

  const auto ended = scratch::ars(directory, "doctor", "TMPDIR=/proc");

  BOOST_TEST(ended.code == 1);
  BOOST_TEST(scratch::has(ended.out, "✗ database"), ended.out);
  BOOST_TEST(scratch::has(ended.out, "fix: set TMPDIR"));
}

BOOST_AUTO_TEST_SUITE_END()
