#include "actors/evolution/autofeature/autofeature_state.hpp"

#include "actors/limits.hpp"
#include "model/features/screening.hpp"
#include "test/actors/world.hpp"

using namespace ars;
using namespace ars::actors;
using namespace ars::actors::world;

namespace {

using Names = std::vector<std::string>;

struct Fixture : World {
  AutoFeatureState state;
  events::EvolutionConfigured config = bounds();
  std::uint64_t variants = 0;

  Fixture() { tell(state, {config}); }

  const Names& features() const { return deployment.plans[0].ranker.features; }
  events::VariantProposed turn() {
    events::StepChosen chosen;
    chosen.arm = "autofeature";
    chosen.variant = ++variants;
    return only<events::VariantProposed>(step(state, chosen));
  }
  runtime::Decision measure(std::uint64_t variant, double mean) {
    events::EvidenceMeasured evidence;
    evidence.variant = variant;
    evidence.mean = mean;
    evidence.passed = mean > 0;
    return step(state, evidence);
  }
};

bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The feature that one plan has and the other has not.
std::string difference(const Names& before, const Names& after) {
  const auto& longer = before.size() > after.size() ? before : after;
  const auto& shorter = before.size() > after.size() ? after : before;
  BOOST_REQUIRE_EQUAL(longer.size(), shorter.size() + 1);
  for (const auto& name : longer) {
    if (!has(shorter, name)) return name;
  }
  return "";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_autofeature_state, Fixture)

BOOST_AUTO_TEST_CASE(a_turn_changes_exactly_one_feature_of_the_champion) {
  for (int i = 0; i < 8; ++i) {
    const auto change = turn();

    const auto name = difference(features(), change.plan.ranker.features);
    const bool added = change.plan.ranker.features.size() > features().size();
    BOOST_TEST(change.summary == (added ? "add feature " : "retire feature ") + name);
    BOOST_CHECK(change.kind ==
                (added ? events::ChangeKind::feature_added : events::ChangeKind::feature_retired));
    BOOST_TEST(change.plan.version == plan_version_of(change.variant));
    BOOST_TEST(change.trained_model);
    BOOST_TEST(model::check_plan(change.plan.ranker.features).has_value());
  }
}

BOOST_AUTO_TEST_CASE(what_the_operator_planted_is_tried_after_one_own_try_and_only_so_often) {
  const auto planted = model::absent_features(features()).back();
  config.planted = {planted};
  tell(state, {config});
  BOOST_TEST(turn().summary != "add feature " + planted);

  for (std::uint64_t i = 0; i < limits::planted_tries_max; ++i)
    BOOST_TEST(turn().summary == "add feature " + planted);
  BOOST_TEST(turn().summary != "add feature " + planted);
}

BOOST_AUTO_TEST_CASE(a_feature_of_the_plan_is_not_planted_again) {
  config.planted = {features().front()};
  tell(state, {config});

  BOOST_TEST(turn().summary != "add feature " + features().front());
}

BOOST_AUTO_TEST_CASE(withheld_features_are_never_offered) {
  const auto absent = model::absent_features(features());
  config.withheld = {absent.begin(), absent.end() - 1};
  tell(state, {config});

  for (int i = 0; i < 12; ++i) {
    for (const auto& name : config.withheld)
      BOOST_REQUIRE(turn().summary != "add feature " + name);
  }
}

BOOST_AUTO_TEST_CASE(the_least_tried_comes_next_so_that_adding_and_retiring_take_turns) {
  const auto absent = model::absent_features(features()).size();
  const auto present = features().size();
  std::map<std::string, int> offers;
  for (std::size_t i = 0; i < absent + present; ++i)
    ++offers[turn().summary];

  BOOST_TEST(offers.size() == absent + present);
}

BOOST_AUTO_TEST_CASE(of_the_untried_the_one_that_a_training_left_most_to_explain_is_first) {
  const auto absent = model::absent_features(features());
  BOOST_REQUIRE(absent.size() > 3);
  events::TrainingFinished finished;
  finished.arms.resize(2);
  finished.arms[1].metrics = {{"all", "auc", 0.9, 10},
                              {"all", model::screening_metric(absent[1]), 0.001, 1000},
                              {"all", model::screening_metric(absent[3]), 0.02, 1000},
                              {"all", model::screening_metric(features().front()), 0.5, 1000}};
  tell(state, {finished});

  BOOST_TEST(turn().summary == "add feature " + absent[3]);
  BOOST_TEST(turn().summary == "add feature " + absent[1]);
}

BOOST_AUTO_TEST_CASE(evidence_is_the_gain_of_having_the_feature_and_is_taken_once) {
  config.planted = {model::absent_features(features()).front()};
  tell(state, {config});
  turn();
  const auto added = turn();
  const auto gain = only<events::FeatureMeasured>(measure(added.variant, 0.25));
  events::VariantProposed retired = added;
  retired.variant = 50;
  retired.kind = events::ChangeKind::feature_retired;
  retired.summary = "retire feature " + features().front();
  tell(state, {retired});
  const auto loss = only<events::FeatureMeasured>(measure(50, 0.125));

  BOOST_TEST(gain.feature == config.planted.front());
  BOOST_TEST(!gain.in_plan);
  BOOST_TEST(gain.gain == 0.25);
  BOOST_TEST(loss.in_plan);
  BOOST_TEST(loss.gain == -0.125);
  BOOST_TEST(says_nothing(measure(added.variant, 0.25)));
  BOOST_TEST(says_nothing(measure(99, 0.25)));
}

BOOST_AUTO_TEST_CASE(another_loops_turn_and_variant_are_not_ours) {
  events::StepChosen chosen;
  chosen.arm = "autotrain";

  BOOST_TEST(says_nothing(step(state, chosen)));
  tell(state, {proposed(1, deployment.plans[0])});
  BOOST_TEST(state.tried.empty());
}

BOOST_AUTO_TEST_SUITE_END()
