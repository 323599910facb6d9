#include "model/evaluation/sequential_test.hpp"

#include "events/base/prng.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace ars;
using namespace ars::model;
namespace tt = boost::test_tools;

constexpr double alpha = 0.05;
constexpr int experiments = 2'000;
constexpr int looks = 100;

// Whether a look excludes the true effect.
using Excludes = std::function<bool(const ArmSums&, const ArmSums&, double truth)>;

struct World {
  std::string name;
  double effect = 0;
  int control_per_look = 0;
  int variant_per_look = 0;
  std::function<double(Philox&, double mean_shift)> reward;
  double variance = 1;  // of one reward
};

double normal_reward(Philox& random, double shift) { return shift + random.normal(); }
double rare_click(Philox& random, double shift) { return random.uniform() < 0.02 + shift ? 1 : 0; }

// The share of experiments in which any of the looks excludes the truth.
double ever_excluded(const World& world, const Excludes& excludes, std::uint64_t seed) {
  int failed = 0;
  for (int e = 0; e < experiments; ++e) {
    Philox random(seed, static_cast<std::uint64_t>(e));
    ArmSums control, variant;
    bool excluded = false;
    for (int look = 0; look < looks && !excluded; ++look) {
      for (int i = 0; i < world.control_per_look; ++i) {
        control.replace({}, {1, world.reward(random, 0)});
      }
      for (int i = 0; i < world.variant_per_look; ++i) {
        variant.replace({}, {1, world.reward(random, world.effect)});
      }
      excluded = excludes(control, variant, world.effect);
    }
    failed += excluded ? 1 : 0;
  }
  return static_cast<double>(failed) / experiments;
}

double allowed() { return alpha + 3 * std::sqrt(alpha * (1 - alpha) / experiments); }

const std::array<World, 6>& worlds() {
  static const std::array<World, 6> all = {
      World{"normal, equal arms", 0, 12, 12, normal_reward, 1},
      World{"normal, unequal arms", 0, 18, 5, normal_reward, 1},
      World{"normal, a real effect", 0.1, 12, 12, normal_reward, 1},
      World{"rare clicks, equal arms", 0, 12, 12, rare_click, 0.0196},
      World{"rare clicks, unequal arms", 0, 18, 5, rare_click, 0.0196},
      World{"rare clicks, unequal arms, a real effect", 0.01, 18, 5, rare_click, 0.0196}};
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_evaluation_sequential_test)

BOOST_AUTO_TEST_CASE(intervals_hold_at_every_look_together) {
  const std::uint64_t seed = 2026;
  BOOST_TEST_MESSAGE("seed " << seed);
  for (const auto& world : worlds()) {
    const SequentialSpec spec{alpha, tau_for({2 * world.variance, 500, alpha}), 100};
    const auto share = ever_excluded(
        world,
        [&](const ArmSums& control, const ArmSums& variant, double truth) {
          const auto look = look_two_arms(control, variant, spec);
          return look.low > truth || look.high < truth;
        },
        seed);
    BOOST_TEST_MESSAGE(world.name << ": ever excluded " << share << ", allowed " << allowed());
    BOOST_TEST(share <= allowed(), world.name << ": " << share);
  }
}

BOOST_AUTO_TEST_CASE(the_same_harness_rejects_a_repeated_z_test) {
  const auto share = ever_excluded(
      worlds()[0],
      [](const ArmSums& control, const ArmSums& variant, double truth) {
        if (control.clusters < 100) return false;
        const double effect = variant.mean() - control.mean();
        const double error = std::sqrt(control.variance_of_mean() + variant.variance_of_mean());
        return std::abs(effect - truth) > 1.959964 * error;
      },
      2026);
  BOOST_TEST_MESSAGE("repeated z-test: ever excluded " << share);
  BOOST_TEST(share > 2 * allowed());
}

