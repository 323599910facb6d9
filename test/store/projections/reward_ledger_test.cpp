#include "test/store/projections/fold.hpp"

using namespace ars;
using namespace ars::test;
using namespace ars::store::projections;

namespace {
events::RewardAssigned reward(double outer, events::Arm arm, std::uint64_t plan) {
  events::RewardAssigned out;
  out.objective = "clicks";
  out.outer = outer;
  out.frozen_outer = outer / 2;
  out.arm = arm;
  out.plan = plan;
  out.inner = {{"recall/popular", outer / 10}};
  return out;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(projections_reward_ledger)

BOOST_AUTO_TEST_CASE(rewards_are_summed_by_objective_arm_and_plan) {
  Fold<RewardLedger> fold;

  fold.fact(reward(0.5, events::Arm::champion, 3))
      .fact(reward(0.25, events::Arm::champion, 3))
      .fact(reward(1, events::Arm::variant, 4));

  const auto& row = fold.row<RewardRow>(RewardLedger::key("clicks", events::Arm::champion, 3));
  BOOST_TEST(row.requests == 2u);
  BOOST_TEST(row.outer_e9 == 750'000'000);
  BOOST_TEST(row.outer_squared_e9 == 312'500'000);
  BOOST_TEST(row.frozen_e9 == 375'000'000);
  BOOST_TEST(fold.row<RewardRow>(RewardLedger::key("clicks", events::Arm::variant, 4)).requests ==
             1u);
  BOOST_TEST(fold.row<InnerRewardRow>("recall/popular").inner_e9 == 175'000'000);
  fold.check_reloads();
}

BOOST_AUTO_TEST_CASE(order_of_rewards_does_not_show) {
  Fold<RewardLedger> forward;
  Fold<RewardLedger> backward;
  for (int i = 0; i < 100; ++i) {
    forward.fact(reward(0.1 * i, events::Arm::champion, 1));
    backward.fact(reward(0.1 * (99 - i), events::Arm::champion, 1));
  }

  BOOST_TEST((forward.projection.content_hash() == backward.projection.content_hash()));
  forward.fact(reward(1e-9, events::Arm::champion, 1));
  BOOST_TEST((forward.projection.content_hash() != backward.projection.content_hash()));
}

BOOST_AUTO_TEST_CASE(credit_is_kept_by_agent_objective_and_window) {
  Fold<RewardLedger> fold;
  events::CreditAssigned credit{"fusion", "difference", "clicks", 0.02, 0.005, 400, 7};

  fold.fact(credit);
  credit.window = 8;
  credit.estimate = -0.01;
  fold.fact(credit);

  BOOST_TEST(fold.row<CreditRow>(RewardLedger::credit_key("fusion", "clicks", 7)).estimate == 0.02);
  BOOST_TEST(fold.row<CreditRow>(RewardLedger::credit_key("fusion", "clicks", 8)).estimate ==
             -0.01);
  fold.check_reloads();
}

BOOST_AUTO_TEST_SUITE_END()
