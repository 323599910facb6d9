#include "cli/json_object.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <limits>

BOOST_AUTO_TEST_SUITE(cli_json_object)

BOOST_AUTO_TEST_CASE(fields_keep_their_order_and_read_back) {
  ars::cli::JsonObject inner;
  inner.add("deep", 0.1F);
  ars::cli::JsonObject out;
  out.add("text", "a\"b\\c\n\t\x01 é").add("yes", true).add("n", -3).add("big", ~std::uint64_t{0});
  out.add("inner", inner).add("list", std::vector<ars::cli::JsonObject>{inner, inner});
  out.add("nan", std::numeric_limits<double>::quiet_NaN())
      .add("none", std::optional<std::string>());

  const auto read = nlohmann::json::parse(out.text());

  BOOST_TEST(out.text().starts_with("{\"text\":"));
  BOOST_TEST(read["text"].get<std::string>() == "a\"b\\c\n\t\x01 é");
  BOOST_TEST(read["yes"].get<bool>());
  BOOST_TEST(read["n"].get<int>() == -3);
  BOOST_TEST(read["big"].get<std::string>() == "18446744073709551615");
  BOOST_TEST(read["list"][1]["deep"].get<double>() == 0.1);
  BOOST_TEST(read["nan"].is_null());
  BOOST_TEST(read["none"].is_null());
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_replaced) {
  for (const std::string bad :
       {"\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80"}) {
    const auto read = nlohmann::json::parse(ars::cli::json_text(std::string_view("x" + bad + "y")));
    BOOST_TEST(read.get<std::string>().starts_with("x\xef\xbf\xbd"));
    BOOST_TEST(read.get<std::string>().ends_with("y"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
