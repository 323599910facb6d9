#include "actors/infrastructure/coordinator/composition_step.hpp"

#include "actors/decision/recall/sources/catalog.hpp"
#include "test/actors/world.hpp"

#include <set>

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

std::vector<std::string> sources(const events::ServingPlan& plan) {
  std::vector<std::string> out;
  for (const auto& recall : plan.recalls)
    out.push_back(recall.source);
  return out;
}

struct Fixture {
  Philox random{11, 0};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_composition_step, Fixture)

BOOST_AUTO_TEST_CASE(the_recall_that_earned_least_is_taken_out_and_popularity_never) {
  auto plan = plan_of(1);
  plan.recalls.push_back({"trending", 20, 1, 0});
  const std::vector<CreditRow> credits = {{"recall.popularity", -1, 0},
                                          {"recall.content", 0.25, 0.25},
                                          {"recall.trending", 0.125, 0.125},
                                          {"ranking", -5, 0}};

  const auto change = compositional_change("recall", plan, credits, random);

  BOOST_REQUIRE(change.has_value());
  BOOST_CHECK(change->kind == events::ChangeKind::recall_removed);
  BOOST_TEST(change->summary == "remove recall trending");
  BOOST_TEST(sources(change->plan) == (std::vector<std::string>{"popularity", "content"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_recall_whose_credit_is_surely_positive_stays) {
  const std::vector<CreditRow> credits = {{"recall.content", 0.25, 0.0625}};

  const auto change = compositional_change("recall", plan_of(1), credits, random);

  BOOST_REQUIRE(change.has_value());
  BOOST_CHECK(change->kind == events::ChangeKind::recall_added);
}

BOOST_AUTO_TEST_CASE(an_absent_source_is_added_and_over_time_each_of_them) {
  const auto plan = plan_of(1);
  std::set<std::string> added;
  for (int turn = 0; turn < 60; ++turn) {
    const auto change = compositional_change("recall", plan, {}, random);
    BOOST_REQUIRE(change.has_value());
    BOOST_CHECK(change->kind == events::ChangeKind::recall_added);
    BOOST_TEST(change->plan.recalls.size() == plan.recalls.size() + 1);
    added.insert(change->plan.recalls.back().source);
  }

  BOOST_TEST(added.size() == recall_sources.size() - plan.recalls.size());
  BOOST_TEST(!added.contains("popularity"));
}

BOOST_AUTO_TEST_CASE(a_full_composition_can_only_lose_and_an_only_recall_stays) {
  auto full = plan_of(1);
  full.recalls.clear();
  for (const auto& source : recall_sources)
    full.recalls.push_back({std::string(source.name), 20, 1, 0});
  auto single = plan_of(1);
  single.recalls = {{"content", 20, 1, 0}};
  const std::vector<CreditRow> credits = {{"recall.content", 0, 0.25}};

  const auto from_full = compositional_change("recall", full, credits, random);
  const auto from_single = compositional_change("recall", single, credits, random);

  BOOST_CHECK(from_full->kind == events::ChangeKind::recall_removed);
  BOOST_TEST(!compositional_change("recall", full, {}, random).has_value());
  BOOST_CHECK(from_single->kind == events::ChangeKind::recall_added);
}

BOOST_AUTO_TEST_CASE(every_other_move_is_an_operator_on_the_policy_and_says_what_it_changes) {
  const auto plan = plan_of(1);
  BOOST_TEST(composition_moves().size() > 1u);
  for (const auto& move : composition_moves()) {
    if (move == "recall") continue;
    std::optional<CompositionChange> change;
    for (int draw = 0; draw < 20 && !change.has_value(); ++draw)
      change = compositional_change(move, plan, {}, random);

    BOOST_REQUIRE_MESSAGE(change.has_value(), move);
    BOOST_CHECK(change->kind == events::ChangeKind::policy);
    BOOST_TEST(change->summary.starts_with(move + ": "), change->summary);
    BOOST_TEST(change->summary.size() > move.size() + 2);
    BOOST_TEST(change->plan.parent == plan.version);
  }
  BOOST_TEST(!compositional_change("no such move", plan, {}, random).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
