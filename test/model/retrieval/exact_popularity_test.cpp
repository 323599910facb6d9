#include "model/retrieval/exact_popularity.hpp"

#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace ars;
using namespace ars::model;
using namespace ars::model::sample;

namespace {

// The definition itself: sort all listed items by (count, id) descending.
std::vector<ItemIndex> by_definition(const PopularityCounts& counts, std::size_t n,
                                     const std::vector<ItemIndex>& seen) {
  std::vector<std::tuple<std::uint32_t, std::string, ItemIndex>> rows;
  for (std::uint32_t i = 0; i < counts.item_ids.size(); ++i) {
    const bool excluded = std::find(seen.begin(), seen.end(), ItemIndex(i)) != seen.end();
    if (!counts.item_ids[i].empty() && !excluded) {
      rows.emplace_back(counts.counts[i], counts.item_ids[i], ItemIndex(i));
    }
  }
  std::sort(rows.begin(), rows.end(), std::greater<>());
  std::vector<ItemIndex> out;
  for (std::size_t i = 0; i < std::min(n, rows.size()); ++i)
    out.push_back(std::get<2>(rows[i]));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_exact_popularity)

BOOST_AUTO_TEST_CASE(it_equals_its_definition_after_every_interaction) {
  ExactPopularity popularity;
  Philox draws(9, 9);
  for (std::uint32_t i = 0; i < 300; ++i)
    popularity.list(ItemIndex(i), fmt::format("{}", i));

  for (int i = 0; i < 3000; ++i) {
    popularity.add(ItemIndex(truncate<std::uint32_t>(draws.uniform() * draws.uniform() * 300)));
    if (i % 50 == 0) {
      popularity.list(ItemIndex(300 + narrow<std::uint32_t>(i)), fmt::format("late-{}", i));
    }
    if (i % 7 != 0) continue;
    std::vector<ItemIndex> seen;
    for (int k = 0; k < 20; ++k)
      seen.emplace_back(narrow<std::uint32_t>(draws.below(300)));
    BOOST_REQUIRE((popularity.top(10, seen) == by_definition(popularity.counts(), 10, seen)));
  }
}

BOOST_AUTO_TEST_CASE(ties_compare_ids_as_bytes_not_as_numbers) {
  ExactPopularity popularity;
  for (const std::uint32_t i : {9u, 10u, 100u, 2u}) {
    popularity.list(ItemIndex(i), fmt::format("{}", i));
  }

  BOOST_TEST((popularity.top(4, {}) == indices({9, 2, 100, 10})));
}

BOOST_AUTO_TEST_CASE(items_nobody_took_come_last_but_come) {
  ExactPopularity popularity;
  for (std::uint32_t i = 0; i < 3; ++i)
    popularity.list(ItemIndex(i), fmt::format("{}", i));
  popularity.add(ItemIndex(0));

  BOOST_TEST((popularity.top(10, {}) == indices({0, 2, 1})));
  BOOST_TEST((popularity.top(10, indices({0})) == indices({2, 1})));
}

BOOST_AUTO_TEST_CASE(it_is_rebuilt_from_its_counts) {
  ExactPopularity live;
  Philox draws(4, 4);
  for (std::uint32_t i = 0; i < 50; ++i)
    live.list(ItemIndex(i), fmt::format("{}", i));
  for (int i = 0; i < 500; ++i)
    live.add(ItemIndex(narrow<std::uint32_t>(draws.below(50))));

  ExactPopularity rebuilt(live.counts());

  BOOST_TEST((rebuilt.top(50, {}) == live.top(50, {})));
  rebuilt.add(ItemIndex(7));
  live.add(ItemIndex(7));
  BOOST_TEST((rebuilt.top(50, {}) == live.top(50, {})));
}

BOOST_AUTO_TEST_CASE(sorting_all_that_the_view_counted_gives_the_same_answer) {
  auto folds = busy_folds(2500, 6000);
  ExactPopularity exact;
  const auto views = folds.publish();
  const auto count = [&](ItemIndex item) { return views.statistics->count(item); };
  const auto id = [](ItemIndex item) { return fmt::format("item-{}", item.value()); };
  std::vector<ItemIndex> sorted;
  for (std::uint32_t i = 0; i < 2500; ++i) {
    sorted.emplace_back(i);
    exact.list(ItemIndex(i), id(ItemIndex(i)));
    for (std::uint32_t k = 0; k < count(ItemIndex(i)); ++k)
      exact.add(ItemIndex(i));
  }
  std::sort(sorted.begin(), sorted.end(), [&](ItemIndex a, ItemIndex b) {
    return count(a) != count(b) ? count(a) > count(b) : id(a) > id(b);
  });

  // The last two: users who have seen more than a maintained list holds.
  for (const std::size_t seen : {0u, 1500u, 2495u}) {
    const auto cut = sorted.begin() + narrow<std::ptrdiff_t>(seen);
    std::vector<ItemIndex> known(sorted.begin(), cut);
    std::sort(known.begin(), known.end());
    const std::vector<ItemIndex> expected(cut, std::min(cut + 10, sorted.end()));
    BOOST_TEST((exact.top(10, known) == expected), seen);
  }
}

BOOST_AUTO_TEST_SUITE_END()
