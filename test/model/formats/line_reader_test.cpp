#include "model/formats/line_reader.hpp"

#include "model/limits.hpp"
#include "test/model/formats/scratch_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace ars;
using namespace ars::model;

std::vector<std::string> lines_of(const std::string& path) {
  auto reader = LineReader::open(path);
  BOOST_REQUIRE(reader.has_value());
  std::vector<std::string> lines;
  while (reader.value().next())
    lines.push_back(reader.value().text());
  return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_formats_line_reader)

BOOST_AUTO_TEST_CASE(lf_crlf_and_a_missing_last_newline_give_the_same_lines) {
  const test::ScratchDirectory scratch;
  scratch.write("lf", "a,b\n\nc\n");
  scratch.write("crlf", "a,b\r\n\r\nc\r\n");
  scratch.write("open", "a,b\n\nc");

  const std::vector<std::string> expected = {"a,b", "", "c"};
  BOOST_TEST(lines_of(scratch.path() + "/lf") == expected);
  BOOST_TEST(lines_of(scratch.path() + "/crlf") == expected);
  BOOST_TEST(lines_of(scratch.path() + "/open") == expected);
}

BOOST_AUTO_TEST_CASE(byte_order_mark_is_no_part_of_the_first_line) {
  const test::ScratchDirectory scratch;
  scratch.write("bom", "\xEF\xBB\xBFuserId\nx\n");

  BOOST_TEST(lines_of(scratch.path() + "/bom").front() == "userId");
}

BOOST_AUTO_TEST_CASE(lines_that_straddle_chunks_stay_whole) {
  const test::ScratchDirectory scratch;
  const std::string first(limits::read_chunk_bytes - 3, 'x');
  scratch.write("file", first + "\nsecond line\r\nthird");

  const auto lines = lines_of(scratch.path() + "/file");

  BOOST_REQUIRE_EQUAL(lines.size(), 3u);
  BOOST_TEST((lines[0] == first));
  BOOST_TEST(lines[1] == "second line");
  BOOST_TEST(lines[2] == "third");
}

BOOST_AUTO_TEST_CASE(a_line_beyond_the_limit_is_cut_and_marked_and_the_next_is_read) {
  const test::ScratchDirectory scratch;
  scratch.write("file", std::string(3 * limits::line_bytes_max, 'x') + "\nnext\n");
  auto reader = LineReader::open(scratch.path() + "/file");
  BOOST_REQUIRE(reader.has_value());

  BOOST_REQUIRE(reader.value().next());
  BOOST_TEST(reader.value().too_long());
  BOOST_TEST(reader.value().text().size() == limits::line_bytes_max);
  BOOST_REQUIRE(reader.value().next());
  BOOST_TEST(!reader.value().too_long());
  BOOST_TEST(reader.value().text() == "next");
  BOOST_TEST(reader.value().number() == 2u);
}

BOOST_AUTO_TEST_CASE(digest_covers_every_byte_of_the_file) {
  const test::ScratchDirectory scratch;
  const std::string text = "\xEF\xBB\xBF" + std::string(200'000, 'y') + "\r\n\n";
  scratch.write("file", text);
  auto reader = LineReader::open(scratch.path() + "/file");
  BOOST_REQUIRE(reader.has_value());
  while (reader.value().next()) {
  }

  BOOST_TEST((reader.value().finish().value() == sha256(text)));
  BOOST_TEST(reader.value().bytes_read() == text.size());
}

BOOST_AUTO_TEST_CASE(absent_file_and_directory_have_different_codes) {
  const test::ScratchDirectory scratch;

  BOOST_TEST((LineReader::open(scratch.path() + "/none").error().code == Errc::not_found));
  BOOST_TEST((LineReader::open(scratch.path()).error().code == Errc::invalid));
}

BOOST_AUTO_TEST_SUITE_END()
