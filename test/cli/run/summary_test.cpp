#include "cli/run/summary.hpp"

#include "test/cli/scratch.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::cli;

struct Row {
  std::string campaign;
  std::string policy;
  double probability;
  double propensity;
  float reward;
};

RunSummary summary_of(const std::vector<Row>& rows, std::size_t bad_rows = 0) {
  const scratch::Directory directory;
  scratch::Log log(directory / "log");
  events::BatchFormed formed;
  formed.interactions = rows.size();
  log.put(store::Topic::evt, formed, "system/0");
  for (const auto& row : rows) {
    events::LoggedActionWeighed fact;
    fact.campaign = row.campaign;
    fact.policy = row.policy;
    fact.probability = row.probability;
    fact.propensity = row.propensity;
    fact.reward = row.reward;
    log.put(store::Topic::evt, fact, "rerank");
  }
  for (std::size_t i = 0; i < bad_rows; ++i) {
    log.put(store::Topic::evt,
            events::InputQuarantined{"men.csv", i + 2, "click '7' is not 0 or 1", "a,b,7"});
  }
  return summarise(log.log(), nullptr).value();
}

constexpr double precise = 1e-9;

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_run_summary)

BOOST_AUTO_TEST_CASE(snipw_is_what_a_person_computes_by_hand) {
  // Weights of men: 0.5/0.25 = 2, 0.1/0.25 = 0.4, 0/0.25 = 0; of women: 0.3/0.5 = 0.6, 0.8/0.5 =
  // 1.6. The estimate is the sum of weight times reward over the sum of weights.
  const auto got = summary_of({{"men", "random", 0.5, 0.25, 1},
                               {"men", "bts", 0.5, 0.7, 1},
                               {"men", "random", 0.1, 0.25, 0},
                               {"women", "random", 0.3, 0.5, 1},
                               {"men", "random", 0, 0.25, 1},
                               {"men", "bts", 0.1, 0.1, 0},
                               {"men", "bts", 0.2, 0.1, 0},
                               {"men", "bts", 0.2, 0.1, 0},
                               {"women", "random", 0.8, 0.5, 0}});

  BOOST_REQUIRE(got.off_policy.has_value());
  const auto& men = got.campaigns.at("men").value;
  BOOST_TEST(men.rows == 3u);
  BOOST_TEST(men.snips == 2 / 2.4, boost::test_tools::tolerance(precise));
  BOOST_TEST(men.effective_sample_size == 2.4 * 2.4 / (4 + 0.16),
             boost::test_tools::tolerance(precise));
  BOOST_TEST(men.weight_mean == 0.8, boost::test_tools::tolerance(precise));
  BOOST_TEST(men.low >= 0);
  BOOST_TEST(men.low < men.snips);
  BOOST_TEST(men.high > men.snips);
  BOOST_TEST(men.high <= 1);
  BOOST_TEST(men.refused);
  const auto& women = got.campaigns.at("women").value;
  BOOST_TEST(women.snips == 0.6 / 2.2, boost::test_tools::tolerance(precise));
  const auto& pooled = got.off_policy->value;
  BOOST_TEST(pooled.rows == 5u);
  BOOST_TEST(pooled.snips == 2.6 / 4.6, boost::test_tools::tolerance(precise));
  BOOST_TEST(pooled.weight_max == 2, boost::test_tools::tolerance(precise));
  BOOST_REQUIRE(got.off_policy->on_policy.has_value());
  BOOST_TEST(got.off_policy->on_policy->mean == 0.25, boost::test_tools::tolerance(precise));
  BOOST_TEST(got.off_policy->on_policy->rows == 4u);
  BOOST_TEST(!got.campaigns.at("women").on_policy.has_value());
}

BOOST_AUTO_TEST_CASE(off_policy_keeps_its_shape_without_one_of_the_policies) {
  const auto random = summary_json(summary_of({{"men", "random", 0.5, 0.5, 1}}));
  const auto logged = summary_json(summary_of({{"men", "bts", 0.5, 0.5, 1}}));

  BOOST_TEST(scratch::has(random, "\"off_policy\":{\"estimate\":1,"), random);
  BOOST_TEST(scratch::has(random, "\"on_policy_reference\":null,\"campaigns\":{\"men\":{"), random);
  BOOST_TEST(scratch::has(logged, "\"off_policy\":{\"estimate\":null,\"low\":null,\"high\":null,"),
             logged);
  BOOST_TEST(scratch::has(logged, "\"refused\":true,"), logged);
  BOOST_TEST(scratch::has(logged, "\"on_policy_reference\":{\"mean\":1,"), logged);
}

BOOST_AUTO_TEST_CASE(what_a_source_does_not_define_is_null) {
  const auto json = summary_json(summary_of({}));

  for (const auto* part :
       {"\"off_policy\":null", "\"slices\":{\"new_users\":{\"hit_rate@10\":null",
        "\"baselines\":{\"popularity\":{\"hit_rate@10\":null,\"ndcg@10\":null,\"auc\":null",
        "\"frozen\":{\"hit_rate@10\":null", "\"metrics\":{\"hit_rate@10\":null,",
        "\"outer_reward\":{\"system\":null,\"frozen\":null,\"difference\":null,\"low\":null,"
        "\"high\":null}",
        "\"evolution\":{\"proposed\":0,\"rejected\":0,\"promoted\":0,\"rolled_back\":0}"}) {
    BOOST_TEST(scratch::has(json, part), json);
  }
}

BOOST_AUTO_TEST_CASE(credit_of_the_run_has_its_errors_by_user) {
  const auto credit_of = [](std::size_t users) {
    const scratch::Directory directory;
    scratch::Log log(directory / "log");
    for (std::size_t i = 0; i < 40; ++i) {
      events::RewardAssigned reward;
      Bytes16 user{};
      user[0] = static_cast<std::uint8_t>(i % users);
      reward.user = UserId(user);
      reward.objective = "clicks";
      // All of a user's requests say the same.
      reward.inner = {{"ranking", i % users < users / 2 ? 1.0 : 0.0}};
      log.put(store::Topic::evt, reward, "feedback_join");
    }
    return summarise(log.log(), nullptr).value().report.credit.at(0);
  };

  const auto many = credit_of(40);
  const auto few = credit_of(4);

  BOOST_TEST(many.agent == "ranking");
  BOOST_TEST(many.requests == 40u);
  BOOST_TEST(many.estimate == 0.5);
  BOOST_TEST(few.estimate == 0.5);
  BOOST_TEST(few.high - few.low > 3 * (many.high - many.low));
}

BOOST_AUTO_TEST_CASE(the_summary_names_the_first_quarantined_rows) {
  const auto few = summary_text(summary_of({}, 2));
  const auto many = summary_text(summary_of({}, 60));

  BOOST_TEST(scratch::has(few, "quarantined   2\n"), few);
  BOOST_TEST(scratch::has(few, "men.csv:3: click '7' is not 0 or 1\n"), few);
  BOOST_TEST(!scratch::has(few, "more:"), few);
  BOOST_TEST(scratch::has(many, "and 50 more: ars events list --type ars.input.quarantined"), many);
}

BOOST_AUTO_TEST_SUITE_END()
