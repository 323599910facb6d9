#include "test/store/projections/fold.hpp"

using namespace ars;
using namespace ars::test;
using store::projections::ItemProfileRow;
using store::projections::ItemProfiles;

BOOST_AUTO_TEST_SUITE(projections_item_profiles)

BOOST_AUTO_TEST_CASE(impressions_views_clicks_and_interactions_meet_in_one_row) {
  Fold<ItemProfiles> fold;
  events::ItemListed listed;
  listed.scope = home;
  listed.item = ItemIndex(300);
  listed.item_id = "tt300";
  events::SlateServed served;
  served.scope = home;
  served.items.resize(2);
  served.items[0].item = ItemIndex(300);
  served.items[0].kind = events::SlotKind::explore;
  served.items[1].item = ItemIndex(5);
  events::FeedbackReceived feedback;
  feedback.scope = home;
  feedback.outcomes = {{ItemIndex(300), 0, true, 1.0f, 0.0f}, {ItemIndex(5), 1, false, 0.0f, 0.0f}};
  events::InteractionRecorded recorded;
  recorded.scope = home;
  recorded.item = ItemIndex(300);
  recorded.value = 1;
  recorded.positive = true;

  fold.input(listed).fact(served).fact(served).input(feedback).fact(recorded);

  const auto& row = fold.row<ItemProfileRow>(ItemProfiles::key(home, ItemIndex(300)));
  BOOST_TEST(row.item_id == "tt300");
  BOOST_TEST(row.impressions == 2u);
  BOOST_TEST(row.explored == 2u);
  BOOST_TEST(row.views == 1u);
  BOOST_TEST(row.clicks == 1u);
  BOOST_TEST(row.positives == 1u);
  const auto& other = fold.row<ItemProfileRow>(ItemProfiles::key(home, ItemIndex(5)));
  BOOST_TEST(other.impressions == 2u);
  BOOST_TEST(other.views == 0u);
  fold.check_reloads();
}

BOOST_AUTO_TEST_SUITE_END()
