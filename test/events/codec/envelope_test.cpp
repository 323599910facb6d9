#include "events/codec/envelope.hpp"

#include "events/base/check.hpp"
#include "events/limits.hpp"
#include "test/events/sealed.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::events;
using namespace ars::test;

namespace {

constexpr std::size_t header_bytes = limits::envelope_header_bytes;
// Two TLVs of 16 and 3 bytes: 20 + 7, padded to 32.
constexpr std::size_t tlv_bytes = 32;

Bytes sample() {
  auto header = fixed_header();
  header.type_id = 101;
  const Bytes payload(40, 0x77);
  return encode_envelope(header, payload);
}

// How decoding ends: the error's code and text, or "ok".
std::string verdict(const Bytes& bytes) {
  const auto decoded = decode_envelope(bytes);
  if (decoded.has_value()) return "ok";
  const auto& error = decoded.assume_error();
  return std::string(to_string(error.code)) + ": " + error.context;
}

void check_verdict(const Bytes& bytes, std::string_view code, std::string_view part) {
  const auto found = verdict(bytes);
  BOOST_TEST(found.starts_with(code), found);
  BOOST_TEST((found.find(part) != found.npos), found);
}

template <class T>
std::string changed(std::size_t at, T value) {
  auto bytes = sample();
  put(bytes, at, value);
  return verdict(with_right_crc(std::move(bytes)));
}

// An envelope around a TLV area that no encoder wrote.
Bytes with_tlv_area(const Bytes& area) {
  Envelope header = fixed_header();
  header.tlvs.clear();
  auto bytes = encode_envelope(header, {});
  bytes.insert(bytes.end(), area.begin(), area.end());
  put(bytes, 144, static_cast<std::uint32_t>(area.size()));
  return with_right_crc(std::move(bytes));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(events_codec_envelope)

BOOST_AUTO_TEST_CASE(every_header_field_comes_back) {
  auto header = fixed_header();
  header.type_id = 4711;
  header.schema_version = 3;
  header.content = Content::json;
  const Bytes payload{1, 2, 3, 4, 5};

  const auto bytes = encode_envelope(header, payload);
  const auto decoded = decode_envelope(bytes);

  BOOST_REQUIRE(decoded.has_value());
  BOOST_TEST((decoded.assume_value().envelope == header));
  const auto found = decoded.assume_value().payload;
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), payload.begin(), payload.end());
}

BOOST_AUTO_TEST_CASE(header_fields_lie_where_the_format_says) {
  auto header = fixed_header();
  header.type_id = 0x01020304;
  const auto bytes = encode_envelope(header, Bytes(5, 0x77));

  BOOST_TEST(as_text(ByteSpan(bytes).first(4)) == "ARE1");
  BOOST_TEST(bytes[4] == 1);
  BOOST_TEST(bytes[6] == 16);
  BOOST_TEST(bytes[8] == 0x10);
  BOOST_TEST(bytes[24] == 0x20);
  BOOST_TEST(bytes[40] == 0x08);
  BOOST_TEST(bytes[47] == 0x01);
  BOOST_TEST(bytes[56] == 0x30);
  BOOST_TEST(bytes[72] == 0x40);
  BOOST_TEST(bytes[88] == 0x04);
  BOOST_TEST(bytes[92] == 1);
  BOOST_TEST(bytes[94] == 1);
  BOOST_TEST(bytes[96] == 7);
  BOOST_TEST(bytes[104] == 9);
  BOOST_TEST(bytes[112] == 0x50);
  BOOST_TEST(bytes[128] == 0x18);
  BOOST_TEST(bytes[136] == 11);
  BOOST_TEST(bytes[144] == tlv_bytes);
  BOOST_TEST(bytes[148] == 5);
  BOOST_TEST(bytes[160] == sha256("previous fact")[0]);
  BOOST_TEST(bytes[header_bytes] == 1);
  BOOST_TEST(bytes[header_bytes + 2] == 16);
  BOOST_TEST(bytes[header_bytes + tlv_bytes] == 0x77);
  BOOST_TEST(bytes.size() == header_bytes + tlv_bytes + 5);
}

