#include "events/base/hash.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace ars;

namespace {

// Kafka's clients print the hash as a signed number.
std::int32_t signed_murmur2(std::string_view text) {
  return static_cast<std::int32_t>(murmur2(as_bytes(text)));
}

std::string hex(const Bytes32& bytes) { return to_hex(ByteSpan(bytes)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(events_base_hash)

BOOST_AUTO_TEST_CASE(murmur2_is_kafkas) {
  BOOST_TEST(signed_murmur2("21") == -973932308);
  BOOST_TEST(signed_murmur2("foobar") == -790332482);
  BOOST_TEST(signed_murmur2("a-little-bit-long-string") == -985981536);
  BOOST_TEST(signed_murmur2("abc") == 479470107);
}

BOOST_AUTO_TEST_CASE(an_agent_lies_where_kafkas_partitioner_puts_it) {
  Bytes16 agent{};
  for (std::size_t i = 0; i < agent.size(); ++i)
    agent[i] = static_cast<std::uint8_t>(i);

  BOOST_TEST(murmur2(agent) == 0xc220d729u);
  BOOST_TEST(partition_of(agent, 8) == 1);
  BOOST_TEST(partition_of(agent, 1) == 0);
}

BOOST_AUTO_TEST_CASE(crc32c_is_castagnolis) {
  BOOST_TEST(crc32c(as_bytes("123456789")) == 0xe3069283u);
  BOOST_TEST(crc32c({}) == 0u);
}

BOOST_AUTO_TEST_CASE(crc32c_goes_on_from_an_earlier_call_at_every_cut) {
  const std::string_view text = "a text that is longer than two words of eight bytes";
  const auto whole = crc32c(as_bytes(text));

  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const auto first = crc32c(as_bytes(text.substr(0, cut)));
    BOOST_TEST(crc32c(as_bytes(text.substr(cut)), first) == whole);
  }
}

BOOST_AUTO_TEST_CASE(crc32c_is_the_remainder_bit_by_bit_at_every_length_and_place) {
  std::array<std::uint8_t, 80> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(i * 37 + 11);

  for (std::size_t first = 0; first < 9; ++first) {
    for (std::size_t size = 0; first + size <= bytes.size(); ++size) {
      const auto part = ByteSpan(bytes).subspan(first, size);
      std::uint32_t expected = ~0u;
      for (const auto byte : part) {
        expected ^= byte;
        for (int bit = 0; bit < 8; ++bit)
          expected = (expected & 1) != 0 ? (expected >> 1) ^ 0x82F63B78u : expected >> 1;
      }
      BOOST_TEST(crc32c(part) == ~expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(sha256_meets_its_published_vectors) {
  BOOST_TEST(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(hex(sha256("abc")) ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_CASE(hmac_sha256_meets_rfc_4231) {
  const auto made = hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"));

  BOOST_TEST(hex(made) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

BOOST_AUTO_TEST_CASE(integers_enter_a_hash_big_endian) {
  Sha256 sum;
  sum.update_u8(0x01).update_u16(0x0203).update_u32(0x04050607).update_u64(0x08090a0b0c0d0e0f);
  const std::uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  BOOST_TEST(hex(sum.digest()) == hex(sha256(ByteSpan(bytes))));
}

BOOST_AUTO_TEST_CASE(a_hasher_starts_anew_after_its_digest) {
  Sha256 sum;
  sum.update("something else").digest();

  BOOST_TEST(hex(sum.update("abc").digest()) == hex(sha256("abc")));
}

BOOST_AUTO_TEST_SUITE_END()
