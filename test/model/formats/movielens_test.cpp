#include "model/formats/movielens.hpp"

#include "test/model/formats/scratch_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>

namespace {

using namespace ars;
using namespace ars::model;
using ars::test::ScratchDirectory;

struct Read {
  MovieLensFiles files;
  MovieLensItems items;
  MovieLensRatings ratings;
};

Result<Read> read(const std::string& directory) {
  Read out;
  ARS_TRY(out.files, find_movielens(directory));
  ARS_TRY(out.items, read_items(out.files));
  ARS_TRY(out.ratings, read_ratings(out.files, out.items));
  return out;
}

std::string shown(const MovieLensRatings& ratings, std::size_t i) {
  const auto& row = ratings.rows[i];
  return ratings.users.text(row.user) + ">" + ratings.items.text(row.item) + "@" +
         std::to_string(row.seconds) + "#" + std::to_string(row.line);
}

constexpr std::string_view ratings_header = "userId,movieId,rating,timestamp\n";
constexpr std::string_view two_movies =
    "movieId,title,genres\r\n1,Toy Story (1995),Adventure|Comedy\r\n"
    "2,\"American President, The (1995)\",(no genres listed)\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(model_formats_movielens)

BOOST_AUTO_TEST_CASE(csv_rows_come_in_time_order_and_ties_in_file_order) {
  const ScratchDirectory scratch;
  scratch.write("movies.csv", two_movies);
  scratch.write("ratings.csv",
                "userId,movieId,rating,timestamp\r\n9,2,4.5,300\r\n1,1,0.5,100\r\n"
                "9,1,5.0,300\r\n1,2,3,200\r\n");

  const auto got = read(scratch.path());

  BOOST_REQUIRE(got.has_value());
  const auto& ratings = got.value().ratings;
  BOOST_REQUIRE_EQUAL(ratings.rows.size(), 4u);
  BOOST_TEST(shown(ratings, 0) == "1>1@100#3");
  BOOST_TEST(shown(ratings, 1) == "1>2@200#5");
  BOOST_TEST(shown(ratings, 2) == "9>2@300#2");
  BOOST_TEST(shown(ratings, 3) == "9>1@300#4");
  BOOST_TEST(ratings.rows[2].rating() == 4.5f);
  BOOST_TEST(ratings.bad_rows.empty());
  const auto& items = got.value().items.items;
  BOOST_TEST(items[1].title == "American President, The (1995)");
  BOOST_TEST(items[1].genres.empty());
  BOOST_TEST(items[0].genres == (std::vector<std::string>{"Adventure", "Comedy"}));
  BOOST_TEST(items[0].year == 1995u);
}

BOOST_AUTO_TEST_CASE(every_kind_of_bad_rating_is_kept_with_line_and_reason) {
  const ScratchDirectory scratch;
  scratch.write("movies.csv", two_movies);
  scratch.write("ratings.csv", std::string(ratings_header) +
                                   "1,1,abc,100\n"         // 2
                                   "1,1,5.5,100\n"         // 3
                                   "1,1,0,100\n"           // 4
                                   "1,1,3.3,100\n"         // 5
                                   "1,1,3,noon\n"          // 6
                                   "1,1,3,-5\n"            // 7
                                   "1,1,3,964982703000\n"  // 8
                                   ",1,3,100\n"            // 9
                                   "1,,3,100\n"            // 10
                                   "1,1,3\n"               // 11
                                   "1,1,3,100,9\n"         // 12
                                   "1,77,3,100\n"          // 13
                                   "1,1,\"3,100\n"         // 14
                                   "\n"                    // 15
                                   "1,1,nan,100\n"         // 16
                                   "\xFF,1,3,100\n"        // 17
                                   "01,1,3,100\n"          // 18: good
                                   "1,1,3,100\n"           // 19: good
                                   "\n\n");

  const auto got = read(scratch.path());

  BOOST_REQUIRE(got.has_value());
  const auto& ratings = got.value().ratings;
  BOOST_TEST(ratings.rows.size() == 2u);
  BOOST_TEST(ratings.users.size() == 2u);
  const std::vector<std::string> reasons = {
      "rating 'abc' is not a number",
      "rating 5.5 is outside 0.5..5",
      "rating 0 is outside 0.5..5",
      "rating 3.3 is not a multiple of 0.5",
      "time 'noon' is not a whole number of seconds",
      "time '-5' is not a whole number of seconds",
      "time 964982703000 is outside 0..4102444799 unix seconds",
      "user id is missing",
      "item id is missing",
      "3 columns where 4 are expected",
      "5 columns where 4 are expected",
      "item 77 is not listed in movies.csv",
      "a quote is not closed on its line",
      "the line is empty",
      "rating 'nan' is not a number",
      "the line is not UTF-8"};
  BOOST_REQUIRE_EQUAL(ratings.bad_rows.size(), reasons.size());
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    BOOST_TEST(ratings.bad_rows[i].reason == reasons[i]);
    BOOST_TEST(ratings.bad_rows[i].line == i + 2);
    BOOST_TEST(ratings.bad_rows[i].file == "ratings.csv");
  }
  BOOST_TEST(ratings.bad_rows[0].text == "1,1,abc,100");
}

