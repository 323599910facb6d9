#include "model/formats/columns.hpp"

#include "events/base/prng.hpp"
#include "model/limits.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::model;

struct Cut {
  std::vector<std::string> columns;
  std::string wrong;
};

Cut cut(Separation separation, std::string_view line) {
  std::string scratch;
  std::vector<std::string_view> columns;
  const auto wrong = split_columns(separation, line, scratch, columns);
  Cut out;
  if (wrong) out.wrong = *wrong;
  for (const auto column : columns)
    out.columns.emplace_back(column);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_formats_columns)

BOOST_AUTO_TEST_CASE(quoted_fields_keep_commas_and_doubled_quotes) {
  const auto row =
      cut(Separation::csv, R"~(7,"American President, The (1995)","say ""hi"", twice",)~");

  BOOST_TEST(row.wrong.empty());
  const std::vector<std::string> expected = {"7", "American President, The (1995)",
                                             "say \"hi\", twice", ""};
  BOOST_TEST(row.columns == expected);
}

BOOST_AUTO_TEST_CASE(a_quoted_last_field_ends_the_row) {
  BOOST_TEST(cut(Separation::csv, R"(1,"a")").columns.size() == 2u);
  BOOST_TEST(cut(Separation::csv, R"("a",)").columns.size() == 2u);
  BOOST_TEST(cut(Separation::csv, R"("")").columns == std::vector<std::string>{""});
}

BOOST_AUTO_TEST_CASE(unclosed_quotes_and_text_behind_quotes_are_named) {
  BOOST_TEST(cut(Separation::csv, R"(1,"open)").wrong == "a quote is not closed on its line");
  BOOST_TEST(cut(Separation::csv, R"("a"b,2)").wrong == "text after a closing quote");
}

BOOST_AUTO_TEST_CASE(each_separation_cuts_its_own_way) {
  const std::vector<std::string> expected = {"1", "", "a:b"};
  BOOST_TEST(cut(Separation::double_colon, "1::::a:b").columns == expected);
  BOOST_TEST(cut(Separation::tab, "1\t\ta:b").columns == expected);
  BOOST_TEST(cut(Separation::bar, "1||a:b").columns == expected);
}

BOOST_AUTO_TEST_CASE(any_bytes_are_cut_or_named_and_never_run_over) {
  const std::uint64_t seed = 7;
  BOOST_TEST_MESSAGE("seed " << seed);
  Philox random(seed, 1);
  const std::string_view letters = "\",|:\t\r a1\xC3\xFF";
  for (int round = 0; round < 20'000; ++round) {
    std::string line;
    for (auto size = random.below(24); size > 0; --size) {
      line.push_back(letters[random.below(letters.size())]);
    }
    for (const auto separation : {Separation::csv, Separation::double_colon, Separation::bar}) {
      const auto row = cut(separation, line);
      std::size_t bytes = 0;
      for (const auto& column : row.columns)
        bytes += column.size();
      BOOST_REQUIRE(bytes <= line.size());
    }
    BOOST_REQUIRE(is_utf8(excerpt(line)));
    BOOST_REQUIRE(is_utf8(latin1_to_utf8(line)));
  }
}

BOOST_AUTO_TEST_CASE(numbers_are_whole_texts_or_nothing) {
  BOOST_TEST(parse_whole("42").value() == 42u);
  BOOST_TEST(parse_decimal("3.5").value() == 3.5);
  BOOST_TEST(parse_decimal("-0.67").value() == -0.67);
  for (const auto* bad : {"", "abc", "4x", " 4", "4 ", "+4", "1e999", "nan", "inf", "0x10"}) {
    BOOST_TEST(!parse_decimal(bad).has_value(), bad);
  }
  for (const auto* bad : {"", "-1", "1.0", "99999999999999999999", "1 "}) {
    BOOST_TEST(!parse_whole(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(utc_times_keep_their_microseconds) {
  // date -u -d @1574553793 = 2019-11-24 00:03:13
  BOOST_TEST(parse_utc_ns("2019-11-24 00:03:13.442536+00:00").value() == 1'574'553'793'442'536'000);
  BOOST_TEST(parse_utc_ns("2019-11-24 00:03:13+00:00").value() == 1'574'553'793'000'000'000);
  BOOST_TEST(parse_utc_ns("1969-12-31 23:59:59.5+00:00").value() == -500'000'000);
  BOOST_TEST(parse_utc_ns("2020-02-29 00:00:00+00:00").has_value());
  for (const auto* bad :
       {"2019-02-29 00:00:00+00:00", "2019-11-24 24:00:00+00:00", "2019-11-24 00:03:13",
        "2019-11-24T00:03:13+00:00", "2019-11-24 00:03:13.+00:00", "2019-11-24 00:03:13+09:00",
        "2019-11-24 00:03:13.0123456789+00:00", "+00:00", "", "20x9-11-24 00:03:13+00:00"}) {
    BOOST_TEST(!parse_utc_ns(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(excerpts_are_valid_text_and_bounded) {
  BOOST_TEST(excerpt("caf\xC3\xA9 \xFF!") == "caf\xC3\xA9 \xEF\xBF\xBD!");
  BOOST_TEST(excerpt(std::string(10'000, 'x')).size() == limits::bad_row_text_bytes_max);
  BOOST_TEST(!is_utf8("\xC0\xAF"));
  BOOST_TEST(!is_utf8("\xED\xA0\x80"));
  BOOST_TEST(latin1_to_utf8("Am\xE9lie") == "Am\xC3\xA9lie");
}

BOOST_AUTO_TEST_CASE(header_names_what_is_missing_and_what_is_twice) {
  const std::vector<std::string_view> header = {"b", "a", "c", "c"};

  BOOST_TEST((find_columns(header, {"a", "b"}).value() == std::vector<std::size_t>{1, 0}));
  BOOST_TEST(find_columns(header, {"rating"}).error().context ==
             "no column 'rating' in the header; it has: b, a, c, c");
  BOOST_TEST((find_columns(header, {"c"}).error().code == Errc::invalid));
}

BOOST_AUTO_TEST_SUITE_END()
