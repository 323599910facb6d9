#include "test/cli/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

BOOST_AUTO_TEST_SUITE(cli_config)

BOOST_AUTO_TEST_CASE(every_error_is_named_with_its_line) {
  const scratch::Directory directory;
  const auto file = directory / "a.toml";
  scratch::write_text(file,
                      "config_version = 1\n[serving]\nslate_size = \"ten\"\n\n[nothing]\nx = 1\n");

  const auto ended = scratch::ars(directory, "config check " + file);

  BOOST_TEST(ended.code == 78);
  BOOST_TEST(scratch::has(ended.err, file + ":3: "), ended.err);
  BOOST_TEST(scratch::has(ended.err, file + ":6: "), ended.err);
  BOOST_TEST(ended.out.empty());
}

BOOST_AUTO_TEST_CASE(what_is_shown_can_be_read_again) {
  const scratch::Directory directory;
  const auto file = directory / "a.toml";
  scratch::write_text(file, "config_version = 1\n[serving]\nslate_size = 7\n");

  const auto shown =
      scratch::ars(directory, "config show " + file, "ARS_BATCH__INTERACTIONS_MAX=99");
  const auto again = directory / "b.toml";
  scratch::write_text(again, shown.out);

  BOOST_TEST(shown.code == 0);
  BOOST_TEST(scratch::has(shown.out, "slate_size = 7"));
  BOOST_TEST(scratch::has(shown.out, "interactions_max = 99"));
  BOOST_TEST(scratch::has(shown.out, file + ":3"));
  BOOST_TEST(scratch::ars(directory, "config check " + again).code == 0);
}

BOOST_AUTO_TEST_CASE(defaults_are_shown_without_a_file) {
  const scratch::Directory directory;

  const auto shown = scratch::ars(directory, "config show -o json");

  BOOST_TEST(shown.code == 0);
  BOOST_TEST(
      scratch::has(nlohmann::json::parse(shown.out)["toml"].get<std::string>(), "slate_size = 10"));
}

BOOST_AUTO_TEST_SUITE_END()
