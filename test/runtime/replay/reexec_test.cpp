#include "runtime/replay/reexec.hpp"

#include "test/runtime/replay/toy_world.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::runtime;

struct Fixture {
  Fixture() { toys::mood = {}; }
  std::unique_ptr<store::EventLog> log = toys::new_log();

  void run(std::uint64_t batches) { BOOST_REQUIRE(toys::World(*log).run_to(batches)); }
  ReexecReport again(const Rescorer& rescorer = toys::answer) {
    auto report = reexec(*log, toys::replay_setup(), rescorer);
    BOOST_REQUIRE_MESSAGE(report.has_value(), (report.has_value() ? "" : report.error().context));
    return report.value();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_reexec, Fixture)

BOOST_AUTO_TEST_CASE(every_decision_comes_out_exactly_as_recorded) {
  run(8);

  const auto report = again();

  BOOST_TEST(report.diverged == 0u,
             (report.first_divergence ? to_string(*report.first_divergence) : ""));
  BOOST_TEST(report.equivalent == 0u);
  // Routes, recalls (two sources for a while), questions, answers, rankings and three rewirings.
  BOOST_TEST(report.exact == report.decisions);
  BOOST_TEST(report.exact > 24u * 4);
  BOOST_TEST(report.taken_as_recorded == 0u);
}

BOOST_AUTO_TEST_CASE(an_agent_that_is_no_function_of_its_input_is_named_with_the_field) {
  run(8);
  toys::mood.moody = true;

  const auto report = again();

  BOOST_TEST(report.diverged == 2u);  // the eighth recall of each source
  BOOST_REQUIRE(report.first_divergence.has_value());
  BOOST_TEST(report.first_divergence->agent == "recall/a");
  BOOST_TEST(report.first_divergence->field == "ars.candidates.recalled scores[3]");
  BOOST_TEST(report.first_divergence->recorded != report.first_divergence->recomputed);
}

BOOST_AUTO_TEST_CASE(answers_within_the_tolerance_are_equivalent_and_beyond_it_diverge) {
  run(4);
  const auto off_by = [](float by) {
    return [by](const std::vector<Question>& questions) {
      auto out = toys::answer(questions);
      for (auto& payload : out)
        std::get<events::Scored>(payload).scores[0] += by;
      return out;
    };
  };

  const auto close = again(off_by(5e-6F));
  const auto far = again(off_by(1e-3F));

  BOOST_TEST(close.equivalent == 12u);
  BOOST_TEST(close.diverged == 0u);
  BOOST_TEST(far.diverged == 12u);
  BOOST_TEST(far.first_divergence->field == "ars.scored scores[0]");
}

BOOST_AUTO_TEST_CASE(without_a_model_answers_are_taken_as_recorded) {
  run(4);

  const auto report = again({});

  BOOST_TEST(report.diverged == 0u);
  BOOST_TEST(report.taken_as_recorded == 12u);
}

BOOST_AUTO_TEST_CASE(skipped_inputs_are_not_decided_again) {
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = 2;
  run(4);

  const auto report = again();

  BOOST_TEST(report.diverged == 0u,
             (report.first_divergence ? to_string(*report.first_divergence) : ""));
}

BOOST_AUTO_TEST_CASE(a_check_that_fails_now_is_a_divergence) {
  run(4);
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = 1;

  const auto report = again();

  BOOST_TEST(report.diverged == 1u);
  BOOST_TEST(report.first_divergence->field == "decide");
  BOOST_TEST(report.first_divergence->agent == "traffic");
}

BOOST_AUTO_TEST_SUITE_END()
