#include "model/ranking/slate.hpp"

#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>
#include <set>

using namespace ars;
using namespace ars::model;
using namespace ars::model::sample;

namespace {

struct Setup {
  ViewSet views;
  RankedCandidates ranked;
  events::RequestRouted request;
  events::RerankSetting setting;

  Setup(std::uint32_t candidates, std::uint16_t size, std::uint16_t slots, double share) {
    auto folds = busy_folds(candidates, 10);
    views = folds.publish();
    for (std::uint32_t i = 0; i < candidates; ++i) {
      ranked.items.emplace_back(candidates - 1 - i);
      ranked.scores.push_back(1 / static_cast<float>(i + 1));
      ranked.sources.push_back(i % 4);
    }
    request = request_of(5);
    request.size = size;
    setting = {.mmr_lambda = 0.8, .explore_share = share, .explore_slots = slots};
  }
  SlateDistribution distribution() const { return {ranked, setting, views, request}; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(model_slate)

BOOST_AUTO_TEST_CASE(probabilities_of_each_slot_sum_to_one) {
  for (const auto& [candidates, size, slots, share] :
       std::vector<std::tuple<std::uint32_t, std::uint16_t, std::uint16_t, double>>{
           {40, 10, 3, 0.3},
           {12, 10, 5, 0.5},
           {10, 10, 3, 0.5},
           {4, 10, 3, 0.5},
           {40, 10, 20, 1},
           {40, 10, 3, 0},
           {11, 3, 3, 0.9}}) {
    const Setup setup(candidates, size, slots, share);
    const auto distribution = setup.distribution();
    BOOST_TEST(distribution.slots() == std::min<std::size_t>(candidates, size));
    for (std::uint16_t slot = 0; slot < distribution.slots(); ++slot) {
      double sum = 0;
      for (const auto item : setup.ranked.items)
        sum += distribution.probability(item, slot);
      BOOST_TEST(sum == 1, boost::test_tools::tolerance(1e-12));
    }
    BOOST_TEST(distribution.probability(setup.ranked.items[0], 999) == 0);
    BOOST_TEST(distribution.probability(ItemIndex(99'999), 0) == 0);
  }
}

BOOST_AUTO_TEST_CASE(logged_propensities_are_the_frequencies_of_many_draws) {
  const Setup setup(16, 6, 3, 0.4);
  const auto distribution = setup.distribution();
  constexpr std::uint64_t draws = 200'000;
  std::map<std::pair<std::uint16_t, ItemIndex>, std::uint64_t> counts;

  for (std::uint64_t ordinal = 0; ordinal < draws; ++ordinal) {
    for (const auto& each :
         distribution.draw(exploration_key(Seed(7), setup.request.user, ordinal))) {
      ++counts[{each.slot, each.item}];
      BOOST_REQUIRE_EQUAL(each.propensity, distribution.probability(each.item, each.slot));
      BOOST_REQUIRE(each.propensity > 0);
    }
  }

  // Every item in every slot, those never drawn too; five standard errors over 96 cells.
  for (std::uint16_t slot = 0; slot < 6; ++slot) {
    for (const auto item : setup.ranked.items) {
      const double p = distribution.probability(item, slot);
      const double frequency = to_double(counts[{slot, item}]) / to_double(draws);
      BOOST_TEST(std::abs(frequency - p) <= 5 * std::sqrt(p * (1 - p) / to_double(draws)));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_slate_never_repeats_an_item_even_when_few_are_outside) {
  const Setup setup(12, 10, 10, 0.9);
  const auto distribution = setup.distribution();
  BOOST_TEST(distribution.explorable_slots() == 2u);

  for (std::uint64_t ordinal = 0; ordinal < 2000; ++ordinal) {
    const auto slate = distribution.draw(exploration_key(Seed(7), setup.request.user, ordinal));
    std::set<ItemIndex> items;
    for (const auto& each : slate)
      items.insert(each.item);
    BOOST_REQUIRE(items.size() == 10u);
  }
}

BOOST_AUTO_TEST_CASE(slots_before_the_last_ones_are_fixed_with_propensity_one) {
  const Setup setup(40, 10, 3, 1);

  const auto slate =
      compose_slate(setup.ranked, setup.setting, setup.views, setup.request, Seed(7));

  const auto fixed = setup.distribution().deterministic();
  BOOST_REQUIRE(slate.size() == 10u);
  for (std::size_t slot = 0; slot < 10; ++slot) {
    BOOST_TEST(slate[slot].slot == slot);
    BOOST_TEST(
        (slate[slot].kind == (slot < 7 ? events::SlotKind::ranked : events::SlotKind::explore)));
    BOOST_TEST((slate[slot].item == fixed[slot]) == (slot < 7));
    BOOST_TEST(slate[slot].propensity == (slot < 7 ? 1.0 : 1.0 / 30),
               boost::test_tools::tolerance(1e-12));
    BOOST_TEST(slate[slot].item_id == fmt::format("item-{}", slate[slot].item.value()));
    BOOST_TEST((setup.ranked.items[slate[slot].rank_before] == slate[slot].item));
    BOOST_TEST(slate[slot].sources == setup.ranked.sources[slate[slot].rank_before]);
  }
}

BOOST_AUTO_TEST_CASE(the_same_request_explores_alike_whatever_the_candidates) {
  const Setup a(40, 10, 4, 0.5);
  Setup b(90, 10, 4, 0.5);
  std::uint64_t explored = 0;

  for (std::uint64_t ordinal = 0; ordinal < 200; ++ordinal) {
    const auto key = exploration_key(Seed(7), a.request.user, ordinal);
    const auto first = a.distribution().draw(key);
    const auto second = b.distribution().draw(key);
    for (std::size_t slot = 0; slot < 10; ++slot) {
      BOOST_REQUIRE((first[slot].kind == second[slot].kind));
      explored += first[slot].kind == events::SlotKind::explore ? 1u : 0u;
    }
  }
  BOOST_TEST(explored > 300u);
  BOOST_TEST(explored < 500u);
}

BOOST_AUTO_TEST_CASE(keys_differ_by_seed_user_and_ordinal) {
  std::set<std::uint64_t> keys;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    for (std::uint32_t user = 0; user < 20; ++user) {
      for (std::uint64_t ordinal = 0; ordinal < 20; ++ordinal) {
        keys.insert(exploration_key(Seed(seed), user_id(user), ordinal));
      }
    }
  }

  BOOST_TEST(keys.size() == 2000u);
}

BOOST_AUTO_TEST_CASE(no_candidates_give_an_empty_slate) {
  Setup setup(40, 10, 3, 0.5);
  setup.ranked = {};

  BOOST_TEST(
      compose_slate(setup.ranked, setup.setting, setup.views, setup.request, Seed(7)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
