#include "model/ranking/diversity.hpp"

#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace ars;
using namespace ars::model;
using namespace ars::model::sample;

namespace {

std::shared_ptr<const CatalogueView> catalogue_of(std::uint32_t items) {
  CatalogueFold fold;
  for (std::uint32_t i = 0; i < items; ++i) {
    fold.observe(listing(i, {i < items / 2 ? "war" : "love"}, after_days(i)));
  }
  return fold.publish().view;
}

RankedCandidates ranked_of(std::uint32_t items) {
  RankedCandidates out;
  for (std::uint32_t i = 0; i < items; ++i) {
    out.items.emplace_back(i);
    out.scores.push_back(static_cast<float>(items - i) / static_cast<float>(items));
    out.sources.push_back(1);
  }
  return out;
}

std::vector<std::uint32_t> rows_of(const std::vector<Choice>& choices) {
  std::vector<std::uint32_t> out;
  for (const auto& each : choices)
    out.push_back(each.row);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_diversity)

BOOST_AUTO_TEST_CASE(relevance_alone_keeps_the_order) {
  const auto catalogue = catalogue_of(20);

  const auto choices = rerank(ranked_of(20), {.mmr_lambda = 1}, *catalogue, after_days(30), 5);

  BOOST_TEST((rows_of(choices) == std::vector<std::uint32_t>{0, 1, 2, 3, 4}));
}

BOOST_AUTO_TEST_CASE(less_relevance_brings_another_category_early) {
  const auto catalogue = catalogue_of(20);

  const auto choices = rerank(ranked_of(20), {.mmr_lambda = 0.3}, *catalogue, after_days(30), 2);

  // Rows 0 to 9 are war, 10 to 19 love: the best love row comes second.
  BOOST_TEST((rows_of(choices) == std::vector<std::uint32_t>{0, 10}));
}

BOOST_AUTO_TEST_CASE(a_cap_holds_until_nothing_else_is_left) {
  const auto catalogue = catalogue_of(8);
  const events::RerankSetting setting{.mmr_lambda = 1, .category_cap = 2};

  const auto choices = rerank(ranked_of(8), setting, *catalogue, after_days(30), 6);

  BOOST_TEST((rows_of(choices) == std::vector<std::uint32_t>{0, 1, 4, 5, 2, 3}));
  BOOST_TEST(!choices[3].backfill);
  BOOST_TEST(choices[4].backfill);
}

BOOST_AUTO_TEST_CASE(fresh_items_rise) {
  const auto catalogue = catalogue_of(20);
  const events::RerankSetting setting{
      .mmr_lambda = 1, .freshness_weight = 3, .freshness_half_life_s = 86400};

  const auto choices = rerank(ranked_of(20), setting, *catalogue, after_days(20), 3);

  BOOST_TEST(choices[0].row == 19u);
}

BOOST_AUTO_TEST_CASE(rows_are_distinct_and_as_many_as_there_are) {
  const auto catalogue = catalogue_of(6);

  const auto choices =
      rerank(ranked_of(6), {.mmr_lambda = 0.5, .category_cap = 1}, *catalogue, after_days(30), 50);

  std::map<std::uint32_t, int> seen;
  for (const auto& each : choices)
    ++seen[each.row];
  BOOST_TEST(choices.size() == 6u);
  BOOST_TEST(seen.size() == 6u);
  BOOST_TEST(rerank({}, {.mmr_lambda = 1}, *catalogue, after_days(30), 5).empty());
}

BOOST_AUTO_TEST_CASE(similarity_is_the_jaccard_index_of_categories) {
  CatalogueFold fold;
  fold.observe(listing(0, {"a", "b"}));
  fold.observe(listing(1, {"b", "c"}));
  fold.observe(listing(2, {}));
  const auto view = fold.publish().view;
  const auto similarity = [&](std::uint32_t a, std::uint32_t b) {
    return category_similarity(view->item(ItemIndex(a)), view->item(ItemIndex(b)));
  };

  BOOST_TEST(similarity(0, 1) == 1.0 / 3);
  BOOST_TEST(similarity(0, 0) == 1);
  BOOST_TEST(similarity(0, 2) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