BOOST_AUTO_TEST_CASE(paired_differences_of_returning_users_hold_at_every_look) {
  // 300 users with a taste of their own come back all the time: requests are not independent.
  constexpr int users = 300;
  const SequentialSpec spec{alpha, tau_for({1.0, 150, alpha}), 100};
  int clustered_wrong = 0, naive_wrong = 0;
  for (int e = 0; e < experiments / 2; ++e) {
    Philox random(77, static_cast<std::uint64_t>(e));
    std::vector<double> taste(users);
    for (auto& each : taste)
      each = random.normal();
    std::vector<ClusterTotal> totals(users);
    ArmSums clustered, naive;
    bool clustered_excluded = false, naive_excluded = false;
    for (int look = 0; look < looks; ++look) {
      for (int i = 0; i < 20; ++i) {
        const auto user = random.below(users);
        const double difference = taste[user] + 0.5 * random.normal();
        auto after = totals[user];
        ++after.requests;
        after.reward += difference;
        clustered.replace(totals[user], after);
        totals[user] = after;
        naive.replace({}, {1, difference});
      }
      const auto a = look_paired(clustered, spec), b = look_paired(naive, spec);
      clustered_excluded = clustered_excluded || a.low > 0 || a.high < 0;
      naive_excluded = naive_excluded || b.low > 0 || b.high < 0;
    }
    clustered_wrong += clustered_excluded ? 1 : 0;
    naive_wrong += naive_excluded ? 1 : 0;
  }
  const double runs = experiments / 2.0;
  BOOST_TEST_MESSAGE("clustered " << clustered_wrong / runs << ", by request "
                                  << naive_wrong / runs);
  BOOST_TEST(clustered_wrong / runs <= alpha + 3 * std::sqrt(alpha * (1 - alpha) / runs));
  BOOST_TEST(naive_wrong / runs > 0.2);  // the harness sees what clustering is for
}

BOOST_AUTO_TEST_CASE(a_real_effect_is_found_soon_after_the_tuned_size) {
  const SequentialSpec spec{alpha, tau_for({2, 1'000, alpha}), 100};
  int found = 0;
  for (std::uint64_t e = 0; e < 200; ++e) {
    Philox random(5, e);
    ArmSums control, variant;
    for (int i = 0; i < 2'000; ++i) {
      control.replace({}, {1, random.normal()});
      variant.replace({}, {1, 0.2 + random.normal()});
    }
    if (look_two_arms(control, variant, spec).low > 0) ++found;
  }
  BOOST_TEST(found > 190);
}

BOOST_AUTO_TEST_CASE(interval_and_p_value_are_two_views_of_one_test) {
  const SequentialSpec spec{alpha, 0.1, 100};
  for (double effect = 0; effect < 0.5; effect += 0.013) {
    const auto look = look_at({effect, 0.003}, spec);
    BOOST_TEST((look.low > 0) == (look.p_value < alpha));
  }
}

BOOST_AUTO_TEST_CASE(equal_arms_agree_with_the_intrinsic_time_form) {
  const double variance = 2, tau = 0.3, n = 700;
  const double rho = variance * variance / (tau * tau);
  const double expected =
      std::sqrt((n * variance + rho) * std::log((n * variance + rho) / (rho * alpha * alpha))) / n;

  const auto look = look_at({0, variance / n}, {alpha, tau, 100});

  BOOST_TEST(look.high == expected, tt::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(tau_is_best_at_the_size_it_was_tuned_for) {
  const double n = 1'000;
  const auto width = [&](double n_star) {
    return look_at({0, 2 / n}, {alpha, tau_for({2, n_star, alpha}), 100}).high;
  };

  BOOST_TEST(width(n) < width(n / 4));
  BOOST_TEST(width(n) < width(n * 4));
}

BOOST_AUTO_TEST_CASE(a_users_new_total_replaces_his_old_one) {
  ArmSums grown, fresh;
  grown.replace({}, {1, 0.5});
  grown.replace({}, {2, 2.0});
  grown.replace({1, 0.5}, {4, 1.5});

  fresh.replace({}, {4, 1.5});
  fresh.replace({}, {2, 2.0});

  BOOST_TEST(grown.clusters == 2u);
  BOOST_TEST(grown.mean() == 3.5 / 6);
  BOOST_TEST(grown.variance_of_mean() == fresh.variance_of_mean(), tt::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(nothing_is_decided_before_enough_clusters_or_without_variance) {
  const SequentialSpec spec{alpha, 0.1, 100};
  ArmSums few, flat;
  for (int i = 0; i < 99; ++i)
    few.replace({}, {1, i % 2 == 0 ? 10.0 : 9.0});
  for (int i = 0; i < 500; ++i)
    flat.replace({}, {1, 0.0});

  const auto early = look_paired(few, spec, 0.3);
  const auto still = look_two_arms(flat, flat, spec);

  BOOST_TEST(!early.ready);
  BOOST_TEST(early.p_value == 0.3);
  BOOST_TEST(early.low < -1e8);
  BOOST_TEST(!still.ready);
  BOOST_TEST(still.p_value == 1.0);
}

BOOST_AUTO_TEST_CASE(p_values_never_rise_again) {
  const SequentialSpec spec{alpha, 0.1, 100};
  const auto strong = look_at({0.4, 0.003}, spec);

  BOOST_TEST(look_at({0.0, 0.002}, spec, strong.p_value).p_value == strong.p_value);
}

BOOST_AUTO_TEST_SUITE_END()
