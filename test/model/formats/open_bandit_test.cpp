#include "model/formats/open_bandit.hpp"

#include "test/model/formats/scratch_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>

namespace {

using namespace ars;
using namespace ars::model;
using ars::test::ScratchDirectory;

constexpr std::string_view log_header =
    ",timestamp,item_id,position,click,propensity_score,user_feature_0,user_feature_1,"
    "user_feature_2,user_feature_3,user-item_affinity_0,user-item_affinity_1\n";
constexpr std::string_view two_items =
    ",item_id,item_feature_0,item_feature_1,item_feature_2,item_feature_3\n"
    "0,0,-0.5,a,b,c\n1,1,0.25,d,b,e\n";

std::string row(std::string_view second, std::string_view rest) {
  return "0,2019-11-24 00:00:" + std::string(second) + "+00:00," + std::string(rest) + "\n";
}

void write_campaign(const ScratchDirectory& scratch, const std::string& policy,
                    const std::string& name, const std::string& rows) {
  scratch.write(policy + "/" + name + "/item_context.csv", two_items);
  scratch.write(policy + "/" + name + "/" + name + ".csv", std::string(log_header) + rows);
}

constexpr std::string_view good = "1,2,1,0.5,u,v,w,x,0.0,2.0";

}  // namespace

BOOST_AUTO_TEST_SUITE(model_formats_open_bandit)

BOOST_AUTO_TEST_CASE(policies_and_campaigns_merge_in_time_order_random_first) {
  const ScratchDirectory scratch;
  write_campaign(scratch, "bts", "men", row("05", good) + row("01.000001", good));
  write_campaign(scratch, "random", "men", row("05", good) + row("09", good));
  write_campaign(scratch, "random", "all", row("05", good));

  const auto got = read_open_bandit(scratch.path());

  BOOST_REQUIRE(got.has_value());
  const auto& bandit = got.value();
  std::vector<std::string> order;
  for (const auto& each : bandit.rows) {
    order.push_back(std::string(to_string(each.policy)) + "/" +
                    bandit.campaigns[each.campaign].name + ":" + std::to_string(each.line));
  }
  const std::vector<std::string> expected = {"bts/men:3", "random/all:2", "random/men:2",
                                             "bts/men:2", "random/men:3"};
  BOOST_TEST(order == expected);
  BOOST_TEST(bandit.rows[0].timestamp_ns == 1'574'553'601'000'001'000);
}

BOOST_AUTO_TEST_CASE(a_row_carries_all_that_the_log_says) {
  const ScratchDirectory scratch;
  write_campaign(scratch, "random", "men", row("05", good));

  const auto got = read_open_bandit(scratch.path());

  BOOST_REQUIRE(got.has_value());
  const auto& bandit = got.value();
  const auto& only = bandit.rows.at(0);
  BOOST_TEST(bandit.campaigns[0].items[only.item].id == "1");
  BOOST_TEST(bandit.campaigns[0].items[0].feature_0 == -0.5);
  BOOST_TEST(int{only.position} == 2);
  BOOST_TEST(int{only.click} == 1);
  BOOST_TEST(only.propensity == 0.5);
  BOOST_TEST(bandit.user_features.text(bandit.users[only.user][3]) == "x");
  BOOST_TEST((bandit.affinities[only.affinities] == std::vector<Affinity>{{1, 2.0f}}));
}

