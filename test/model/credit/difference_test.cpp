#include "model/credit/difference.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

namespace {

using namespace ars;
using namespace ars::model;
namespace tt = boost::test_tools;

}  // namespace

BOOST_AUTO_TEST_SUITE(model_credit_difference)

BOOST_AUTO_TEST_CASE(credit_is_the_mean_difference_per_request) {
  const std::vector<RequestPair> pairs = {{1, 1.0, 0.5}, {2, 0.0, 0.0}, {1, 1.0, 0.0}};

  const auto credit = difference_credit(pairs);

  BOOST_TEST(credit.estimate == 0.5);
  BOOST_TEST(credit.requests == 3u);
  BOOST_TEST(credit.users == 2u);
  BOOST_TEST(credit.low < credit.estimate);
}

BOOST_AUTO_TEST_CASE(the_interval_covers_the_truth_when_users_come_back) {
  int covered = 0, naive_covered = 0;
  constexpr int runs = 500;
  for (std::uint64_t run = 0; run < runs; ++run) {
    Philox random(6, run);
    std::vector<RequestPair> pairs, naive;
    for (std::uint64_t user = 0; user < 60; ++user) {
      const double taste = 0.1 + 0.3 * random.normal();
      for (int request = 0; request < 10; ++request) {
        const double gain = taste + 0.1 * random.normal();
        pairs.push_back({user, 1 + gain, 1});
        naive.push_back({pairs.size(), 1 + gain, 1});
      }
    }
    const auto credit = difference_credit(pairs), by_request = difference_credit(naive);
    covered += credit.low <= 0.1 && 0.1 <= credit.high ? 1 : 0;
    naive_covered += by_request.low <= 0.1 && 0.1 <= by_request.high ? 1 : 0;
  }
  BOOST_TEST(covered > 460);        // 475 expected, standard error 5
  BOOST_TEST(naive_covered < 300);  // the test can see what clustering is for
}

BOOST_AUTO_TEST_CASE(an_agent_that_changes_nothing_has_no_credit) {
  std::vector<RequestPair> pairs;
  for (std::uint64_t user = 0; user < 50; ++user)
    pairs.push_back({user, 0.3, 0.3});

  const auto credit = difference_credit(pairs);

  BOOST_TEST(credit.estimate == 0.0);
  BOOST_TEST(credit.low <= 0.0);
  BOOST_TEST(credit.high >= 0.0);
}

BOOST_AUTO_TEST_CASE(folded_sums_give_the_same_credit) {
  Philox random(1, 1);
  std::vector<RequestPair> pairs;
  std::vector<ClusterTotal> totals(7);
  ArmSums sums;
  for (int i = 0; i < 100; ++i) {
    const RequestPair pair{random.below(7), random.uniform(), random.uniform()};
    pairs.push_back(pair);
    auto after = totals[pair.user];
    ++after.requests;
    after.reward += pair.with_agent - pair.without_agent;
    sums.replace(totals[pair.user], after);
    totals[pair.user] = after;
  }

  const auto whole = difference_credit(pairs), folded = credit_from(sums);

  BOOST_TEST(whole.estimate == folded.estimate, tt::tolerance(1e-9));
  BOOST_TEST(whole.standard_error == folded.standard_error, tt::tolerance(1e-6));
}

BOOST_AUTO_TEST_SUITE_END()
