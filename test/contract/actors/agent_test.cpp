// What every registered agent promises, whatever it decides about: run over one story in which all
// loops get their turns, and over every event type of the catalogue.
#include "test/contract/actors/stage.hpp"
#include "test/events/filled.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

// A small shop: items, a plan, the first training, then one change after another on its road.
class Story {
 public:
  Story() {
    std::vector<Payload> opening;
    for (std::uint32_t i = 0; i < 40; ++i)
      opening.emplace_back(model::sample::listing(i, {"c" + std::to_string(i % 4)}));
    auto config = bounds();
    config.first_training_after = 40;
    config.checkpoint_every = 20;
    config.canary_requests_max = 300;
    opening.emplace_back(config);
    stage.play({batch_at(0)});
    stage.play(opening);
    stage.play({events::PlanProposed{0, plan_of(1)}});
    for (int round = 0; round < 110; ++round)
      serve_batch();
  }
  Stage stage;

 private:
  void serve_batch() {
    const auto jobs = stage.all<events::TrainingRequested>();
    if (jobs.size() > jobs_done_) {
      const auto& job = jobs[jobs_done_++];
      auto finished = training_finished({.variant = job.variant, .gain = 0.06});
      finished.job = job.job;
      if (job.variant == 0) finished.arms = {arm_result("first", 1, 0, {}, 0)};
      stage.play({finished});
    }
    std::vector<Payload> asks{batch_at(interactions_)};
    std::vector<Payload> rest;
    for (int i = 0; i < 20; ++i)
      visit(asks, rest);
    stage.play(asks);
    stage.play(rest);
  }

  // A user comes back with a request; afterwards clicks, rates, or was a logged row.
  void visit(std::vector<Payload>& asks, std::vector<Payload>& rest) {
    const auto n = interactions_++;
    Bytes16 id{};
    for (std::size_t i = 0; i < 8; ++i)
      id[i] = narrow<std::uint8_t>(n >> (8 * i) & 255);
    id[15] = narrow<std::uint8_t>(n % 251);
    const auto user = model::sample::user_id(narrow<std::uint32_t>(n % 37));
    events::RequestReceived request;
    request.request = RequestId(id);
    request.user = user;
    request.size = 10;
    request.ordinal = n / 37;
    request.logged = n % 11 == 5;
    const ItemIndex item(narrow<std::uint32_t>(n * 7 % 40));
    if (request.logged) {
      events::LoggedActionReceived action;
      action.request = request.request;
      action.user = user;
      action.policy = "random";
      action.item = item;
      action.reward = n % 2 == 1 ? 1.0F : 0.0F;
      action.propensity = 0.1;
      // The newest logged request is the one that its action follows.
      stage.play({request});
      rest.emplace_back(action);
      return;
    }
    asks.emplace_back(request);
    if (n % 13 == 3) {
      stage.play({asks.begin(), asks.end()});
      asks.clear();
      events::RatingReceived rating;
      rating.request = request.request;
      rating.user = user;
      rating.item = item;
      rating.rating = 4;
      stage.play({events::EvaluationRequested{request.request, user, item}, rating});
      return;
    }
    events::FeedbackReceived feedback;
    feedback.request = n % 29 == 7 ? RequestId(Bytes16{9}) : request.request;
    feedback.user = user;
    feedback.outcomes = {{item, 0, true, n % 3 == 0 ? 1.0F : 0.0F, 0}};
    rest.emplace_back(feedback);
    events::DelayedRewardReceived delayed;
    delayed.request = request.request;
    delayed.user = user;
    delayed.objective = "satisfaction";
    delayed.value = 0.8;
    rest.emplace_back(delayed);
  }

  std::uint64_t interactions_ = 0;
  std::size_t jobs_done_ = 0;
};

const Story& story() {
  static const Story told;
  return told;
}

// One of each event type, with no field at its default.
std::vector<events::Event> one_of_each() {
  std::vector<events::Event> out;
  const auto add = [&]<std::size_t... I>(std::index_sequence<I...>) {
    (out.push_back(event_of(
         test::filled<std::variant_alternative_t<I, Payload>>("contract", test::Fill::plain))),
     ...);
  };
  add(std::make_index_sequence<std::variant_size_v<Payload>>());
  return out;
}

