#include "test/cli/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

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
  std::vector<nlohmann::json> rows(const std::string& line) {
    const auto ended = ars(line);
    BOOST_REQUIRE_MESSAGE(ended.code == 0, ended.err);
    std::vector<nlohmann::json> out;
    std::size_t at = 0;
    while (at < ended.out.size()) {
      const auto end = ended.out.find('\n', at);
      out.push_back(nlohmann::json::parse(ended.out.substr(at, end - at)));
      at = end + 1;
    }
    return out;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_events, Fixture)

BOOST_AUTO_TEST_CASE(a_list_goes_over_all_streams_by_log_time) {
  const auto all = rows("events list -o jsonl");

  BOOST_TEST(all.size() == 3u + 14u);
  BOOST_TEST(all[0]["type"].get<std::string>() == "ars.cluster.created.v1");
  BOOST_TEST(all[3]["type"].get<std::string>() == "ars.batch.formed.v1");
  // Trailing zeros of the fraction are left out, so the zone letter must not take part.
  const auto time_of = [](const auto& row) {
    const auto text = row["time"].template get<std::string>();
    return text.substr(0, text.size() - 1);
  };
  BOOST_TEST(std::is_sorted(all.begin(), all.end(),
                            [&](const auto& a, const auto& b) { return time_of(a) < time_of(b); }));
}

BOOST_AUTO_TEST_CASE(a_json_list_is_one_array) {
  const auto ended = ars("events list -o json --type 'ars.variant.*'");

  const auto read = nlohmann::json::parse(ended.out);
  BOOST_TEST(read.is_array());
  BOOST_TEST(read.size() == 4u);
}

BOOST_AUTO_TEST_CASE(filters_choose_by_type_agent_correlation_and_time) {
  BOOST_TEST(rows("events list -o jsonl --type ars.canary.started").size() == 2u);
  BOOST_TEST(rows("events list -o jsonl --type 410 --type ars.canary.looked").size() == 3u);
  BOOST_TEST(rows("events list -o jsonl --agent system/0").size() == 2u);
  BOOST_TEST(rows("events list -o jsonl --agent system").size() == 2u);
  const auto all = rows("events list -o jsonl");
  const auto correlation = all[5]["correlationid"].get<std::string>();
  for (const auto& row : rows("events list -o jsonl --corr " + correlation)) {
    BOOST_TEST(row["correlationid"].get<std::string>() == correlation);
  }
  const auto from = all[6]["time"].get<std::string>();
  const auto to = all[9]["time"].get<std::string>();
  const auto some = rows("events list -o jsonl --from @" + from + " --to @" + to);
  BOOST_REQUIRE(some.size() == 3u);
  BOOST_TEST(some[0]["id"] == all[6]["id"]);
}

BOOST_AUTO_TEST_CASE(offsets_take_all_their_forms) {
  const auto offsets = [&](const std::string& form) {
    std::string out;
    for (const auto& row : rows("events list -o jsonl --stream evt/0 --offset " + form)) {
      out += row["arsoffset"].get<std::string>().substr(6) + " ";
    }
    return out;
  };

  BOOST_TEST(offsets("2:5") == "2 3 4 ");
  BOOST_TEST(offsets("+11") == "11 12 13 ");
  BOOST_TEST(offsets("12") == "12 13 ");
  BOOST_TEST(offsets("-2") == "12 13 ");
  BOOST_TEST(offsets("end") == "");
  const auto time = rows("events list -o jsonl --stream evt/0")[10]["time"].get<std::string>();
  BOOST_TEST(offsets("@" + time) == "10 11 12 13 ");
  BOOST_TEST(ars("events list --offset 5:2").code == 2);
  BOOST_TEST(ars("events list --offset soon").code == 2);
}

BOOST_AUTO_TEST_CASE(a_list_says_that_there_is_more) {
  const auto ended = ars("events list --limit 3");

  BOOST_TEST(std::count(ended.out.begin(), ended.out.end(), '\n') == 3);
  BOOST_TEST(scratch::has(ended.err, "there are more"));
}

BOOST_AUTO_TEST_CASE(one_event_is_shown_by_place_and_by_id) {
  const auto by_place = ars("events show evt/0/3 -o json");
  const auto id = nlohmann::json::parse(by_place.out)["id"].get<std::string>();
  const auto by_id = ars("events show " + id + " -o json");

  BOOST_TEST(by_place.out == by_id.out);
  const auto text = ars("events show evt/0/3");
  BOOST_TEST(text.out.starts_with("evt/0/3  ars.variant.proposed (type 401, version 1)"));
  BOOST_TEST(scratch::has(text.out, "\"summary\":\"add feature recency\""));
}

BOOST_AUTO_TEST_CASE(a_tail_gives_the_newest) {
  BOOST_TEST(rows("events tail --once -o jsonl --limit 4").size() == 4u);
  BOOST_TEST(rows("events tail --once -o jsonl --limit 4")[3]["type"].get<std::string>() ==
             "ars.variant.rolled_back.v1");
}

BOOST_AUTO_TEST_CASE(an_export_holds_every_event_as_a_cloud_event) {
  const auto all = rows("events export");

  BOOST_TEST(all.size() == 17u);
  for (const auto& row : all) {
    BOOST_TEST(row["specversion"].get<std::string>() == "1.0");
    BOOST_TEST(row["source"].get<std::string>().starts_with("/ars/07"));
  }
}

BOOST_AUTO_TEST_CASE(a_busy_log_is_followed_while_it_grows) {
  const auto busy = directory / "busy";
  scratch::Log written(busy);
  written.tell_two_changes();
  const auto out = directory / "followed";
  BOOST_REQUIRE(std::system((std::string("timeout -s INT 6 ") + ARS_BINARY +
                             " events tail -o jsonl --limit 2 --log-dir " + busy + " >" + out +
                             " 2>/dev/null &")
                                .c_str()) == 0);
  const auto wait_for = [&](std::string_view what) {
    return std::system(fmt::format("for i in $(seq 50); do grep -q '{}' {} && exit 0; sleep 0.1; "
                                   "done; exit 1",
                                   what, out)
                           .c_str()) == 0;
  };

  BOOST_TEST(wait_for("rolled_back"));
  written.put(ars::store::Topic::evt, ars::events::SourceFinished{42, 43}, "system/0");

  BOOST_TEST(wait_for("source.finished"));
  // The follower ends and takes its copy along.
  BOOST_REQUIRE(
      std::system(fmt::format("for i in $(seq 100); do ls -d {}/.ars-tail* >/dev/null 2>&1 "
                              "|| exit 0; sleep 0.1; done; exit 1",
                              directory.text())
                      .c_str()) == 0);
  for (const auto& entry : std::filesystem::directory_iterator(directory.text())) {
    BOOST_TEST(!entry.path().filename().string().starts_with(".ars-tail"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