BOOST_AUTO_TEST_CASE(without_an_item_file_items_are_those_seen) {
  const ScratchDirectory scratch;
  scratch.write("ratings.csv", std::string(ratings_header) + "1,77,3,100\n1,78,3,50\n");

  const auto got = read(scratch.path());

  BOOST_REQUIRE(got.has_value());
  BOOST_TEST(got.value().files.items.empty());
  BOOST_TEST(got.value().ratings.bad_rows.empty());
  BOOST_TEST(got.value().ratings.items.texts() == (std::vector<std::string>{"77", "78"}));
}

BOOST_AUTO_TEST_CASE(dat_form_reads_double_colons_and_latin1_titles) {
  const ScratchDirectory scratch;
  scratch.write("movies.dat",
                "1::Toy Story (1995)::Animation|Children's\n"
                "2::L\xE9on (1994)::Crime\n3::Caf\xC3\xA9 (2001)::Drama\n");
  scratch.write("ratings.dat", "1::2::5::978300760\n1::1::3.5::978300000\n1::9::3::978300000\n");

  const auto got = read(scratch.path());

  BOOST_REQUIRE(got.has_value());
  BOOST_TEST((got.value().files.form == MovieLensForm::dat));
  BOOST_TEST(got.value().items.items[1].title == "L\xC3\xA9on (1994)");
  BOOST_TEST(got.value().items.items[2].title == "Caf\xC3\xA9 (2001)");
  BOOST_TEST(shown(got.value().ratings, 0) == "1>1@978300000#2");
  BOOST_REQUIRE_EQUAL(got.value().ratings.bad_rows.size(), 1u);
  BOOST_TEST(got.value().ratings.bad_rows[0].reason == "item 9 is not listed in movies.dat");
}

BOOST_AUTO_TEST_CASE(u_data_form_reads_tabs_flags_and_whole_stars) {
  const ScratchDirectory scratch;
  scratch.write("u.item",
                "1|Toy Story (1995)|01-Jan-1995||http://x|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
                "2|Am\xE9lie|02-Feb-2001||http://x|0|0|0|0|0|1|0|0|0|0|0|0|0|0|1|0|0|0|0\n"
                "3|Bad|01-Jan-1995||http://x|0|0|0|x|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n");
  scratch.write("u.data",
                "196\t1\t3\t881250949\n186\t2\t4.5\t891717742\n22\t2\t0.5\t878887116\n"
                "22\t3\t1\t878887116\n244\t2\t5\t880606923\n");

  const auto got = read(scratch.path());

  BOOST_REQUIRE(got.has_value());
  const auto& items = got.value().items;
  BOOST_TEST(items.items[0].genres ==
             (std::vector<std::string>{"Animation", "Children's", "Comedy"}));
  BOOST_TEST(items.items[1].title == "Am\xC3\xA9lie");
  BOOST_TEST(items.items[1].year == 2001u);
  BOOST_REQUIRE_EQUAL(items.bad_rows.size(), 1u);
  BOOST_TEST(items.bad_rows[0].reason == "flag of genre Animation is 'x', not 0 or 1");
  const auto& ratings = got.value().ratings;
  BOOST_TEST(ratings.rows.size() == 2u);
  BOOST_REQUIRE_EQUAL(ratings.bad_rows.size(), 3u);
  BOOST_TEST(ratings.bad_rows[0].reason == "rating 4.5 is not a multiple of 1");
  BOOST_TEST(ratings.bad_rows[1].reason == "rating 0.5 is outside 1..5");
  BOOST_TEST(ratings.bad_rows[2].reason == "item 3 is not listed in u.item");
}