std::unique_ptr<runtime::AgentBehaviour> behaviour_of(const Registration& registration) {
  return registration.kind.make({registration.kind.name, registration.kind.name, "popularity", {}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(contract_actors_agent)

BOOST_AUTO_TEST_CASE(in_a_story_no_step_fails_decisions_repeat_and_facts_are_within_the_spec) {
  std::set<std::string> problems(story().stage.problems.begin(), story().stage.problems.end());

  for (const auto& problem : problems)
    BOOST_ERROR(problem);
}

BOOST_AUTO_TEST_CASE(the_story_makes_every_agent_act) {
  for (const auto& each : registrations())
    BOOST_TEST(story().stage.emitted.contains(each.kind.name), each.kind.name);
  const auto& stage = story().stage;
  BOOST_TEST(!stage.all<events::PlanFrozen>().empty());
  BOOST_TEST(!stage.all<events::Scored>().empty());
  BOOST_TEST(!stage.all<events::ItemEvaluated>().empty());
  BOOST_TEST(!stage.all<events::CanaryStarted>().empty());
  BOOST_TEST(!stage.all<events::CanaryLooked>().empty());
  BOOST_TEST(!stage.all<events::NegativeCaseRecorded>().empty());
}

BOOST_AUTO_TEST_CASE(states_come_back_from_their_bytes_with_the_same_hash) {
  const auto& stage = story().stage;
  for (const auto& [agent, host] : stage.hosts()) {
    auto again = stage.fresh_host(agent);
    for (const auto& row : host.snapshot(false)) {
      BOOST_TEST_REQUIRE(again.restore(row).has_value(), agent);
      BOOST_TEST_REQUIRE(runtime::decode_row(runtime::encode_row(row)).value().state == row.state);
    }

    BOOST_CHECK_MESSAGE(again.state_hashes() == host.state_hashes(), agent);
    BOOST_TEST(!host.state_hashes().empty(), agent);
  }
}

BOOST_AUTO_TEST_CASE(evolve_takes_every_event_type_without_failing) {
  for (const auto& registration : registrations()) {
    const auto fresh = behaviour_of(registration);
    const StepGuard guard;
    for (const auto& event : one_of_each()) {
      try {
        fresh->evolve(event);
      } catch (const StepFailure& failure) {
        BOOST_ERROR(registration.kind.name << " cannot take " << events::name_of(event.payload)
                                           << ": " << failure.message);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_event_that_an_agent_does_not_read_or_emit_leaves_it_as_it_was) {
  for (const auto& registration : registrations()) {
    std::set<std::uint32_t> known(registration.spec.reads.begin(), registration.spec.reads.end());
    known.insert(registration.spec.emits.begin(), registration.spec.emits.end());
    const auto fresh = behaviour_of(registration);
    const auto before = fresh->encode_state();
    for (const auto& event : one_of_each()) {
      if (known.contains(event.header.type_id)) continue;
      fresh->evolve(event);
      BOOST_CHECK_MESSAGE(fresh->encode_state() == before, registration.kind.name
                                                               << " learns from "
                                                               << events::name_of(event.payload)
                                                               << ", which its spec does not name");
    }
  }
}

BOOST_AUTO_TEST_CASE(two_agents_that_saw_the_same_are_the_same) {
  for (const auto& registration : registrations()) {
    const auto one = behaviour_of(registration);
    const auto two = behaviour_of(registration);
    for (const auto& event : one_of_each()) {
      one->evolve(event);
      two->evolve(event);
      BOOST_REQUIRE_MESSAGE(one->encode_state() == two->encode_state(), registration.kind.name);
      BOOST_REQUIRE(one->state_hash({}, Sequence(1)) == two->state_hash({}, Sequence(1)));
    }
    const auto restored = behaviour_of(registration);
    BOOST_TEST_REQUIRE(restored->decode_state(one->encode_state()).has_value());
    BOOST_TEST((restored->state_hash({}, Sequence(1)) == one->state_hash({}, Sequence(1))),
               registration.kind.name);
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_state_are_refused) {
  for (const auto& registration : registrations()) {
    const auto fresh = behaviour_of(registration);
    const std::vector<std::uint8_t> garbage(40, 0xEE);

    const auto taken = fresh->decode_state(garbage);

    BOOST_TEST(!taken.has_value(), registration.kind.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
