#include "model/formats/interner.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(model_formats_interner)

using ars::model::Interner;

BOOST_AUTO_TEST_CASE(numbers_follow_first_appearance_and_ids_are_texts) {
  Interner ids;

  BOOST_TEST(ids.intern("1") == 0u);
  BOOST_TEST(ids.intern("01") == 1u);
  BOOST_TEST(ids.intern("1") == 0u);
  BOOST_TEST(ids.intern("") == 2u);
  BOOST_TEST(ids.text(1) == "01");
  BOOST_TEST(!ids.find("2").has_value());
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_texts_are_found_again) {
  Interner ids;
  for (std::uint32_t i = 0; i < 100'000; ++i)
    ids.intern("user-" + std::to_string(i));

  BOOST_TEST(ids.size() == 100'000u);
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    BOOST_REQUIRE(ids.find("user-" + std::to_string(i)) == i);
  }
}

BOOST_AUTO_TEST_SUITE_END()
