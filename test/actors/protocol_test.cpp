#include "actors/protocol.hpp"

#include "actors/registry.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace ars;
using namespace ars::actors;

namespace {

AgentSpec good() {
  return {"dummy",
          Layer::decision,
          "does nothing",
          types<events::RequestRouted>(),
          types<events::CandidatesRecalled>(),
          types<events::RewardAssigned>(),
          "reward",
          "a test",
          {{"quota", 1, 10, 5, "candidates"}}};
}

std::string refusal(const AgentSpec& spec) {
  const auto checked = check_spec(spec);
  if (checked.has_value()) return "";
  BOOST_CHECK(checked.assume_error().code == Errc::invalid);
  return checked.assume_error().context;
}

void names(const AgentSpec& spec, const std::string& criterion) {
  BOOST_TEST(refusal(spec).starts_with("dummy is not an agent: no " + criterion), refusal(spec));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(actors_protocol)

BOOST_AUTO_TEST_CASE(a_spec_with_all_three_criteria_is_an_agent) {
  BOOST_TEST(refusal(good()) == "");
}

BOOST_AUTO_TEST_CASE(a_spec_without_inputs_actions_or_feedback_closes_no_loop) {
  auto deaf = good();
  deaf.reads.clear();
  auto mute = good();
  mute.emits.clear();
  auto careless = good();
  careless.feedback.clear();

  names(deaf, "closed loop");
  names(mute, "closed loop");
  names(careless, "closed loop");
}

BOOST_AUTO_TEST_CASE(a_spec_without_an_inner_reward_or_its_evaluator_cannot_be_judged_alone) {
  auto aimless = good();
  aimless.inner_reward = "";
  auto unjudged = good();
  unjudged.evaluator = "";

  names(aimless, "independent evaluation");
  names(unjudged, "independent evaluation");
}

BOOST_AUTO_TEST_CASE(a_spec_without_a_bounded_parameter_has_nothing_to_evolve) {
  auto rigid = good();
  rigid.decision_space.clear();
  auto pointlike = good();
  pointlike.decision_space[0].high = pointlike.decision_space[0].low;
  auto below = good();
  below.decision_space[0].fallback = 0;
  auto above = good();
  above.decision_space[0].fallback = 11;

  for (const auto& spec : {rigid, pointlike, below, above})
    names(spec, "evolvable decision space");
  BOOST_TEST(refusal(above).find("quota") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_registered_agent_passes_and_has_a_name_of_its_own) {
  std::set<std::string> kinds_seen;
  for (const auto& each : registrations()) {
    BOOST_TEST(kinds_seen.insert(each.kind.name).second, each.kind.name);
    BOOST_TEST(each.kind.name == each.spec.kind);
    if (each.agent) BOOST_TEST(refusal(each.spec) == "");
  }
}

BOOST_AUTO_TEST_CASE(a_component_is_not_called_an_agent) {
  for (const auto& each : registrations()) {
    if (each.agent) continue;
    BOOST_TEST(refusal(each.spec) != "", each.kind.name);
  }
}

BOOST_AUTO_TEST_CASE(what_an_agent_reads_has_a_writer) {
  std::set<std::uint32_t> written;
  for (const auto& each : registrations())
    written.insert(each.spec.emits.begin(), each.spec.emits.end());
  // What comes from outside, or from the partition itself.
  for (const auto type :
       types<events::RequestReceived, events::FeedbackReceived, events::RatingReceived,
             events::DelayedRewardReceived, events::LoggedActionReceived,
             events::EvaluationRequested, events::EvolutionConfigured, events::BatchFormed,
             events::Scored, events::StageTimedOut, events::TrainingFinished>()) {
    written.insert(type);
  }

  for (const auto& each : registrations()) {
    for (const auto type : each.spec.reads)
      BOOST_TEST(written.contains(type), each.kind.name << " reads " << type);
  }
}

BOOST_AUTO_TEST_CASE(the_composition_has_one_recall_agent_for_each_source_in_use) {
  Deployment deployment;
  events::ServingPlan one;
  one.recalls = {{"popularity", 10, 1, 0}, {"content", 10, 1, 0}};
  auto two = one;
  two.recalls = {{"content", 10, 1, 0}, {"trending", 10, 1, 0}, {"no such source", 10, 1, 0}};
  deployment.plans = {one, two};

  std::multiset<std::string> recalls;
  for (const auto& entry : composition_for(deployment).agents) {
    if (entry.kind == "recall") recalls.insert(entry.agent);
  }

  BOOST_TEST(recalls == (std::multiset<std::string>{"recall.popularity", "recall.content",
                                                    "recall.trending"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
