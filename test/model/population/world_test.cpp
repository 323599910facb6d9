#include "model/population/world.hpp"

#include "events/base/narrow.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

using namespace ars;
using namespace ars::model::population;

namespace {

using Score = std::function<double(const World&, const Arrival&, ItemIndex)>;

struct Figures {
  double clicks = 0;        // per shown item
  double satisfaction = 0;  // per click
};

// The ten best by a score, never what the user clicked before.
Figures play(const Score& score, std::size_t requests, std::uint64_t seed,
             const std::function<void(const Response&)>& told = {}) {
  World world(WorldSetting{.seed = Seed(seed)});
  std::map<std::uint32_t, std::set<ItemIndex>> clicked;
  double shown = 0;
  double clicks = 0;
  double satisfied = 0;
  double rewards = 0;
  for (std::size_t i = 0; i < requests; ++i) {
    const auto arrival = world.next_arrivals(1).front();
    for (const auto& each : world.delayed(arrival.occurred_at)) {
      satisfied += each.satisfaction;
      rewards += 1;
    }
    std::vector<std::pair<double, ItemIndex>> scored;
    for (std::uint32_t k = 0; k < world.items(); ++k) {
      if (clicked[arrival.user_number].contains(ItemIndex(k))) continue;
      scored.emplace_back(score(world, arrival, ItemIndex(k)), k);
    }
    std::partial_sort(scored.begin(), scored.begin() + 10, scored.end(), std::greater<>());
    std::vector<ItemIndex> slate;
    for (std::size_t k = 0; k < 10; ++k)
      slate.push_back(scored[k].second);
    const auto response = world.respond(arrival, slate);
    for (const auto& outcome : response.outcomes) {
      shown += 1;
      if (outcome.click == 0) continue;
      clicks += 1;
      clicked[arrival.user_number].insert(outcome.item);
    }
    if (told) told(response);
  }
  return {clicks / shown, satisfied / rewards};
}

Figures play_popularity(std::size_t requests, std::uint64_t seed) {
  std::map<ItemIndex, double> heat;
  return play([&](const World&, const Arrival&, ItemIndex item) { return heat[item]; }, requests,
              seed,
              [&](const Response& response) {
                for (auto& each : heat)
                  each.second *= 0.9995;
                for (const auto& outcome : response.outcomes) {
                  heat[outcome.item] += to_double(outcome.click);
                }
              });
}

std::vector<ItemIndex> range(std::uint32_t from, std::uint32_t to) {
  std::vector<ItemIndex> out;
  for (auto i = from; i < to; ++i)
    out.emplace_back(i);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_population_world)

BOOST_AUTO_TEST_CASE(the_known_best_policy_beats_popularity_by_far) {
  for (const std::uint64_t seed : {1, 7}) {
    const auto popularity = play_popularity(1500, seed);
    const auto best =
        play([](const World& world, const Arrival& arrival,
                ItemIndex item) { return world.honest_click_probability(arrival, item); },
             1500, seed);
    BOOST_TEST_MESSAGE("seed " << seed << " clicks: popularity " << popularity.clicks << ", best "
                               << best.clicks);

    BOOST_TEST(popularity.clicks > 0.03);
    BOOST_TEST(popularity.clicks < 0.12);
    BOOST_TEST(best.clicks > 2 * popularity.clicks);
    BOOST_TEST(best.satisfaction > popularity.satisfaction);
  }
}

BOOST_AUTO_TEST_CASE(ranking_with_appeal_raises_clicks_and_lowers_satisfaction) {
  for (const std::uint64_t seed : {1, 7}) {
    const auto honest =
        play([](const World& world, const Arrival& arrival,
                ItemIndex item) { return world.honest_click_probability(arrival, item); },
             1500, seed);
    const auto bait = play([](const World& world, const Arrival& arrival,
                              ItemIndex item) { return world.click_probability(arrival, item); },
                           1500, seed);
    BOOST_TEST_MESSAGE("seed " << seed << " clicks " << honest.clicks << " -> " << bait.clicks
                               << ", satisfaction " << honest.satisfaction << " -> "
                               << bait.satisfaction);

    BOOST_TEST(bait.clicks > 1.05 * honest.clicks);
    BOOST_TEST(bait.satisfaction < 0.9 * honest.satisfaction);
    BOOST_TEST(bait.clicks * bait.satisfaction < 0.97 * honest.clicks * honest.satisfaction);
  }
}

BOOST_AUTO_TEST_CASE(two_worlds_of_one_seed_are_paired_whatever_they_are_shown) {
  const WorldSetting setting{.seed = Seed(3)};
  World a(setting);
  World b(setting);

  std::size_t differing = 0;
  for (int i = 0; i < 300; ++i) {
    const auto first = a.next_arrivals(1).front();
    const auto second = b.next_arrivals(1).front();
    BOOST_REQUIRE_EQUAL(first.user, second.user);
    BOOST_REQUIRE_EQUAL(first.ordinal, second.ordinal);
    BOOST_REQUIRE((first.occurred_at == second.occurred_at));
    BOOST_REQUIRE((first.context == second.context));
    BOOST_REQUIRE_EQUAL(first.listed.size(), second.listed.size());
    // Other items, but item 5 in slot 0 of both.
    auto shown_a = range(100, 109);
    auto shown_b = range(200, 209);
    shown_a.insert(shown_a.begin(), ItemIndex(5));
    shown_b.insert(shown_b.begin(), ItemIndex(5));
    const auto answer_a = a.respond(first, shown_a);
    const auto answer_b = b.respond(second, shown_b);
    BOOST_REQUIRE((answer_a.outcomes[0] == answer_b.outcomes[0]));
    for (std::size_t slot = 0; slot < 10; ++slot) {
      BOOST_REQUIRE_EQUAL(answer_a.outcomes[slot].viewed, answer_b.outcomes[slot].viewed);
      differing += answer_a.outcomes[slot].click != answer_b.outcomes[slot].click ? 1u : 0u;
    }
  }
  BOOST_TEST(differing > 10u);
}

BOOST_AUTO_TEST_CASE(the_same_calls_give_the_same_world_again_and_batches_do_not_matter) {
  const WorldSetting setting{.seed = Seed(4)};
  World a(setting);
  World b(setting);
  std::vector<Arrival> singles;
  for (int i = 0; i < 200; ++i)
    singles.push_back(a.next_arrivals(1).front());
  const auto batch = b.next_arrivals(200);

  BOOST_REQUIRE(batch.size() == singles.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    BOOST_REQUIRE_EQUAL(batch[i].user, singles[i].user);
    BOOST_REQUIRE((batch[i].occurred_at == singles[i].occurred_at));
    BOOST_REQUIRE_EQUAL(batch[i].listed.size(), singles[i].listed.size());
    const auto slate = range(0, 10);
    BOOST_REQUIRE((a.respond(singles[i], slate).outcomes == b.respond(batch[i], slate).outcomes));
  }
  const auto end = singles.back().occurred_at + Duration::seconds(86400 * 30);
  const auto due_a = a.delayed(end);
  const auto due_b = b.delayed(end);
  BOOST_REQUIRE(!due_a.empty());
  BOOST_REQUIRE(due_a.size() == due_b.size());
  for (std::size_t i = 0; i < due_a.size(); ++i) {
    BOOST_REQUIRE_EQUAL(due_a[i].number, due_b[i].number);
    BOOST_REQUIRE_EQUAL(due_a[i].satisfaction, due_b[i].satisfaction);
  }
}

BOOST_AUTO_TEST_CASE(arrivals_list_the_catalogue_in_order_and_it_grows) {
  World world(WorldSetting{});

  std::uint32_t next = 0;
  std::set<std::string> ids;
  for (const auto& arrival : world.next_arrivals(4000)) {
    BOOST_REQUIRE((arrival.number > 0 || arrival.listed.size() == 600));
    for (const auto& item : arrival.listed) {
      BOOST_REQUIRE_EQUAL(item.item.value(), next++);
      BOOST_REQUIRE(ids.insert(item.item_id).second);
      BOOST_REQUIRE(!item.categories.empty());
      BOOST_REQUIRE((item.occurred_at <= arrival.occurred_at));
      BOOST_REQUIRE_EQUAL(item.attributes.at(0).name, "appeal");
    }
  }
  BOOST_TEST(next > 900u);
  BOOST_TEST(next < 1300u);
}

BOOST_AUTO_TEST_CASE(users_join_over_time_and_count_their_requests) {
  World world(WorldSetting{});
  std::map<std::string, std::uint64_t> requests;
  std::set<std::string> early;

  const auto arrivals = world.next_arrivals(12'000);
  for (const auto& arrival : arrivals) {
    BOOST_REQUIRE_EQUAL(arrival.ordinal, requests[arrival.user]++);
    if (arrival.number < 2000) early.insert(arrival.user);
  }

  BOOST_TEST(early.size() > 180u);
  BOOST_TEST(early.size() < 330u);
  BOOST_TEST(requests.size() > 380u);
  BOOST_TEST((std::is_sorted(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) {
    return a.occurred_at < b.occurred_at;
  })));
}

BOOST_AUTO_TEST_CASE(early_slots_are_seen_and_clicked_more) {
  World world(WorldSetting{.seed = Seed(2)});
  std::array<double, 10> viewed{};
  std::array<double, 10> clicked{};
  Philox draws(1, 1);

  constexpr int requests = 8000;
  for (int i = 0; i < requests; ++i) {
    const auto arrival = world.next_arrivals(1).front();
    auto items = range(0, 600);
    draws.shuffle(items);
    items.resize(10);
    for (const auto& outcome : world.respond(arrival, items).outcomes) {
      viewed[outcome.slot] += outcome.viewed ? 1 : 0;
      clicked[outcome.slot] += to_double(outcome.click);
      BOOST_REQUIRE((outcome.viewed || outcome.click == 0));
    }
  }

  for (std::size_t slot = 0; slot < 10; ++slot) {
    BOOST_TEST(viewed[slot] / requests == World::examination(slot),
               boost::test_tools::tolerance(0.05));
  }
  BOOST_TEST(clicked[0] > 1.4 * clicked[9]);
}

BOOST_AUTO_TEST_CASE(clicks_come_with_the_stated_probability) {
  World world(WorldSetting{.seed = Seed(6)});
  double expected = 0;
  double variance = 0;
  double observed = 0;

  for (int i = 0; i < 4000; ++i) {
    const auto arrival = world.next_arrivals(1).front();
    const auto first = narrow<std::uint32_t>(i % 600);
    const ItemIndex items[] = {ItemIndex(first)};
    const double p = world.click_probability(arrival, items[0]);
    expected += p;
    variance += p * (1 - p);
    observed += to_double(world.respond(arrival, items).outcomes[0].click);
  }

  BOOST_TEST(std::abs(observed - expected) < 4 * std::sqrt(variance));
}

BOOST_AUTO_TEST_CASE(satisfaction_comes_later_once_per_click_and_in_order) {
  World world(WorldSetting{.seed = Seed(5)});
  std::map<std::uint64_t, Timestamp> clicked_at;
  std::size_t clicks = 0;
  std::vector<DelayedReward> rewards;

  Timestamp now;
  for (int i = 0; i < 3000; ++i) {
    const auto arrival = world.next_arrivals(1).front();
    now = arrival.occurred_at;
    for (auto& each : world.delayed(now)) {
      BOOST_REQUIRE((each.due_at <= now && each.due_at > clicked_at.at(each.number)));
      rewards.push_back(each);
    }
    for (const auto& outcome : world.respond(arrival, range(0, 10)).outcomes) {
      clicks += outcome.click > 0 ? 1u : 0u;
    }
    clicked_at[arrival.number] = arrival.occurred_at;
  }
  for (auto& each : world.delayed(now + Duration::seconds(365 * 86400)))
    rewards.push_back(each);

  BOOST_TEST(clicks > 100u);
  BOOST_TEST(rewards.size() == clicks);
  BOOST_TEST(world.delayed_pending() == 0u);
  BOOST_TEST((std::is_sorted(rewards.begin(), rewards.end(),
                             [](const auto& a, const auto& b) { return a.due_at < b.due_at; })));
  for (const auto& each : rewards) {
    BOOST_REQUIRE((each.satisfaction >= 0 && each.satisfaction <= 1));
  }
}

BOOST_AUTO_TEST_CASE(tastes_drift) {
  World world(WorldSetting{.seed = Seed(8)});
  const auto early = world.next_arrivals(1).front();
  auto late = early;
  late.occurred_at = early.occurred_at + Duration::seconds(20 * 86400);

  // Rank correlation would do; a plain one of log odds is enough to see movement and memory.
  double sum_a = 0, sum_b = 0, sum_ab = 0, sum_aa = 0, sum_bb = 0;
  for (const auto item : range(0, 600)) {
    const double a = std::log(world.click_probability(early, item));
    const double b = std::log(world.click_probability(late, item));
    sum_a += a;
    sum_b += b;
    sum_ab += a * b;
    sum_aa += a * a;
    sum_bb += b * b;
  }
  const double n = 600;
  const double correlation = (sum_ab - sum_a * sum_b / n) /
                             std::sqrt((sum_aa - sum_a * sum_a / n) * (sum_bb - sum_b * sum_b / n));

  BOOST_TEST(correlation < 0.95);
  BOOST_TEST(correlation > 0.2);
}

BOOST_AUTO_TEST_CASE(an_unknown_item_is_never_clicked_and_a_clicked_one_rarely_again) {
  World world(WorldSetting{.seed = Seed(9)});
  const auto arrivals = world.next_arrivals(500);

  for (const auto& arrival : arrivals) {
    const auto shown = std::vector{ItemIndex(1'000'000), ItemIndex(0)};
    const double before = world.click_probability(arrival, ItemIndex(0));
    const auto response = world.respond(arrival, shown);
    BOOST_REQUIRE(response.outcomes[0].click == 0);
    if (response.outcomes[1].click > 0) {
      BOOST_TEST(world.click_probability(arrival, ItemIndex(0)) < 0.2 * before);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
