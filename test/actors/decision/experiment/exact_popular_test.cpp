#include "actors/decision/experiment/exact_popular.hpp"

#include "events/base/check.hpp"
#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

using namespace ars;
using namespace ars::actors;
using namespace ars::model::sample;

namespace {

// Interactions of a skewed taste, of which the view has seen the first `published`.
struct Story {
  model::ViewSet views;
  std::vector<ItemIndex> all;
  std::uint32_t items;

  Story(std::uint32_t item_count, std::uint32_t interactions, std::uint32_t published,
        std::uint64_t seed)
      : items(item_count) {
    Folds folds;
    for (std::uint32_t i = 0; i < items; ++i)
      folds.observe(listing(i, {"c"}));
    Philox draws(seed, 2);
    for (std::uint32_t i = 0; i < interactions; ++i) {
      const double skewed = draws.uniform() * draws.uniform();
      all.emplace_back(truncate<std::uint32_t>(skewed * to_double(items)));
      if (i < published) folds.observe(interaction(all.back().value(), after_days(1)));
    }
    views = folds.publish();
  }

  // Counts everything, sorts everything.
  std::vector<ItemIndex> brute_force(std::span<const ItemIndex> seen, std::size_t n) const {
    std::map<ItemIndex, std::uint32_t> counts;
    for (const auto item : all)
      counts[item] += 1;
    std::vector<ItemIndex> order;
    for (std::uint32_t i = 0; i < items; ++i) {
      if (!std::binary_search(seen.begin(), seen.end(), ItemIndex(i))) order.emplace_back(i);
    }
    std::sort(order.begin(), order.end(), [&](ItemIndex a, ItemIndex b) {
      if (counts[a] != counts[b]) return counts[a] > counts[b];
      return views.catalogue->item(a).item_id > views.catalogue->item(b).item_id;
    });
    order.resize(std::min(n, order.size()));
    return order;
  }
  std::vector<ItemIndex> exact(std::span<const ItemIndex> seen, std::size_t n) const {
    return exact_popular(views, all.size(), all, seen, n);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(actors_exact_popular)

BOOST_AUTO_TEST_CASE(it_equals_counting_everything_whatever_the_view_lacks) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const std::uint32_t lacks : {0u, 1u, 37u, 200u}) {
      const Story story(120, 600, 600 - lacks, seed);
      BOOST_TEST_CONTEXT("seed " << seed << ", the view lacks " << lacks) {
        BOOST_CHECK(story.exact({}, 10) == story.brute_force({}, 10));
        const auto seen = story.brute_force({}, 30);
        auto sorted = seen;
        std::sort(sorted.begin(), sorted.end());
        BOOST_CHECK(story.exact(sorted, 10) == story.brute_force(sorted, 10));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_user_who_saw_all_that_is_popular_gets_the_rest_of_the_catalogue) {
  const Story story(60, 300, 280, 3);
  std::vector<ItemIndex> seen;
  for (std::uint32_t i = 0; i < 55; ++i)
    seen.emplace_back(i);

  BOOST_CHECK(story.exact(seen, 10) == story.brute_force(seen, 10));
  BOOST_TEST(story.exact(seen, 10).size() == 5u);
}

BOOST_AUTO_TEST_CASE(items_that_nobody_took_come_last_by_their_id_descending) {
  const Story story(12, 0, 0, 1);

  const auto out = story.exact({}, 3);

  BOOST_CHECK(out == indices({9, 8, 7}));  // item-9, item-8, item-7, before item-11 as text
}

BOOST_AUTO_TEST_CASE(more_missing_interactions_than_are_kept_is_our_bug) {
  const Story story(20, 100, 50, 1);
  const StepGuard guard;

  BOOST_CHECK_THROW(exact_popular(story.views, 100, std::span(story.all).last(49), {}, 5),
                    StepFailure);
}

BOOST_AUTO_TEST_SUITE_END()
