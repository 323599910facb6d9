#include "test/store/projections/fold.hpp"

using namespace ars;
using namespace ars::test;
using namespace ars::store::projections;

BOOST_AUTO_TEST_SUITE(projections_lineage)

BOOST_AUTO_TEST_CASE(road_of_a_variant_is_told_in_order_with_places) {
  Fold<Lineage> fold;
  events::VariantProposed proposed;
  proposed.variant = 17;
  proposed.proposer = "autotrain";
  proposed.kind = events::ChangeKind::architecture;
  events::TrainingFinished finished;
  finished.variant = 17;
  finished.ok = true;
  events::EvidenceMeasured evidence;
  evidence.variant = 17;
  evidence.passed = true;
  events::CanaryStarted started;
  started.variant = 17;

  fold.fact(proposed).fact(events::VariantChecked{17, true, ""}).input(finished).fact(evidence);
  fold.fact(started).fact(events::GuardrailCrossed{1, 17, "satisfaction", 0, 0, 0});
  fold.fact(events::VariantRolledBack{17, 2, "guardrail"});
  fold.fact(events::VariantRejected{18, "static", "no prediction"});

  BOOST_TEST(fold.row<VariantRow>(store::projections::key_of(std::uint64_t{17})).proposer ==
             "autotrain");
  std::string road;
  fold.projection.table<StepRow>().each([&](const std::string&, const StepRow& step) {
    if (step.variant == 17) road += step.at + " " + step.event + "\n";
  });
  BOOST_TEST(road ==
             "evt/0/0 ars.variant.proposed\nevt/0/1 ars.variant.checked\n"
             "evt/0/2 ars.training.finished\nevt/0/3 ars.evidence.measured\n"
             "evt/0/4 ars.canary.started\nevt/0/5 ars.guardrail.crossed\n"
             "evt/0/6 ars.variant.rolled_back\n");
  fold.check_reloads();
}

BOOST_AUTO_TEST_SUITE_END()