BOOST_AUTO_TEST_CASE(a_header_without_a_column_names_file_and_column) {
  const ScratchDirectory scratch;
  scratch.write("ratings.csv", "userId,movieId,stars,timestamp\n1,1,3,100\n");

  const auto got = read(scratch.path());

  BOOST_REQUIRE(!got.has_value());
  BOOST_TEST((got.error().code == Errc::invalid));
  BOOST_TEST(got.error().context ==
             "ratings.csv:1: no column 'rating' in the header; it has: userId, movieId, stars, "
             "timestamp");
}

BOOST_AUTO_TEST_CASE(a_file_without_one_readable_row_is_invalid) {
  for (const auto* text : {"", "userId,movieId,rating,timestamp\n",
                           "userId,movieId,rating,timestamp\n1,1,x,100\n\n"}) {
    const ScratchDirectory scratch;
    scratch.write("ratings.csv", text);

    const auto got = read(scratch.path());

    BOOST_REQUIRE(!got.has_value());
    BOOST_TEST((got.error().code == Errc::invalid));
    BOOST_TEST(got.error().context.find("ratings.csv") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(absent_paths_and_unknown_forms_have_different_codes) {
  const ScratchDirectory scratch;
  scratch.write("notes.txt", "nothing here");

  BOOST_TEST((find_movielens(scratch.path() + "/none").error().code == Errc::not_found));
  BOOST_TEST((find_movielens(scratch.path() + "/notes.txt").error().code == Errc::invalid));
  const auto unknown = find_movielens(scratch.path());
  BOOST_REQUIRE(!unknown.has_value());
  BOOST_TEST((unknown.error().code == Errc::invalid));
  for (const auto* name : {"ratings.csv", "ratings.dat", "u.data"}) {
    BOOST_TEST(unknown.error().context.find(name) != std::string::npos, name);
  }
}

BOOST_AUTO_TEST_CASE(an_item_listed_twice_keeps_its_first_row) {
  const ScratchDirectory scratch;
  scratch.write("movies.csv", "movieId,title,genres\n1,First (1990),Drama\n1,Second,Drama\n");
  scratch.write("ratings.csv", std::string(ratings_header) + "1,1,3,100\n");

  const auto got = read(scratch.path());

  BOOST_REQUIRE(got.has_value());
  BOOST_TEST(got.value().items.items.size() == 1u);
  BOOST_TEST(got.value().items.bad_rows.at(0).reason == "item 1 is listed twice, first on line 2");
}

BOOST_AUTO_TEST_CASE(data_hash_follows_the_bytes_and_not_the_place) {
  const ScratchDirectory one, two;
  for (const auto* at : {&one, &two}) {
    at->write("movies.csv", two_movies);
    at->write("ratings.csv", std::string(ratings_header) + "1,1,3,100\n");
  }
  const auto a = read(one.path()), b = read(two.path());
  two.write("ratings.csv", std::string(ratings_header) + "1,1,3.0,100\n");
  const auto changed = read(two.path());
  BOOST_REQUIRE(a.has_value() && b.has_value() && changed.has_value());

  const auto hash = [](const Read& r) { return data_hash(r.items, r.ratings); };
  BOOST_TEST((hash(a.value()) == hash(b.value())));
  BOOST_TEST((hash(a.value()) != hash(changed.value())));
}

BOOST_AUTO_TEST_CASE(ml_latest_small_has_its_published_counts) {
  const auto directory = test::data_directory() + "/ml-latest-small";
  if (!std::filesystem::exists(directory)) {
    BOOST_TEST_MESSAGE("SKIP: " << directory << " is absent (set ARS_DATA_DIR)");
    return;
  }

  const auto got = read(directory);

  BOOST_REQUIRE(got.has_value());
  const auto& ratings = got.value().ratings;
  BOOST_TEST(ratings.rows.size() == 100'836u);
  BOOST_TEST(got.value().items.items.size() == 9'742u);
  BOOST_TEST(ratings.users.size() == 610u);
  BOOST_TEST(ratings.bad_rows.empty());
  BOOST_TEST(got.value().items.bad_rows.empty());
  BOOST_TEST(ratings.rows.front().seconds == 828'124'615u);
  const auto no_genre =
      std::count_if(got.value().items.items.begin(), got.value().items.items.end(),
                    [](const auto& item) { return item.genres.empty(); });
  BOOST_TEST(no_genre == 34);
  const auto in_order = [](const auto& a, const auto& b) {
    return a.seconds < b.seconds || (a.seconds == b.seconds && a.line < b.line);
  };
  BOOST_TEST(std::is_sorted(ratings.rows.begin(), ratings.rows.end(), in_order));
}

BOOST_AUTO_TEST_SUITE_END()
