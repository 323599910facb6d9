#include "cli/time_text.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(cli_time_text)

BOOST_AUTO_TEST_CASE(times_are_written_as_short_as_they_can_be) {
  using namespace ars::cli;

  BOOST_TEST(time_text(0) == "1970-01-01T00:00:00Z");
  BOOST_TEST(time_text(33) == "1970-01-01T00:00:00.000000033Z");
  BOOST_TEST(time_text(1'700'000'000'500'000'000) == "2023-11-14T22:13:20.5Z");
  BOOST_TEST(time_text(-1) == "1969-12-31T23:59:59.999999999Z");
  BOOST_TEST(time_text(951'782'400'000'000'000) == "2000-02-29T00:00:00Z");
}

BOOST_AUTO_TEST_CASE(times_are_read_in_all_their_forms) {
  using namespace ars::cli;

  for (const auto ns : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{826'000'000'123'000'000}}) {
    BOOST_TEST(time_from_text(time_text(ns)).value() == ns);
  }
  BOOST_TEST(time_from_text("2023-11-14T23:13:20+01:00").value() == 1'700'000'000'000'000'000);
  BOOST_TEST(time_from_text("2023-11-14").value() == 1'699'920'000'000'000'000);
  BOOST_TEST(time_from_text("1700000000").value() == 1'700'000'000'000'000'000);
  BOOST_TEST(time_from_text("1.25").value() == 1'250'000'000);
  BOOST_TEST(time_from_text("123ns").value() == 123);
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_refused) {
  for (const auto* text :
       {"", "yesterday", "2023-13-01", "2023-11-14T25:00:00Z", "2023-11-14T22:13", "12x", "-5",
        "9999999999999", "1.", "ns", "0001-01-01"}) {
    BOOST_TEST(!ars::cli::time_from_text(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
