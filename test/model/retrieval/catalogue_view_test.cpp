#include "model/retrieval/catalogue_view.hpp"

#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace ars;
using namespace ars::model;
using namespace ars::model::sample;

BOOST_AUTO_TEST_SUITE(model_catalogue_view)

BOOST_AUTO_TEST_CASE(items_are_found_by_index_and_by_id) {
  CatalogueFold fold;
  for (std::uint32_t i = 0; i < 3000; ++i)
    fold.observe(listing(i, {"drama", "war"}));

  const auto view = fold.publish().view;

  BOOST_TEST(view->size() == 3000u);
  BOOST_TEST(view->item(ItemIndex(1234)).title == "Item 1234");
  BOOST_TEST((view->find("item-1234") == ItemIndex(1234)));
  BOOST_TEST(!view->find("item-3000").has_value());
  BOOST_TEST(view->item(ItemIndex(3000)).item_id.empty());
  BOOST_TEST(view->attribute(ItemIndex(4), "appeal", 9) == 2);
  BOOST_TEST(view->attribute(ItemIndex(4), "year", 9) == 9);
}

BOOST_AUTO_TEST_CASE(categories_are_numbered_by_first_appearance) {
  CatalogueFold fold;
  fold.observe(listing(0, {"war", "drama", "war"}));
  fold.observe(listing(1, {"comedy", "war"}));

  const auto view = fold.publish().view;

  BOOST_TEST(view->category_count() == 3u);
  BOOST_TEST(view->category_name(0) == "war");
  BOOST_TEST((view->category("comedy") == std::uint16_t{2}));
  BOOST_TEST(!view->category("noir").has_value());
  BOOST_TEST((view->item(ItemIndex(0)).categories == std::vector<std::uint16_t>{0, 1}));
  BOOST_TEST((view->item(ItemIndex(1)).categories == std::vector<std::uint16_t>{2, 0}));
}

BOOST_AUTO_TEST_CASE(listing_an_index_again_replaces_it_and_its_id) {
  CatalogueFold fold;
  fold.observe(listing(0, {"war"}));
  auto renamed = listing(0, {"drama"});
  renamed.item_id = "renamed";
  fold.observe(renamed);

  const auto view = fold.publish().view;

  BOOST_TEST(!view->find("item-0").has_value());
  BOOST_TEST((view->find("renamed") == ItemIndex(0)));
}

BOOST_AUTO_TEST_CASE(an_attribute_that_is_not_finite_is_left_out) {
  CatalogueFold fold;
  auto row = listing(0, {});
  row.attributes.push_back({"broken", std::numeric_limits<double>::infinity()});
  fold.observe(row);

  BOOST_TEST(fold.publish().view->item(ItemIndex(0)).attributes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_published_view_does_not_see_what_comes_after) {
  CatalogueFold fold;
  fold.observe(listing(0, {"war"}));
  const auto first = fold.publish().view;
  fold.observe(listing(1, {"drama"}));
  const auto second = fold.publish().view;

  BOOST_TEST(first->size() == 1u);
  BOOST_TEST(!first->find("item-1").has_value());
  BOOST_TEST(first->category_count() == 1u);
  BOOST_TEST(second->size() == 2u);
  BOOST_TEST(first->version.value() == 1u);
  BOOST_TEST(second->version.value() == 2u);
  BOOST_TEST((first->sha256 != second->sha256));
}

BOOST_AUTO_TEST_CASE(publishing_one_item_costs_the_same_at_any_size) {
  const auto cost_at = [](std::uint32_t size) {
    CatalogueFold fold;
    for (std::uint32_t i = 0; i < size; ++i)
      fold.observe(listing(i, {"war"}));
    fold.publish();
    const auto before = fold.nodes_made();
    fold.observe(listing(size, {"war"}));
    fold.publish();
    return fold.nodes_made() - before;
  };

  BOOST_TEST(cost_at(101) <= 8u);
  BOOST_TEST(cost_at(50'001) <= 8u);
}

BOOST_AUTO_TEST_CASE(deltas_replay_to_the_same_views_and_chain) {
  CatalogueFold live;
  CatalogueFold replayed;
  for (std::uint32_t i = 0; i < 500; ++i) {
    live.observe(listing(i, {fmt::format("c{}", i % 9), "x"}, after_days(i)));
    if (i % 37 != 0) continue;
    const auto published = live.publish();
    const auto again = replayed.apply(published.delta);

    BOOST_REQUIRE(again.has_value());
    BOOST_REQUIRE((again.value().view->sha256 == published.view->sha256));
    BOOST_REQUIRE((again.value().delta == published.delta));
    BOOST_REQUIRE_EQUAL(again.value().view->size(), published.view->size());
    const auto& a = again.value().view->item(ItemIndex(i));
    const auto& b = published.view->item(ItemIndex(i));
    BOOST_REQUIRE_EQUAL(a.title, b.title);
    BOOST_REQUIRE((a.categories == b.categories && a.listed_at == b.listed_at));
    BOOST_REQUIRE((a.attributes == b.attributes));
  }
}

BOOST_AUTO_TEST_CASE(a_delta_out_of_order_or_of_another_view_is_refused) {
  CatalogueFold live;
  live.observe(listing(0, {"war"}));
  const auto first = live.publish().delta;
  live.observe(listing(1, {"war"}));
  const auto second = live.publish().delta;
  StatisticsFold other;
  other.observe(listing(0, {"war"}));
  const auto foreign = other.publish().delta;

  CatalogueFold fold;
  BOOST_TEST((fold.apply(second).error().code == Errc::corrupt));
  BOOST_TEST((fold.apply(foreign).error().code == Errc::corrupt));
  BOOST_REQUIRE(fold.apply(first).has_value());
  BOOST_TEST((fold.apply(first).error().code == Errc::corrupt));
  BOOST_TEST(fold.apply(second).has_value());
}

BOOST_AUTO_TEST_CASE(a_cut_or_bent_delta_is_never_taken_for_a_good_one) {
  CatalogueFold live;
  for (std::uint32_t i = 0; i < 5; ++i)
    live.observe(listing(i, {"war", "drama"}));
  const auto published = live.publish();

  std::size_t refused = 0;
  for (std::size_t i = 0; i < published.delta.size(); ++i) {
    auto bent = published.delta;
    bent[i] ^= 0x41;
    CatalogueFold fold;
    const auto taken = fold.apply(bent);
    if (!taken.has_value()) {
      ++refused;
    } else {
      BOOST_REQUIRE((taken.value().view->sha256 != published.view->sha256 ||
                     taken.value().delta == published.delta));
    }
  }
  BOOST_TEST(refused > 0u);
  CatalogueFold fold;
  BOOST_TEST(!fold.apply(ByteSpan(published.delta).first(published.delta.size() / 2)).has_value());
}

BOOST_AUTO_TEST_CASE(publishing_nothing_new_gives_the_same_version) {
  CatalogueFold fold;
  fold.observe(listing(0, {"war"}));
  const auto first = fold.publish();

  const auto again = fold.publish();

  BOOST_TEST(again.view == first.view);
  BOOST_TEST(again.delta.empty());
  BOOST_TEST(again.observations == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