BOOST_AUTO_TEST_CASE(every_kind_of_bad_row_is_kept_with_line_and_reason) {
  const ScratchDirectory scratch;
  write_campaign(scratch, "random", "men",
                 "0,yesterday,1,2,1,0.5,u,v,w,x,0.0,2.0\n" +    // 2
                     row("05", "1,4,1,0.5,u,v,w,x,0.0,2.0") +   // 3
                     row("05", "1,2,2,0.5,u,v,w,x,0.0,2.0") +   // 4
                     row("05", "1,2,1,0,u,v,w,x,0.0,2.0") +     // 5
                     row("05", "1,2,1,1.01,u,v,w,x,0.0,2.0") +  // 6
                     row("05", "1,2,1,,u,v,w,x,0.0,2.0") +      // 7
                     row("05", "7,2,1,0.5,u,v,w,x,0.0,2.0") +   // 8
                     row("05", "01,2,1,0.5,u,v,w,x,0.0,2.0") +  // 9
                     row("05", "1,2,1,0.5,u,,w,x,0.0,2.0") +    // 10
                     row("05", "1,2,1,0.5,u,v,w,x,zero,2.0") +  // 11
                     row("05", "1,2,1,0.5,u,v,w,x,0.0") +       // 12
                     row("05", ",2,1,0.5,u,v,w,x,0.0,2.0") +    // 13
                     row("05", good));                          // 14

  const auto got = read_open_bandit(scratch.path());

  BOOST_REQUIRE(got.has_value());
  BOOST_TEST(got.value().rows.size() == 1u);
  const std::vector<std::string> reasons = {
      "timestamp 'yesterday' is not YYYY-MM-DD HH:MM:SS[.ffffff]+00:00",
      "position '4' is not 1, 2 or 3",
      "click '2' is not 0 or 1",
      "propensity 0 is outside (0, 1]",
      "propensity 1.01 is outside (0, 1]",
      "propensity '' is not a number",
      "item 7 is not listed in item_context.csv",
      "item 01 is not listed in item_context.csv",
      "user_feature_1 is missing",
      "user-item_affinity_0 'zero' is not a number",
      "11 columns where 12 are expected",
      "item_id is missing"};
  BOOST_REQUIRE_EQUAL(got.value().bad_rows.size(), reasons.size());
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    BOOST_TEST(got.value().bad_rows[i].reason == reasons[i]);
    BOOST_TEST(got.value().bad_rows[i].line == i + 2);
    BOOST_TEST(got.value().bad_rows[i].file == "random/men/men.csv");
  }
}

BOOST_AUTO_TEST_CASE(missing_pieces_are_named) {
  const ScratchDirectory scratch;
  const auto nothing = read_open_bandit(scratch.path());
  BOOST_TEST((nothing.error().code == Errc::invalid));
  BOOST_TEST(nothing.error().context.find("random/CAMPAIGN/CAMPAIGN.csv") != std::string::npos);
  BOOST_TEST((read_open_bandit(scratch.path() + "/none").error().code == Errc::not_found));

  scratch.write("random/men/men.csv", std::string(log_header) + row("05", good));
  const auto no_items = read_open_bandit(scratch.path());
  BOOST_TEST((no_items.error().code == Errc::invalid));
  BOOST_TEST(no_items.error().context.find("item_context.csv is missing") != std::string::npos);

  scratch.write("random/men/item_context.csv", two_items);
  scratch.write("random/men/men.csv", "a,b,c\n1,2,3\n");
  const auto no_column = read_open_bandit(scratch.path());
  BOOST_TEST((no_column.error().code == Errc::invalid));
  BOOST_TEST(no_column.error().context.find("random/men/men.csv:1: no column 'timestamp'") == 0u);
}

BOOST_AUTO_TEST_CASE(the_men_sample_has_its_published_counts) {
  const auto directory = test::data_directory() + "/obd";
  if (!std::filesystem::exists(directory + "/random/men/men.csv")) {
    BOOST_TEST_MESSAGE("SKIP: " << directory << " is absent (set ARS_DATA_DIR)");
    return;
  }

  const auto got = read_open_bandit(directory);

  BOOST_REQUIRE(got.has_value());
  const auto& bandit = got.value();
  const auto men = std::find_if(bandit.campaigns.begin(), bandit.campaigns.end(),
                                [](const auto& campaign) { return campaign.name == "men"; });
  BOOST_REQUIRE(men != bandit.campaigns.end());
  const auto number = men - bandit.campaigns.begin();
  const auto rows_of = [&](LoggingPolicy policy) {
    return std::count_if(bandit.rows.begin(), bandit.rows.end(), [&](const auto& each) {
      return each.policy == policy && each.campaign == number;
    });
  };
  BOOST_TEST(rows_of(LoggingPolicy::random) == 10'000);
  BOOST_TEST(rows_of(LoggingPolicy::bts) == 10'000);
  BOOST_TEST(men->items.size() == 34u);
  BOOST_TEST(bandit.bad_rows.empty());
  for (const auto& each : bandit.rows) {
    if (each.policy == LoggingPolicy::random && each.campaign == number) {
      BOOST_REQUIRE_CLOSE(each.propensity, 1.0 / 34.0, 1e-9);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
