#include "events/base/id.hpp"

#include <boost/test/unit_test.hpp>

#include <type_traits>

using namespace ars;

BOOST_AUTO_TEST_SUITE(events_base_id)

BOOST_AUTO_TEST_CASE(hex_goes_there_and_back) {
  const auto id = bytes16_from_hex("000102030405060708090a0b0c0d0eff");

  BOOST_REQUIRE(id.has_value());
  BOOST_TEST((*id)[15] == 255);
  BOOST_TEST(to_hex(*id) == "000102030405060708090a0b0c0d0eff");
  BOOST_TEST((bytes16_from_hex("000102030405060708090A0B0C0D0EFF") == id));
}

BOOST_AUTO_TEST_CASE(text_that_is_no_hex_of_that_length_is_refused) {
  BOOST_TEST(!bytes16_from_hex("").has_value());
  BOOST_TEST(!bytes16_from_hex("0001").has_value());
  BOOST_TEST(!bytes16_from_hex("000102030405060708090a0b0c0d0eff00").has_value());
  BOOST_TEST(!bytes16_from_hex("g00102030405060708090a0b0c0d0eff").has_value());
  BOOST_TEST(!bytes32_from_hex("000102030405060708090a0b0c0d0eff").has_value());
}

BOOST_AUTO_TEST_CASE(ids_of_different_things_do_not_mix) {
  static_assert(!std::is_convertible_v<UserId, RequestId>);
  static_assert(!std::is_convertible_v<Offset, std::uint64_t>);
  static_assert(!std::is_convertible_v<std::uint64_t, Offset>);
  static_assert(!std::equality_comparable_with<Offset, Sequence>);

  BOOST_TEST((Offset(4).next() == Offset(5)));
  BOOST_TEST((Sequence(4) < Sequence(5)));
}

BOOST_AUTO_TEST_SUITE_END()