BOOST_AUTO_TEST_CASE(an_envelope_without_tlvs_and_payload_is_its_header) {
  const auto bytes = encode_envelope(Envelope{}, {});

  BOOST_TEST(bytes.size() == header_bytes);
  BOOST_TEST(verdict(bytes) == "ok");
}

BOOST_AUTO_TEST_CASE(the_largest_event_fits_and_one_byte_more_does_not) {
  const Bytes payload(limits::payload_bytes_max, 1);
  auto bytes = encode_envelope(Envelope{}, payload);

  BOOST_TEST(bytes.size() == limits::envelope_bytes_max);
  BOOST_TEST(verdict(bytes) == "ok");
  bytes.push_back(0);
  put(bytes, 148, static_cast<std::uint32_t>(limits::payload_bytes_max + 1));
  check_verdict(with_right_crc(std::move(bytes)), "corrupt", "900 KiB");
}

BOOST_AUTO_TEST_CASE(writing_more_than_the_largest_event_is_our_bug) {
  const Bytes payload(limits::payload_bytes_max + 1, 1);
  const StepGuard guard;

  BOOST_CHECK_THROW(encode_envelope(Envelope{}, payload), StepFailure);
}

BOOST_AUTO_TEST_CASE(a_wrong_magic_is_refused) {
  BOOST_TEST(changed(0, std::uint32_t{0x32455241}) == "corrupt: wrong magic");
}

BOOST_AUTO_TEST_CASE(an_unknown_envelope_version_is_not_supported) {
  const auto found = changed(4, std::uint16_t{2});

  BOOST_TEST(found.starts_with("unsupported: envelope version 2"), found);
}

BOOST_AUTO_TEST_CASE(lengths_that_do_not_add_up_are_refused) {
  const auto lengths = std::string_view("corrupt: lengths do not add up to the size");

  BOOST_TEST(changed(144, std::uint32_t{tlv_bytes + 8}) == lengths);
  BOOST_TEST(changed(144, std::uint32_t{0xffffffff}) == lengths);
  BOOST_TEST(changed(148, std::uint32_t{39}) == lengths);
  BOOST_TEST(changed(148, std::uint32_t{0xffffffff}) == lengths);
}

BOOST_AUTO_TEST_CASE(a_tlv_area_of_another_size_than_eights_is_refused) {
  auto bytes = sample();
  put(bytes, 144, std::uint32_t{tlv_bytes - 1});
  put(bytes, 148, std::uint32_t{41});

  check_verdict(with_right_crc(std::move(bytes)), "corrupt", "lengths do not add up");
}

BOOST_AUTO_TEST_CASE(every_cut_and_every_added_byte_is_refused) {
  const auto whole = sample();

  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut =
        verdict(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    BOOST_TEST(cut.starts_with("corrupt"), size << ": " << cut);
  }
  auto longer = whole;
  longer.push_back(0);
  check_verdict(with_right_crc(std::move(longer)), "corrupt", "lengths do not add up");
}

