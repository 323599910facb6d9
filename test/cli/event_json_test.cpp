#include "cli/event_json.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace {

using namespace ars;

events::Event slate() {
  events::Event out;
  events::SlateServed served;
  served.user = UserId(Bytes16{0xab});
  served.occurred_at = Timestamp(1'000'000'000);
  served.arm = events::Arm::variant;
  served.items.resize(2);
  served.items[1].item = ItemIndex(9);
  served.items[1].kind = events::SlotKind::explore;
  served.items[1].score = 0.1F;
  served.plan = (1ull << 60) + 1;
  out.payload = served;
  out.header.event_id = EventId(*cli::uuid_from_text("018bcfe5-6800-72e2-9661-860cc4327562"));
  out.header.log_time_ns = 1'700'000'000'000'000'000;
  out.header.type_id = events::SlateServed::type_id;
  out.header.agg_seq = Sequence(4);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_event_json)

BOOST_AUTO_TEST_CASE(a_payload_is_written_by_its_field_list) {
  const auto read = nlohmann::json::parse(cli::payload_json(slate().payload));

  BOOST_TEST(read["user"].get<std::string>() == "ab000000000000000000000000000000");
  BOOST_TEST(read["occurred_at"].get<std::string>() == "1970-01-01T00:00:01Z");
  BOOST_TEST(read["arm"].get<std::string>() == "variant");
  BOOST_TEST(read["items"][1]["kind"].get<std::string>() == "explore");
  BOOST_TEST(read["items"][1]["item"].get<int>() == 9);
  BOOST_TEST(read["items"][1]["score"].get<double>() == 0.1);
  BOOST_TEST(read["plan"].get<std::string>() == "1152921504606846977");
}

BOOST_AUTO_TEST_CASE(every_event_of_the_catalogue_is_valid_json) {
  std::size_t count = 0;
  const auto each = [&]<class... Ts>(events::Catalogue<Ts...>) {
    const auto check = [&](const events::Payload& payload) {
      BOOST_TEST(nlohmann::json::parse(cli::payload_json(payload)).is_object());
      BOOST_TEST(cli::payload_line(payload, 40).size() <= 40u);
      ++count;
    };
    (check(Ts{}), ...);
  };
  each(events::Catalog{});
  BOOST_TEST(count == events::Catalog::size);
}

BOOST_AUTO_TEST_CASE(a_cloud_event_has_its_attributes) {
  const store::Pointer at{{store::Topic::evt, 3}, Offset(17)};

  const auto read =
      nlohmann::json::parse(cli::cloud_event_json(slate(), at, ClusterId(Bytes16{1})));

  BOOST_TEST(read["specversion"].get<std::string>() == "1.0");
  BOOST_TEST(read["id"].get<std::string>() == "018bcfe5-6800-72e2-9661-860cc4327562");
  BOOST_TEST(read["type"].get<std::string>() == "ars.slate.served.v1");
  BOOST_TEST(read["time"].get<std::string>() == "2023-11-14T22:13:20Z");
  BOOST_TEST(read["arsoffset"].get<std::string>() == "evt/3/17");
  BOOST_TEST(read["arssequence"].get<int>() == 4);
  BOOST_TEST(read["data"]["items"].size() == 2u);
  BOOST_TEST(!read.contains("correlationid"));
  for (const auto& [name, value] : read.items()) {
    BOOST_TEST(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(ids_are_read_with_and_without_dashes) {
  const auto id = cli::uuid_from_text("018bcfe5680072e29661860cc4327562");

  BOOST_REQUIRE(id.has_value());
  BOOST_TEST(cli::uuid_text(*id) == "018bcfe5-6800-72e2-9661-860cc4327562");
  BOOST_TEST(!cli::uuid_from_text("018bcfe5").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
