#include "model/report/text.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

BOOST_AUTO_TEST_SUITE(model_report_text)

using namespace ars::model;

BOOST_AUTO_TEST_CASE(markup_controls_and_wrong_bytes_are_made_harmless) {
  BOOST_TEST(escape_html("a<b & \"c\" 'd'>") == "a&lt;b &amp; &quot;c&quot; &#39;d&#39;&gt;");
  BOOST_TEST(escape_html("caf\u00E9") == "caf\u00E9");
  BOOST_TEST(escape_html("a\x02\tb") == "a\uFFFD b");
  BOOST_TEST(escape_html("\xFF") == "\uFFFD");
}

BOOST_AUTO_TEST_CASE(numbers_carry_the_digits_that_say_something) {
  BOOST_TEST(format_count(100'836) == "100,836");
  BOOST_TEST(format_count(7) == "7");
  BOOST_TEST(format_value(0.0541) == "0.0541");
  BOOST_TEST(format_value(0.73124) == "0.7312");
  BOOST_TEST(format_value(-12.345) == "\u221212.35");
  BOOST_TEST(format_value(1'204'000) == "1,204,000");
  BOOST_TEST(format_value(std::numeric_limits<double>::quiet_NaN()) == "\u2013");
  BOOST_TEST(format_signed(0.0033) == "+0.00330");
  BOOST_TEST(format_signed(0) == "0");
  BOOST_TEST(format_interval(-0.002, 0.0043) == "[\u22120.00200, +0.00430]");
  BOOST_TEST(format_optional(std::nullopt) == "\u2013");
}

BOOST_AUTO_TEST_CASE(axes_have_short_numbers) {
  BOOST_TEST(format_compact(0) == "0");
  BOOST_TEST(format_compact(500) == "500");
  BOOST_TEST(format_compact(25'000) == "25k");
  BOOST_TEST(format_compact(-1'500'000) == "\u22121.5M");
}

BOOST_AUTO_TEST_CASE(plain_arrows_become_real_ones) {
  BOOST_TEST(with_arrows("a 1 -> 2, b 3 -> 4") == "a 1 \u2192 2, b 3 \u2192 4");
  BOOST_TEST(with_arrows("a->b") == "a->b");
}

BOOST_AUTO_TEST_SUITE_END()
