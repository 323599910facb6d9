#include "test/cli/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace {

struct Fixture {
  scratch::Directory directory;
  std::string log = directory / "log";
  Fixture() {
    scratch::Log written(log);
    written.tell_two_changes();
    written.close();
  }
  scratch::Ended ars(const std::string& line) {
    return scratch::ars(directory, line + " --log-dir " + log);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_why, Fixture)

BOOST_AUTO_TEST_CASE(what_serves_is_told_with_its_evidence) {
  const auto ended = ars("why serving");

  BOOST_REQUIRE_MESSAGE(ended.code == 0, ended.err);
  for (const auto* part :
       {"Plan 3 serves since 2023-11-14T22:13:20", "1500 interactions",
        "It replaced plan 2: the interval excludes zero", "feature added: recency",
        "It came of variant 1, proposed by autofeature: add feature recency",
        "Offline evidence won: auc +0.0150 [+0.0080, +0.0220] over 3 pairs",
        "plan 3 takes 20 % of requests, against plan 2, judged on clicks",
        "Look 1 after 400 requests", "PROMOTED: plan 3 serves", "plan 2 from"}) {
    BOOST_TEST(scratch::has(ended.out, part), part << " in:\n" << ended.out);
  }
  BOOST_TEST(!scratch::has(ended.out, "bait"));
}

BOOST_AUTO_TEST_CASE(what_served_earlier_is_told_as_of_then) {
  const auto by_place = ars("why serving --at evt/0/7");
  const auto before = ars("why serving --at @2001-01-01");

  BOOST_TEST(scratch::has(by_place.out, "Plan 2 serves since"));
  BOOST_TEST(scratch::has(by_place.out, "No variant led to it"));
  BOOST_TEST(scratch::has(by_place.out, "plan 3 is under test in experiment 11"));
  BOOST_TEST(before.code == 3);
}

BOOST_AUTO_TEST_CASE(json_holds_the_same_as_values) {
  const auto read = nlohmann::json::parse(ars("why serving -o json").out);

  BOOST_TEST(read["plan"].get<int>() == 3);
  BOOST_TEST(read["replaced"].get<int>() == 2);
  BOOST_TEST(read["variant"].get<int>() == 1);
  BOOST_TEST(read["offset"].get<std::string>() == "evt/0/9");
  BOOST_TEST(read["because"]["offline"]["mean"].get<double>() == 0.015);
  BOOST_TEST(read["because"]["canary"]["looks"].get<int>() == 1);
  BOOST_TEST(!read["because"]["canary"]["guardrail_crossed"].get<bool>());
  BOOST_TEST(read["served"].size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_change_is_told_to_its_end) {
  const auto kept = ars("why change 1");
  const auto dropped = ars("why change 2");

  BOOST_TEST(kept.out.starts_with("Change 1 is promoted: the interval excludes zero."));
  BOOST_TEST(dropped.out.starts_with("Change 2 is rolled back: satisfaction fell."));
  BOOST_TEST(
      scratch::has(dropped.out, "Guardrail satisfaction was crossed: -0.2000 [-0.3000, -0.1000]"));
  const auto read = nlohmann::json::parse(ars("why change 2 -o json").out);
  BOOST_TEST(read["because"]["fate"].get<std::string>() == "rolled back");
  BOOST_TEST(read["road"].size() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
