#include "test/store/projections/fold.hpp"

using namespace ars;
using namespace ars::test;
using namespace ars::store::projections;

BOOST_AUTO_TEST_SUITE(projections_experiments)

BOOST_AUTO_TEST_CASE(canary_keeps_its_last_look_and_the_variant_its_verdict) {
  Fold<Experiments> fold;
  events::CanaryStarted started;
  started.experiment = 3;
  started.variant = 17;
  started.share = 0.1;
  started.guardrail = "satisfaction";
  events::CanaryLooked look;
  look.experiment = 3;
  look.requests = 100;
  look.effect = 0.01;

  fold.fact(started).fact(look);
  look.requests = 200;
  look.effect = -0.02;
  fold.fact(look);
  fold.fact(events::GuardrailCrossed{3, 17, "satisfaction", -0.1, -0.2, -0.05});
  fold.fact(events::VariantRolledBack{17, 4, "guardrail crossed"});

  const auto& row = fold.row<ExperimentRow>(store::projections::key_of(std::uint64_t{3}));
  BOOST_TEST(row.looks == 2u);
  BOOST_TEST(row.last_look.effect == -0.02);
  BOOST_TEST(row.guardrail_crossed);
  const auto& verdict = fold.row<VerdictRow>(store::projections::key_of(std::uint64_t{17}));
  BOOST_TEST((verdict.verdict == Verdict::rolled_back));
  BOOST_TEST(verdict.reason == "guardrail crossed");
  fold.check_reloads();
}

BOOST_AUTO_TEST_SUITE_END()
