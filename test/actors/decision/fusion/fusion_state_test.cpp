#include "actors/decision/fusion/fusion_state.hpp"

#include "actors/limits.hpp"
#include "events/base/check.hpp"
#include "test/actors/world.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;
using model::sample::indices;

namespace {

struct Fixture : World {
  FusionState state;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_fusion_state, Fixture)

BOOST_AUTO_TEST_CASE(it_waits_for_every_recall_of_the_plan_and_then_joins_once) {
  step(state, routed(1));

  const auto first = step(state, recalled(1, "popularity", indices({4, 5, 6})));
  const auto second = step(state, recalled(1, "content", indices({6, 7})));
  const auto late = step(state, recalled(1, "content", indices({8})));

  BOOST_TEST(says_nothing(first));
  const auto joined = only<events::CandidatesFused>(second);
  BOOST_CHECK(joined.request == request_id(1));
  BOOST_TEST(joined.plan == 1u);
  BOOST_TEST(joined.items.size() == 4u);
  BOOST_TEST(says_nothing(late));
  BOOST_TEST(state.pending.empty());
  BOOST_TEST(state.fused == 1u);
}

// 1 / (60 + rank), summed: an item that both propose comes first.
BOOST_AUTO_TEST_CASE(lists_join_by_reciprocal_rank_and_keep_where_an_item_came_from) {
  step(state, routed(1));
  step(state, recalled(1, "content", indices({6, 7})));

  const auto joined =
      only<events::CandidatesFused>(step(state, recalled(1, "popularity", indices({4, 6, 5}))));

  BOOST_CHECK(joined.items == indices({6, 4, 7, 5}));
  BOOST_TEST(joined.scores[0] == 1.0F / 61 + 1.0F / 62, boost::test_tools::tolerance(1e-6F));
  BOOST_TEST(joined.scores[1] == 1.0F / 61, boost::test_tools::tolerance(1e-6F));
  BOOST_TEST(joined.sources == (std::vector<std::uint32_t>{0b11, 0b01, 0b10, 0b01}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_order_in_which_recalls_answer_does_not_matter) {
  FusionState other;
  step(state, routed(1));
  step(other, routed(1));

  step(state, recalled(1, "content", indices({6, 7})));
  step(other, recalled(1, "popularity", indices({4, 6, 5})));
  const auto one = step(state, recalled(1, "popularity", indices({4, 6, 5})));
  const auto two = step(other, recalled(1, "content", indices({6, 7})));

  BOOST_CHECK(only<events::CandidatesFused>(one) == only<events::CandidatesFused>(two));
}

BOOST_AUTO_TEST_CASE(a_recall_that_the_plan_does_not_ask_for_completes_nothing) {
  step(state, routed(1));
  step(state, recalled(1, "content", indices({6})));

  BOOST_TEST(says_nothing(step(state, recalled(1, "trending", indices({9})))));
  const auto joined =
      only<events::CandidatesFused>(step(state, recalled(1, "popularity", indices({4}))));
  BOOST_CHECK(joined.items == indices({4, 6}));
}

BOOST_AUTO_TEST_CASE(requests_are_kept_apart) {
  step(state, routed(1));
  step(state, routed(2));
  step(state, recalled(1, "popularity", indices({1})));
  step(state, recalled(2, "popularity", indices({2})));

  const auto second = only<events::CandidatesFused>(step(state, recalled(2, "content", {})));
  const auto first = only<events::CandidatesFused>(step(state, recalled(1, "content", {})));

  BOOST_CHECK(second.items == indices({2}));
  BOOST_CHECK(first.items == indices({1}));
}

BOOST_AUTO_TEST_CASE(what_is_never_answered_is_forgotten_at_the_limit) {
  auto request = routed(1);
  for (std::size_t i = 0; i < limits::pending_requests_max + 10; ++i)
    step(state, request);

  BOOST_TEST(state.pending.size() == limits::pending_requests_max);
}

BOOST_AUTO_TEST_CASE(a_plan_that_is_not_deployed_is_our_bug) {
  step(state, routed(1, 3, 77));
  const StepGuard guard;

  BOOST_CHECK_THROW(decide(state, recalled(1, "content", indices({6}))), StepFailure);
}

BOOST_AUTO_TEST_SUITE_END()