BOOST_AUTO_TEST_CASE(reserved_bytes_must_be_zero) {
  for (std::size_t at = 156; at < 160; ++at) {
    BOOST_TEST(changed(at, std::uint8_t{1}) == "corrupt: reserved bytes are not zero");
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_crc_is_refused) {
  auto bytes = sample();
  bytes[152] ^= 1;

  BOOST_TEST(verdict(bytes) == "corrupt: crc32c differs");
}

BOOST_AUTO_TEST_CASE(an_unknown_content_kind_is_refused) {
  BOOST_TEST(changed(94, std::uint16_t{0}) == "corrupt: unknown content kind");
  BOOST_TEST(changed(94, std::uint16_t{3}) == "corrupt: unknown content kind");
}

BOOST_AUTO_TEST_CASE(a_tlv_that_overruns_its_area_is_refused) {
  check_verdict(with_tlv_area({1, 0, 5, 0, 1, 2, 3, 4}), "corrupt", "overruns");
  check_verdict(with_tlv_area({1, 0, 0xff, 0xff, 1, 2, 3, 4}), "corrupt", "overruns");
  check_verdict(with_tlv_area({1, 0, 4, 0, 1, 2, 3, 4}), "ok", "ok");
}

BOOST_AUTO_TEST_CASE(tlv_padding_must_be_zero) {
  check_verdict(with_tlv_area({1, 0, 1, 0, 9, 0, 0, 1}), "corrupt", "padding is not zero");
  check_verdict(with_tlv_area({1, 0, 1, 0, 9, 0, 0, 0}), "ok", "ok");
}

BOOST_AUTO_TEST_CASE(more_than_seven_bytes_of_padding_are_refused) {
  check_verdict(with_tlv_area(Bytes(8, 0)), "corrupt", "more than 7 bytes");
  check_verdict(with_tlv_area({1, 0, 4, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0}), "corrupt",
                "more than 7 bytes");
}

BOOST_AUTO_TEST_CASE(a_tag_unknown_to_this_build_is_kept) {
  auto header = fixed_header();
  header.tlvs = {{0x8001, {1, 2, 3, 4, 5, 6, 7, 8}}, {77, {}}};

  const auto decoded = decode_envelope(encode_envelope(header, {}));

  BOOST_REQUIRE(decoded.has_value());
  BOOST_TEST((decoded.assume_value().envelope.tlvs == header.tlvs));
}

BOOST_AUTO_TEST_CASE(the_type_can_be_told_without_decoding) {
  BOOST_TEST(stored_type(sample()) == 101u);
  BOOST_TEST(stored_type(Bytes(header_bytes - 1, 1)) == 0u);
}

BOOST_AUTO_TEST_CASE(the_event_hash_covers_every_byte) {
  const auto whole = sample();
  const auto hash = event_hash(whole);

  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] ^= 0x40;
    BOOST_TEST((event_hash(bytes) != hash), at);
  }
}

BOOST_AUTO_TEST_CASE(event_ids_are_those_of_the_reference) {
  const auto ms_1_700_000_000_000 = std::uint64_t{1'700'000'000'000'999'999};

  const auto id =
      make_event_id(ms_1_700_000_000_000, AgentId(counted_bytes(0)), Sequence(1), EventId{});

  BOOST_TEST(to_hex(id) == "018bcfe5680072e29661860cc4327562");
}

BOOST_AUTO_TEST_CASE(event_ids_tell_agents_sequences_and_inputs_apart) {
  const AgentId agent(counted_bytes(0));
  const auto id = make_event_id(1, agent, Sequence(1), EventId{});

  BOOST_TEST((make_event_id(1, agent, Sequence(1), EventId{}) == id));
  BOOST_TEST((make_event_id(1, AgentId(counted_bytes(1)), Sequence(1), EventId{}) != id));
  BOOST_TEST((make_event_id(1, agent, Sequence(2), EventId{}) != id));
  BOOST_TEST((make_event_id(1, agent, Sequence(1), EventId(counted_bytes(1))) != id));
}

BOOST_AUTO_TEST_CASE(ids_from_outside_follow_their_source_and_id) {
  const auto id = make_ingress_id(1'700'000'000'000'000'000, "movielens", "row-7");

  BOOST_TEST(to_hex(id) == "018bcfe5680078dca30c8beb1a04f3b5");
}

BOOST_AUTO_TEST_CASE(a_span_is_the_start_of_the_hash_of_the_event_id) {
  const EventId id(*bytes16_from_hex("018bcfe5680072e29661860cc4327562"));

  BOOST_TEST(make_span_id(id) == 0xc04a3cfb6a789802u);
}

BOOST_AUTO_TEST_CASE(an_agent_id_is_minted_onto_its_partition) {
  BOOST_TEST(to_hex(mint_agent_id(ClusterId{}, "ranking", 5, 8)) ==
             "bfabb09e3bc7733b448288957ed129c1");
  BOOST_TEST(to_hex(mint_agent_id(ClusterId{}, "ranking", 0, 1)) ==
             "37e66e726d14b3a29b1928e075e4a009");
  BOOST_TEST(partition_of(mint_agent_id(ClusterId{}, "ranking", 5, 8).value(), 8) == 5);
}

BOOST_AUTO_TEST_SUITE_END()
