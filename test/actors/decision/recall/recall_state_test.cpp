#include "actors/decision/recall/recall_state.hpp"

#include "actors/decision/recall/sources/catalog.hpp"
#include "events/base/check.hpp"
#include "test/actors/world.hpp"

#include <set>

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

RecallState of(std::string source) {
  RecallState out;
  out.source = std::move(source);
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_recall_state, World)

BOOST_AUTO_TEST_CASE(every_source_answers_a_request_once_with_distinct_unseen_items) {
  for (const auto& source : recall_sources) {
    auto state = of(std::string(source.name));
    deployment.plans[0].recalls = {{state.source, 15, 1, source.default_half_life_s}};
    auto request = routed(1);
    request.user_features.history = request.user_features.seen = item_range(0, 5);
    request.user_features.history_values.assign(5, 5);

    const auto answer = only<events::CandidatesRecalled>(step(state, request));

    BOOST_CHECK(answer.request == request.request);
    BOOST_TEST(answer.source == source.name);
    BOOST_TEST(answer.items.size() == answer.scores.size());
    BOOST_TEST(answer.items.size() <= 15u);
    std::set<ItemIndex> distinct(answer.items.begin(), answer.items.end());
    BOOST_TEST(distinct.size() == answer.items.size(), source.name);
    for (const auto item : request.user_features.seen)
      BOOST_TEST(!distinct.contains(item), source.name);
    BOOST_TEST(std::is_sorted(answer.scores.rbegin(), answer.scores.rend()), source.name);
    BOOST_TEST(state.answered == 1u);
    BOOST_TEST(state.proposed == answer.items.size());
  }
}

BOOST_AUTO_TEST_CASE(plans_that_share_a_source_share_its_widest_quota) {
  auto other = plan_of(2);
  other.recalls = {{"popularity", 30, 1, 0}};
  deployment.plans.push_back(other);
  deployment.plans[0].recalls = {{"popularity", 8, 1, 0}};

  const auto both = only<events::CandidatesRecalled>(decide(of("popularity"), routed(1)));
  deployment.plans.pop_back();
  const auto one = only<events::CandidatesRecalled>(decide(of("popularity"), routed(1)));

  BOOST_TEST(both.items.size() == 30u);
  BOOST_TEST(one.items.size() == 8u);
  BOOST_CHECK(std::equal(one.items.begin(), one.items.end(), both.items.begin()));
}

BOOST_AUTO_TEST_CASE(a_source_that_no_plan_asks_for_proposes_nothing) {
  deployment.plans[0].recalls = {{"content", 8, 1, 0}};

  const auto answer = only<events::CandidatesRecalled>(decide(of("popularity"), routed(1)));

  BOOST_TEST(answer.items.empty());
}

BOOST_AUTO_TEST_CASE(an_unknown_source_is_our_bug) {
  const StepGuard guard;

  BOOST_CHECK_THROW(decide(of("no such source"), routed(1)), StepFailure);
}

BOOST_AUTO_TEST_CASE(only_a_routed_request_is_answered) {
  BOOST_TEST(says_nothing(decide(of("popularity"), fused(1, 3))));
  BOOST_TEST(says_nothing(decide(of("popularity"), events::RequestReceived{})));
}

BOOST_AUTO_TEST_SUITE_END()
