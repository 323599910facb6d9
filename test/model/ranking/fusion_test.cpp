#include "model/ranking/fusion.hpp"

#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace ars;
using namespace ars::model;
using namespace ars::model::sample;

namespace {

events::ServingPlan plan_of(std::vector<events::RecallSetting> recalls) {
  events::ServingPlan out;
  out.recalls = std::move(recalls);
  out.fusion_k = 60;
  return out;
}

events::CandidatesRecalled result_of(std::string source, std::vector<ItemIndex> items) {
  events::CandidatesRecalled out;
  out.source = std::move(source);
  out.scores.assign(items.size(), 1);
  out.items = std::move(items);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_fusion)

BOOST_AUTO_TEST_CASE(scores_are_weighted_reciprocal_ranks_summed_over_sources) {
  const auto plan = plan_of({{"a", 10, 1, 0}, {"b", 10, 2, 0}});
  const std::vector recalled{result_of("b", indices({7, 5})), result_of("a", indices({5, 6}))};

  const auto fused = fuse(plan, recalled, 100);

  BOOST_TEST((fused.items == indices({5, 7, 6})));
  BOOST_TEST(to_double(fused.scores[0]) == 1.0 / 61 + 2.0 / 62, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(to_double(fused.scores[1]) == 2.0 / 61, boost::test_tools::tolerance(1e-6));
  BOOST_TEST((fused.sources == std::vector<std::uint32_t>{3, 2, 1}));
}

BOOST_AUTO_TEST_CASE(only_the_quota_of_each_recall_counts) {
  const auto plan = plan_of({{"a", 2, 1, 0}, {"b", 0, 1, 0}});
  const std::vector recalled{result_of("a", indices({1, 2, 3, 4})),
                             result_of("b", indices({10, 11, 12}))};

  const auto fused = fuse(plan, recalled, 100);

  const std::set<ItemIndex> items(fused.items.begin(), fused.items.end());
  const auto expected = indices({1, 2, 10, 11, 12});
  BOOST_TEST((items == std::set<ItemIndex>(expected.begin(), expected.end())));
}

BOOST_AUTO_TEST_CASE(the_order_of_arrival_of_recalls_changes_nothing) {
  const auto plan = plan_of({{"a", 50, 0.3, 0}, {"b", 50, 0.7, 0}, {"c", 50, 0.1, 0}});
  std::vector<events::CandidatesRecalled> recalled;
  Philox draws(5, 5);
  for (const auto* source : {"a", "b", "c"}) {
    std::vector<ItemIndex> items;
    for (std::uint32_t i = 0; i < 80; ++i)
      items.emplace_back(i);
    draws.shuffle(items);
    recalled.push_back(result_of(source, items));
  }
  const auto expected = fuse(plan, recalled, 60);

  std::swap(recalled[0], recalled[2]);
  const auto other = fuse(plan, recalled, 60);

  BOOST_TEST(expected.items.size() == 60u);
  BOOST_TEST((other.items == expected.items));
  BOOST_TEST((other.scores == expected.scores));
  BOOST_TEST((other.sources == expected.sources));
}

BOOST_AUTO_TEST_CASE(a_source_that_the_plan_does_not_have_is_ignored) {
  const auto plan = plan_of({{"a", 10, 1, 0}});
  const std::vector recalled{result_of("a", indices({1})), result_of("retired", indices({2}))};

  BOOST_TEST((fuse(plan, recalled, 100).items == indices({1})));
}

BOOST_AUTO_TEST_CASE(an_item_repeated_by_one_source_counts_once_at_its_best_rank) {
  const auto plan = plan_of({{"a", 10, 1, 0}});
  const std::vector recalled{result_of("a", indices({4, 5, 4}))};

  const auto fused = fuse(plan, recalled, 100);

  BOOST_TEST((fused.items == indices({4, 5})));
  BOOST_TEST(to_double(fused.scores[0]) == 1.0 / 61, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(nothing_recalled_fuses_to_nothing) {
  BOOST_TEST(fuse(plan_of({{"a", 10, 1, 0}}), {}, 100).items.empty());
}

BOOST_AUTO_TEST_CASE(a_logged_request_can_show_every_item_of_its_scene_and_no_other) {
  Folds folds;
  for (std::uint32_t i = 0; i < 8; ++i)
    folds.observe(listing(i, {i % 2 == 0 ? "men" : "women", "shirts"}));
  const auto catalogue = folds.publish().catalogue;
  const auto plan = plan_of({{"a", 10, 1, 0}, {"b", 10, 1, 0}});
  const std::vector recalled{result_of("a", indices({3, 6})), result_of("b", indices({6, 1}))};
  auto fused = fuse(plan, recalled, 100);
  const auto score = fused.scores[0];

  complete_scene(fused, *catalogue, "men", 100);

  BOOST_TEST((fused.items == indices({6, 0, 2, 4})));
  BOOST_TEST((fused.scores == std::vector<float>{score, 0, 0, 0}));
  BOOST_TEST((fused.sources == std::vector<std::uint32_t>{3, 0, 0, 0}));
  complete_scene(fused, *catalogue, "men", 3);
  BOOST_TEST(fused.items.size() == 4u);
  complete_scene(fused, *catalogue, "children", 100);
  BOOST_TEST(fused.items.empty());
}

BOOST_AUTO_TEST_SUITE_END()
