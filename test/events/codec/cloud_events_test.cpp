#include "events/codec/cloud_events.hpp"

#include "events/base/narrow.hpp"
#include "events/event.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace ars;
using namespace ars::events;

namespace {

Bytes16 bytes(std::uint8_t first) {
  Bytes16 out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(first + i);
  return out;
}

Envelope header() {
  Envelope out;
  out.event_id = EventId(*bytes16_from_hex("018bcfe5680072e29661860cc4327562"));
  out.agent_id = AgentId(bytes(0x10));
  out.agg_seq = Sequence(3);
  out.log_time_ns = 1'700'000'000'000'000'000;
  out.correlation_id = CorrelationId(bytes(0x20));
  out.causation_id = EventId(bytes(0x30));
  out.trace_id = TraceId(bytes(0x40));
  out.span_id = 0x0102030405060708;
  out.tlvs.push_back({to_underlying(Tag::trace_flags), {1}});
  return out;
}

std::map<std::string, std::string> headers_of(ByteSpan stored) {
  CloudEventHeaders headers(ClusterId(bytes(0x50)));
  std::map<std::string, std::string> out;
  const auto made = headers.of(stored).value();
  for (const auto& each : made)
    out.emplace(each.name, each.value);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(events_cloud_events)

BOOST_AUTO_TEST_CASE(every_header_of_a_request_is_as_the_reference_says) {
  RequestReceived payload;
  payload.user = UserId(bytes(0x60));
  payload.occurred_at = Timestamp(851'042'397'250'000'000);

  const auto found = headers_of(seal(header(), payload)->stored);

  const std::map<std::string, std::string> expected = {
      {"content-type", "application/vnd.ars.event.v1"},
      {"ce_specversion", "1.0"},
      {"ce_id", "018bcfe5-6800-72e2-9661-860cc4327562"},
      {"ce_source", "/ars/505152535455565758595a5b5c5d5e5f/101112131415161718191a1b1c1d1e1f"},
      {"ce_type", "ars.request.received.v1"},
      {"ce_subject", "606162636465666768696a6b6c6d6e6f"},
      {"ce_time", "1996-12-20T00:39:57.25Z"},
      {"ce_partitionkey", "101112131415161718191a1b1c1d1e1f"},
      {"ce_correlationid", "202122232425262728292a2b2c2d2e2f"},
      {"ce_causationid", "30313233-3435-3637-3839-3a3b3c3d3e3f"},
      {"traceparent", "00-404142434445464748494a4b4c4d4e4f-0102030405060708-01"}};
  BOOST_CHECK(found == expected);
}

BOOST_AUTO_TEST_CASE(an_event_without_user_time_cause_and_trace_has_fewer_headers) {
  auto bare = header();
  bare.correlation_id = {};
  bare.causation_id = {};
  bare.trace_id = {};

  const auto found = headers_of(seal(bare, EpochFence{})->stored);

  BOOST_TEST(found.size() == 7u);
  BOOST_TEST(found.at("ce_time") == "2023-11-14T22:13:20Z");
  BOOST_TEST(found.at("ce_type") == "ars.epoch.fence.v1");
  BOOST_TEST(!found.contains("ce_subject"));
}

BOOST_AUTO_TEST_CASE(every_event_of_the_catalogue_has_headers) {
  const auto check = [](const auto& payload) {
    const auto event = seal(header(), payload);
    BOOST_TEST(headers_of(event->stored).at("ce_type") ==
               std::string(name_of(event->payload)) + ".v" +
                   std::to_string(event->header.schema_version));
  };
  [&]<class... Ts>(Catalogue<Ts...>) { (check(Ts{}), ...); }(Catalog{});
}

BOOST_AUTO_TEST_CASE(unaligned_bytes_give_the_same_headers) {
  RequestReceived payload;
  payload.user = UserId(bytes(0x60));
  const auto stored = seal(header(), payload)->stored;
  std::vector<std::uint8_t> shifted(1, 0);
  shifted.insert(shifted.end(), stored.begin(), stored.end());

  BOOST_CHECK(headers_of(ByteSpan(shifted).subspan(1)) == headers_of(stored));
}

BOOST_AUTO_TEST_CASE(what_is_no_event_is_refused) {
  CloudEventHeaders headers(ClusterId{});
  auto stored = seal(header(), RequestReceived{})->stored;
  auto foreign = header();
  foreign.type_id = 999;
  const auto unknown = encode_envelope(foreign, {});
  foreign.type_id = RequestReceived::type_id;
  const auto hollow = encode_envelope(foreign, {});
  stored.back() ^= 1;

  BOOST_CHECK(headers.of({}).assume_error().code == Errc::corrupt);
  BOOST_CHECK(headers.of(stored).assume_error().code == Errc::corrupt);
  BOOST_CHECK(headers.of(hollow).assume_error().code == Errc::corrupt);
  BOOST_CHECK(headers.of(unknown).assume_error().code == Errc::unsupported);
}

BOOST_AUTO_TEST_CASE(times_are_written_in_utc) {
  BOOST_TEST(rfc3339(0) == "1970-01-01T00:00:00Z");
  BOOST_TEST(rfc3339(1) == "1970-01-01T00:00:00.000000001Z");
  BOOST_TEST(rfc3339(-1) == "1969-12-31T23:59:59.999999999Z");
  BOOST_TEST(rfc3339(951'782'400'000'000'000) == "2000-02-29T00:00:00Z");
  BOOST_TEST(rfc3339(1'709'251'199'120'000'000) == "2024-02-29T23:59:59.12Z");
  BOOST_TEST(rfc3339(-6'847'804'800'000'000'000) == "1753-01-01T00:00:00Z");
}

BOOST_AUTO_TEST_SUITE_END()
