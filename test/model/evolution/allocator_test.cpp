#include "model/evolution/allocator.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace {

using namespace ars;
using namespace ars::model;
namespace tt = boost::test_tools;

const std::vector<std::string> names = {"autofeature", "autotrain", "autoperf", "composition"};

// The textbook update of one observation.
ArmBelief by_the_book(ArmBelief b, double y) {
  const double strength = b.strength + 1;
  b.scale += b.strength * (y - b.mean) * (y - b.mean) / (2 * strength);
  b.mean = (b.strength * b.mean + y) / strength;
  b.strength = strength;
  b.shape += 0.5;
  return b;
}

// How often each arm is chosen when arm 1 gains most per cost.
std::vector<int> play(int rounds, std::uint64_t seed) {
  AllocatorSpec spec;
  spec.prior_scale = 1;
  auto state = initial_allocator(names, spec);
  std::vector<int> chosen(names.size(), 0);
  for (int round = 0; round < rounds; ++round) {
    Philox random(seed, static_cast<std::uint64_t>(round));
    const auto choice = choose_arm(state, spec, {}, random);
    ++chosen[choice.arm];
    const double gain = choice.arm == 1 ? 1.0 : 0.2;
    const double cost = choice.arm == 3 ? 4.0 : 1.0;
    state = learn(state, spec, {choice.arm, gain + 0.3 * random.normal(), cost});
  }
  return chosen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_evolution_allocator)

BOOST_AUTO_TEST_CASE(without_forgetting_the_posterior_is_the_textbook_one) {
  AllocatorSpec spec;
  spec.forgetting = 1;
  auto state = initial_allocator(names, spec);
  auto expected = state.arms[2];
  for (const double y : {0.3, -0.1, 0.7, 0.2}) {
    state = learn(state, spec, {2, 2 * y, 2});
    expected = by_the_book(expected, y);
  }

  BOOST_TEST(state.arms[2].mean == expected.mean, tt::tolerance(1e-12));
  BOOST_TEST(state.arms[2].strength == expected.strength, tt::tolerance(1e-12));
  BOOST_TEST(state.arms[2].shape == expected.shape, tt::tolerance(1e-12));
  BOOST_TEST(state.arms[2].scale == expected.scale, tt::tolerance(1e-10));
  BOOST_TEST(state.arms[2].cost == 8.0);
  BOOST_TEST(state.arms[0].strength == spec.prior_strength);
}

BOOST_AUTO_TEST_CASE(forgetting_leads_back_to_the_prior) {
  AllocatorSpec spec;
  auto state = initial_allocator(names, spec);
  for (int i = 0; i < 20; ++i)
    state = learn(state, spec, {0, 5, 1});
  const double learned = state.arms[0].mean;
  for (int i = 0; i < 2'000; ++i)
    state = learn(state, spec, {1, 0, 1});

  BOOST_TEST(learned > 4);
  BOOST_TEST(state.arms[0].mean < 0.01);
  BOOST_TEST(state.arms[0].strength == spec.prior_strength, tt::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(the_best_gain_per_cost_wins_and_no_arm_starves) {
  const auto chosen = play(2'000, 3);

  BOOST_TEST(chosen[1] > 1'500);
  for (const int count : chosen)
    BOOST_TEST(count > 60);  // a floor of 5 % is 100 of 2,000
}

BOOST_AUTO_TEST_CASE(choices_are_replayed_from_the_same_stream) {
  BOOST_TEST(play(200, 5) == play(200, 5));

  AllocatorSpec spec;
  const auto state = initial_allocator(names, spec);
  Philox one(1, 1), two(1, 1);
  const auto a = choose_arm(state, spec, {}, one);
  const std::vector<std::size_t> some = {0, 2};
  const auto b = choose_arm(state, spec, some, two);
  BOOST_TEST(a.draws == b.draws);
  BOOST_TEST(a.draws.size() == names.size());
  BOOST_TEST(one.draws() == two.draws());
}

BOOST_AUTO_TEST_CASE(an_unavailable_arm_is_never_chosen) {
  AllocatorSpec spec;
  const auto state = initial_allocator(names, spec);
  const std::vector<std::size_t> some = {0, 2};
  int third = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    Philox random(2, i);
    const auto choice = choose_arm(state, spec, some, random);
    BOOST_REQUIRE((choice.arm == 0 || choice.arm == 2));
    third += choice.arm == 2 ? 1 : 0;
  }
  BOOST_TEST(third > 50);
  BOOST_TEST(third < 250);
}

BOOST_AUTO_TEST_SUITE_END()
