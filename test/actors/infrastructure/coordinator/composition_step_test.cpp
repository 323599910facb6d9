#include "actors/infrastructure/coordinator/composition_step.hpp"

#include "model/retrieval/recall.hpp"
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

}  // namespace

BOOST_AUTO_TEST_SUITE(actors_composition_step)

BOOST_AUTO_TEST_CASE(the_recall_that_earned_least_is_taken_out_and_popularity_never) {
  auto plan = plan_of(1);
  plan.recalls.push_back({"trending", 20, 1, 0});
  const std::vector<CreditRow> credits = {{"recall.popularity", -1, 0},
                                          {"recall.content", 0.25, 0},
                                          {"recall.trending", 0.125, 0},
                                          {"ranking", -5, 0}};

  const auto change = compositional_change(plan, credits, 2);

  BOOST_REQUIRE(change.has_value());
  BOOST_CHECK(change->kind == events::ChangeKind::recall_removed);
  BOOST_TEST(change->summary == "remove recall trending");
  BOOST_TEST(sources(change->plan) == (std::vector<std::string>{"popularity", "content"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_absent_source_is_added_and_over_time_each_of_them) {
  const auto plan = plan_of(1);
  std::set<std::string> added;
  for (std::uint64_t step = 1; step < 40; step += 2) {
    const auto change = compositional_change(plan, {}, step);
    BOOST_REQUIRE(change.has_value());
    BOOST_CHECK(change->kind == events::ChangeKind::recall_added);
    BOOST_TEST(change->plan.recalls.size() == plan.recalls.size() + 1);
    added.insert(change->plan.recalls.back().source);
  }

  BOOST_TEST(added.size() == model::recall_sources().size() - plan.recalls.size());
  BOOST_TEST(!added.contains("popularity"));
}

BOOST_AUTO_TEST_CASE(without_credit_nothing_is_taken_out_and_something_is_added_instead) {
  const auto change = compositional_change(plan_of(1), {}, 2);

  BOOST_REQUIRE(change.has_value());
  BOOST_CHECK(change->kind == events::ChangeKind::recall_added);
}

BOOST_AUTO_TEST_CASE(a_full_composition_can_only_lose_and_an_only_recall_stays) {
  auto full = plan_of(1);
  full.recalls.clear();
  for (const auto& source : model::recall_sources())
    full.recalls.push_back({std::string(source.name), 20, 1, 0});
  auto single = plan_of(1);
  single.recalls = {{"content", 20, 1, 0}};
  const std::vector<CreditRow> credits = {{"recall.content", 0.25, 0}};

  BOOST_CHECK(compositional_change(full, credits, 1)->kind == events::ChangeKind::recall_removed);
  BOOST_TEST(!compositional_change(full, {}, 1).has_value());
  BOOST_CHECK(compositional_change(single, credits, 2)->kind == events::ChangeKind::recall_added);
}

BOOST_AUTO_TEST_SUITE_END()
