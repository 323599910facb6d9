#include "model/evaluation/off_policy.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace {

using namespace ars;
using namespace ars::model;
namespace tt = boost::test_tools;

// A uniform policy over ten actions logged, a policy that prefers action 0 evaluated; action 0 pays
// with probability .5, the others with .1.
std::vector<WeighedAction> logged(std::size_t rows, double preference, std::uint64_t seed) {
  Philox random(seed, 1);
  std::vector<WeighedAction> out;
  for (std::size_t i = 0; i < rows; ++i) {
    const bool best = random.below(10) == 0;
    const double reward = random.uniform() < (best ? 0.5 : 0.1) ? 1 : 0;
    out.push_back({best ? preference : (1 - preference) / 9, 0.1, reward});
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_evaluation_off_policy)

BOOST_AUTO_TEST_CASE(estimates_find_the_value_of_the_evaluated_policy) {
  const double truth = 0.6 * 0.5 + 0.4 * 0.1;

  const auto got = off_policy_value(logged(20'000, 0.6, 1), {});

  BOOST_TEST(!got.refused);
  BOOST_TEST(got.reason == "");
  BOOST_TEST(got.ips == truth, tt::tolerance(0.08));
  BOOST_TEST(got.snips == truth, tt::tolerance(0.08));
  BOOST_TEST(got.low < truth);
  BOOST_TEST(got.high > truth);
  BOOST_TEST(got.weight_mean == 1.0, tt::tolerance(0.1));
}

BOOST_AUTO_TEST_CASE(interval_covers_the_truth_about_as_often_as_it_says) {
  const double truth = 0.4 * 0.5 + 0.6 * 0.1;
  int covered = 0;
  for (std::uint64_t run = 0; run < 200; ++run) {
    OffPolicySpec spec;
    spec.resamples = 300;
    spec.seed = run;
    const auto got = off_policy_value(logged(1'000, 0.4, 50 + run), spec);
    if (got.low <= truth && truth <= got.high) ++covered;
  }
  BOOST_TEST(covered >= 178);  // 190 expected, standard error 3.1
}

BOOST_AUTO_TEST_CASE(the_logging_policy_itself_is_worth_its_mean) {
  const auto rows = logged(5'000, 0.1, 3);

  const auto got = off_policy_value(rows, {});

  double sum = 0;
  std::vector<double> rewards;
  for (const auto& row : rows) {
    sum += row.reward;
    rewards.push_back(row.reward);
  }
  BOOST_TEST(got.snips == sum / 5'000, tt::tolerance(1e-9));
  BOOST_TEST(got.effective_sample_size == 5'000, tt::tolerance(1e-9));
  BOOST_TEST(on_policy_value(rewards, {}).mean == sum / 5'000, tt::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(every_rule_refuses_and_still_gives_the_numbers) {
  const auto reason = [](std::vector<WeighedAction> rows, OffPolicySpec spec = {}) {
    spec.resamples = 50;
    const auto got = off_policy_value(rows, spec);
    BOOST_TEST(got.refused == !got.reason.empty());
    return got.reason;
  };
  const std::vector<WeighedAction> even(200, WeighedAction{0.1, 0.1, 1});

  BOOST_TEST(reason({}) == "no row has a usable propensity");
  BOOST_TEST(reason(std::vector<WeighedAction>(50, WeighedAction{0.1, 0.1, 1})) ==
             "effective sample size 50.0 is below 100");

  auto missing = even;
  missing[0].propensity = 0;
  missing[1].propensity = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(reason(missing) == "2 of 200 rows have a missing or impossible probability");
  BOOST_TEST(off_policy_value(missing, {}).snips == 1.0);

  std::vector<WeighedAction> heavy(1'000, WeighedAction{0.1, 0.1, 1});
  heavy[0] = {1, 0.0166, 1};
  BOOST_TEST(reason(heavy) == "one weight carries 5.7 % of all");

  const std::vector<WeighedAction> too_much(200, WeighedAction{0.2, 0.1, 1});
  BOOST_TEST(reason(too_much) == "the mean weight is 2.000 instead of 1");

  const std::vector<WeighedAction> large(200, WeighedAction{0.1, 0.1, 7});
  BOOST_TEST(reason(large) == "the estimate 7 leaves the range of rewards [0, 1]");

  OffPolicySpec unsupported;
  unsupported.unsupported_mass = 0.2;
  BOOST_TEST(reason(even, unsupported) == "the policy gives 0.2 to actions that were never logged");
}

BOOST_AUTO_TEST_CASE(sums_over_partitions_equal_those_of_the_whole) {
  const auto rows = logged(999, 0.3, 4);
  OffPolicySums whole, left, right;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    whole.fold(rows[i]);
    (i % 3 == 0 ? left : right).fold(rows[i]);
  }

  left.add(right);

  BOOST_TEST(left.rows == whole.rows);
  BOOST_TEST(left.weight == whole.weight, tt::tolerance(1e-12));
  BOOST_TEST(left.weight_max == whole.weight_max);
  BOOST_TEST(left.reward_weight == whole.reward_weight, tt::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
