#include "runtime/dispatch/route_table.hpp"

#include "events/catalog.hpp"
#include "runtime/limits.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::runtime;
using events::CandidatesRecalled;
using events::RequestReceived;
using events::RequestRouted;
using Indices = std::vector<std::size_t>;

events::Composition composition() {
  events::Composition out;
  out.agents = {{"traffic", "traffic", "", {RequestReceived::type_id}},
                {"recall/a", "recall", "a", {RequestRouted::type_id}},
                {"recall/b", "recall", "b", {RequestRouted::type_id}},
                {"fusion", "fusion", "", {CandidatesRecalled::type_id, RequestRouted::type_id}}};
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_route_table)

BOOST_AUTO_TEST_CASE(readers_of_a_type_come_in_composition_order) {
  const auto table = test::must(RouteTable::build(composition()));

  BOOST_CHECK(table->readers(RequestReceived::type_id) == Indices({0}));
  BOOST_CHECK(table->readers(RequestRouted::type_id) == Indices({1, 2, 3}));
  BOOST_CHECK(table->readers(CandidatesRecalled::type_id) == Indices({3}));
  BOOST_TEST(table->readers(events::SlateServed::type_id).empty());
  BOOST_TEST(table->composition().agents.size() == 4u);
}

BOOST_AUTO_TEST_CASE(agent_named_twice_is_invalid) {
  auto twice = composition();
  twice.agents.push_back(twice.agents.front());

  test::refused(RouteTable::build(twice), Errc::invalid);
}

BOOST_AUTO_TEST_CASE(unknown_event_type_is_invalid) {
  auto strange = composition();
  strange.agents.back().reads.push_back(99'999);

  test::refused(RouteTable::build(strange), Errc::invalid);
}

BOOST_AUTO_TEST_CASE(more_agents_than_the_limit_are_refused) {
  events::Composition crowd;
  for (std::size_t i = 0; i <= limits::agents_max; ++i)
    crowd.agents.push_back({std::to_string(i), "recall", "", {}});

  test::refused(RouteTable::build(crowd), Errc::overloaded);
  crowd.agents.pop_back();
  BOOST_TEST(RouteTable::build(crowd).has_value());
}

BOOST_AUTO_TEST_CASE(difference_names_who_comes_and_who_goes) {
  auto next = composition();
  next.agents.erase(next.agents.begin() + 1);
  next.agents.push_back({"rerank", "rerank", "", {}});

  const auto change = difference(composition(), next);

  BOOST_REQUIRE(change.added.size() == 1u);
  BOOST_TEST(change.added.front().agent == "rerank");
  BOOST_REQUIRE(change.removed.size() == 1u);
  BOOST_TEST(change.removed.front().agent == "recall/a");
  const auto none = difference(next, next);
  BOOST_TEST((none.added.empty() && none.removed.empty()));
}

BOOST_AUTO_TEST_SUITE_END()
