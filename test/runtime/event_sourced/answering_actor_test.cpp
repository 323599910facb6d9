#include "runtime/event_sourced/answering_actor.hpp"

#include "events/catalog.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>

using namespace ars;
using namespace ars::runtime;
using namespace std::chrono_literals;

namespace {

class Numbered final : public QuestionBody {
 public:
  explicit Numbered(std::uint64_t number) : number_(number) {}
  std::uint64_t number() const { return number_; }
  std::string key() const override { return std::to_string(number_); }
  events::Payload timed_out() const override { return events::StageTimedOut{}; }

 private:
  std::uint64_t number_;
};

// Answers with the numbers of the questions; counts how often it was called.
struct Fixture {
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor one{system};
  caf::scoped_actor two{system};
  std::shared_ptr<std::atomic<int>> calls = std::make_shared<std::atomic<int>>(0);

  caf::actor spawn(std::size_t askers, std::chrono::microseconds window) {
    Answering setting;
    setting.askers = askers;
    setting.window = [window](const OpaqueViews&) { return window; };
    setting.answer = [calls = calls](const std::vector<Question>& questions) {
      ++*calls;
      std::vector<events::Payload> out;
      for (const auto& each : questions) {
        events::StageTimedOut answer;
        answer.plan = static_cast<const Numbered&>(*each.body).number();
        out.emplace_back(answer);
      }
      return out;
    };
    return spawn_answering(system, std::move(setting));
  }
  static void ask(caf::scoped_actor& from, const caf::actor& to, std::uint64_t stage,
                  std::vector<std::uint64_t> numbers) {
    AnswerQuestions questions{stage, {}, {}};
    for (const auto number : numbers)
      questions.questions.push_back({std::make_shared<const Numbered>(number)});
    from->send(to, control(std::move(questions)));
  }
  static std::vector<std::uint64_t> answer(caf::scoped_actor& self, std::uint64_t stage) {
    std::vector<std::uint64_t> out;
    self->receive(
        [&](const ControlPtr& message) {
          const auto& answered = std::get<QuestionsAnswered>(message->body);
          BOOST_TEST(answered.stage == stage);
          for (const auto& each : answered.answers)
            out.push_back(std::get<events::StageTimedOut>(each).plan);
        },
        caf::after(20s) >> [] { BOOST_FAIL("no answer"); });
    return out;
  }
  ~Fixture() { system.await_actors_before_shutdown(true); }
};

using Numbers = std::vector<std::uint64_t>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_answering_actor, Fixture)

BOOST_AUTO_TEST_CASE(questions_of_two_partitions_within_the_window_are_one_micro_batch) {
  const auto actor = spawn(2, 10s);

  ask(one, actor, 5, {1, 2});
  ask(two, actor, 9, {3});

  BOOST_TEST(answer(one, 5) == (Numbers{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(answer(two, 9) == (Numbers{3}), boost::test_tools::per_element());
  BOOST_TEST(calls->load() == 1);
  one->send_exit(actor, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(the_window_ends_the_wait_for_a_partition_that_asks_nothing) {
  const auto actor = spawn(2, 5ms);

  ask(one, actor, 1, {7});

  BOOST_TEST(answer(one, 1) == (Numbers{7}), boost::test_tools::per_element());
  ask(one, actor, 2, {8});
  BOOST_TEST(answer(one, 2) == (Numbers{8}), boost::test_tools::per_element());
  BOOST_TEST(calls->load() == 2);
  one->send_exit(actor, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(one_partition_waits_for_nobody_and_no_window_is_no_wait) {
  const auto alone = spawn(1, 1h);
  const auto hurried = spawn(2, 0us);

  ask(one, alone, 1, {1});
  BOOST_TEST(answer(one, 1) == (Numbers{1}), boost::test_tools::per_element());
  ask(one, hurried, 2, {2});
  BOOST_TEST(answer(one, 2) == (Numbers{2}), boost::test_tools::per_element());

  one->send_exit(alone, caf::exit_reason::user_shutdown);
  one->send_exit(hurried, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_SUITE_END()
