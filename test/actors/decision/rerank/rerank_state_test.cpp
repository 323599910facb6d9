#include "actors/decision/rerank/rerank_state.hpp"

#include "events/base/check.hpp"
#include "model/ranking/slate.hpp"
#include "test/actors/world.hpp"

#include <map>
#include <set>

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

struct Fixture : World {
  RerankState state;

  events::RerankSetting& setting() { return deployment.plans[0].rerank; }
  events::SlateServed serve(std::uint8_t request, std::uint32_t candidates,
                            std::uint64_t ordinal = 0) {
    auto asked = routed(request);
    asked.ordinal = ordinal;
    step(state, asked);
    return only<events::SlateServed>(step(state, ranked(request, candidates)));
  }
  double probability(const events::RequestRouted& request, const events::CandidatesRanked& list,
                     ItemIndex item, std::uint16_t slot) const {
    return model::SlateDistribution({list.items, list.scores, list.sources},
                                    deployment.plans[0].rerank, sets, request)
        .probability(item, slot);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_rerank_state, Fixture)

BOOST_AUTO_TEST_CASE(a_slate_has_distinct_items_in_slots_that_follow_each_other) {
  setting().explore_share = 0.5;
  setting().explore_slots = 3;
  for (std::uint64_t ordinal = 0; ordinal < 50; ++ordinal) {
    const auto slate = serve(1, 30, ordinal);

    std::set<ItemIndex> shown;
    for (std::size_t i = 0; i < slate.items.size(); ++i) {
      BOOST_TEST(shown.insert(slate.items[i].item).second);
      BOOST_TEST(slate.items[i].slot == i);
    }
    BOOST_TEST(slate.items.size() == 10u);
  }
  BOOST_TEST(state.served == 50u);
}

BOOST_AUTO_TEST_CASE(shown_items_are_never_logged_with_propensity_zero) {
  setting().explore_share = 0.3;
  setting().explore_slots = 2;
  std::size_t explored = 0;
  for (std::uint64_t ordinal = 0; ordinal < 200; ++ordinal) {
    for (const auto& item : serve(1, 30, ordinal).items) {
      BOOST_REQUIRE(item.propensity > 0);
      BOOST_REQUIRE(item.propensity <= 1);
      explored += item.kind == events::SlotKind::explore ? 1 : 0;
    }
  }

  BOOST_TEST(explored > 60u);
  BOOST_TEST(explored < 180u);
}

BOOST_AUTO_TEST_CASE(the_logged_propensity_is_that_of_the_distribution_whose_slots_sum_to_one) {
  setting().explore_share = 0.4;
  setting().explore_slots = 3;
  const auto request = routed(1);
  const auto list = ranked(1, 25);
  const auto slate = serve(1, 25, request.ordinal);

  for (const auto& shown : slate.items) {
    double sum = 0;
    for (const auto item : list.items)
      sum += probability(request, list, item, shown.slot);
    BOOST_TEST(sum == 1, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(shown.propensity == probability(request, list, shown.item, shown.slot));
  }
}

BOOST_AUTO_TEST_CASE(without_exploration_the_ranked_order_is_served_for_certain) {
  const auto slate = serve(1, 30);

  for (std::size_t i = 0; i < slate.items.size(); ++i) {
    BOOST_CHECK(slate.items[i].item == ItemIndex(static_cast<std::uint32_t>(i)));
    BOOST_TEST(slate.items[i].propensity == 1);
  }
  BOOST_CHECK(slate.result == events::ResultCode::ok);
}

BOOST_AUTO_TEST_CASE(a_cap_bounds_each_first_category) {
  setting().category_cap = 2;
  const auto slate = serve(1, 40);

  std::map<std::uint16_t, int> of_category;
  for (const auto& shown : slate.items)
    ++of_category[sets.catalogue->item(shown.item).categories.front()];
  BOOST_TEST(slate.items.size() == 10u);
  for (const auto& [category, count] : of_category)
    BOOST_TEST(count <= 2, "category " << category);
}

BOOST_AUTO_TEST_CASE(too_few_candidates_are_fewer_and_none_is_empty) {
  const auto few = serve(1, 4);
  const auto none = serve(2, 0);

  BOOST_CHECK(few.result == events::ResultCode::fewer);
  BOOST_TEST(few.items.size() == 4u);
  BOOST_CHECK(none.result == events::ResultCode::empty);
  BOOST_TEST(none.items.empty());
}

BOOST_AUTO_TEST_CASE(a_slate_carries_what_was_decided_before_it_and_what_it_read) {
  auto request = routed(1);
  request.arm = events::Arm::variant;
  request.experiment = 4;
  request.segment = "heavy";
  auto list = ranked(1, 12);
  list.fallback = "model_timeout";
  step(state, request);

  const auto slate = only<events::SlateServed>(step(state, list));

  BOOST_CHECK(slate.request == request.request);
  BOOST_CHECK(slate.user == request.user);
  BOOST_CHECK(slate.arm == events::Arm::variant);
  BOOST_TEST(slate.experiment == 4u);
  BOOST_TEST(slate.segment == "heavy");
  BOOST_TEST(slate.fallback == "model_timeout");
  BOOST_TEST(slate.views == (std::vector<std::string>{"catalogue@1"}),
             boost::test_tools::per_element());
  for (const auto& shown : slate.items) {
    BOOST_TEST(!shown.ids.empty());
    BOOST_TEST(shown.sources == list.sources[shown.item.value()]);
    BOOST_TEST(shown.item_id == sets.catalogue->item(shown.item).item_id);
  }
}

BOOST_AUTO_TEST_CASE(a_request_is_answered_once) {
  serve(1, 12);

  BOOST_TEST(says_nothing(step(state, ranked(1, 12))));
  BOOST_TEST(says_nothing(step(state, ranked(9, 12))));
}

BOOST_AUTO_TEST_CASE(a_logged_action_is_weighed_by_the_probability_of_its_item_in_its_slot) {
  setting().explore_share = 0.4;
  setting().explore_slots = 3;
  auto request = routed(1);
  request.logged = true;
  const auto list = ranked(1, 25);
  step(state, request);
  step(state, list);
  events::LoggedActionReceived action;
  action.request = request.request;
  action.propensity = 0.05;
  action.reward = 1;

  for (const auto& [item, slot] :
       std::vector<std::pair<std::uint32_t, std::uint16_t>>{{0, 0}, {1, 0}, {9, 9}, {20, 9}}) {
    action.item = ItemIndex(item);
    action.slot = slot;
    const auto weighed = only<events::LoggedActionWeighed>(decide(state, action));
    BOOST_TEST(weighed.probability == probability(request, list, action.item, slot));
    BOOST_TEST(weighed.propensity == 0.05);
    BOOST_TEST(weighed.reward == 1);
  }
  action.request = request_id(8);
  BOOST_TEST(says_nothing(decide(state, action)));
}

BOOST_AUTO_TEST_CASE(a_plan_that_is_not_deployed_is_our_bug) {
  step(state, routed(1));
  const StepGuard guard;

  BOOST_CHECK_THROW(decide(state, ranked(1, 5, 77)), StepFailure);
}

BOOST_AUTO_TEST_SUITE_END()
