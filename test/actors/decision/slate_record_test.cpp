#include "actors/decision/slate_record.hpp"

#include "model/features/encoder.hpp"
#include "model/ranking/matrix.hpp"
#include "test/actors/world.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

struct Fixture : World {
  DecisionViews views;
  events::RequestRouted route = routed(4);

  Fixture() {
    views.sets = sets;
    views.names = {"catalogue@3", "statistics@7"};
    route.segment = "light";
    route.arm = events::Arm::variant;
    route.plan = 8;
    route.experiment = 2;
    route.size = 3;
    route.user_features.history = item_range(10, 14);
    route.user_features.history_values.assign(4, 5);
  }
  static std::vector<events::SlateItem> items(std::uint32_t count) {
    std::vector<events::SlateItem> out(count);
    for (std::uint32_t i = 0; i < count; ++i)
      out[i].item = ItemIndex(20 + i);
    return out;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_slate_record, Fixture)

BOOST_AUTO_TEST_CASE(a_slate_says_where_its_request_went_and_what_it_was_made_from) {
  const auto slate = slate_record(route, items(3), "stage_timed_out", views);

  BOOST_CHECK(slate.request == route.request);
  BOOST_CHECK(slate.user == route.user);
  BOOST_CHECK(slate.occurred_at == route.occurred_at);
  BOOST_TEST(slate.segment == "light");
  BOOST_CHECK(slate.arm == events::Arm::variant);
  BOOST_TEST(slate.plan == 8u);
  BOOST_TEST(slate.experiment == 2u);
  BOOST_TEST(slate.fallback == "stage_timed_out");
  BOOST_TEST(slate.views == views.names, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(features_of_what_is_shown_are_those_that_a_ranker_would_see) {
  const auto slate = slate_record(route, items(3), "", views);

  const auto matrix = model::encode(route, item_range(20, 23), views.sets);
  BOOST_TEST(!matrix.sequence.empty());
  BOOST_CHECK(slate.sequence == matrix.sequence);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto ids = model::row_ids(matrix, i);
    const auto dense = model::row_dense(matrix, i);
    BOOST_CHECK(
        std::equal(ids.begin(), ids.end(), slate.items[i].ids.begin(), slate.items[i].ids.end()));
    BOOST_CHECK(std::equal(dense.begin(), dense.end(), slate.items[i].dense.begin(),
                           slate.items[i].dense.end()));
  }
}

BOOST_AUTO_TEST_CASE(a_slate_shorter_than_asked_says_so) {
  BOOST_CHECK(slate_record(route, items(3), "", views).result == events::ResultCode::ok);
  BOOST_CHECK(slate_record(route, items(2), "", views).result == events::ResultCode::fewer);
  BOOST_CHECK(slate_record(route, {}, "", views).result == events::ResultCode::empty);
}

BOOST_AUTO_TEST_SUITE_END()
