#include "cli/run/run_metrics.hpp"

#include "runtime/limits.hpp"
#include "runtime/telemetry/prometheus_text.hpp"
#include "test/runtime/telemetry/exposition.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::cli;
using namespace ars::events;
using ars::test::Exposition;

namespace {

using Facts = std::vector<Payload>;

struct Fixture {
  runtime::Registry registry;
  runtime::LogicalClock clock{Timestamp(1'000'000'000'000)};
  RunMetrics metrics{registry, clock};

  static EventPtr event(Payload payload) {
    Event out;
    out.header.type_id = type_id_of(payload);
    out.payload = std::move(payload);
    return std::make_shared<const Event>(std::move(out));
  }
  void recall(const Facts& facts) {
    for (const auto& fact : facts)
      metrics.observe(*event(fact), Moment::recalled);
  }
  void commit(const Facts& facts, const runtime::BatchFigures& figures = {}) {
    std::vector<runtime::CommittedEvent> batch;
    for (const auto& fact : facts)
      batch.push_back({event(fact), {}});
    metrics.committed(batch, figures);
  }
  void compose(std::uint64_t version, const std::vector<std::string>& agents) {
    runtime::PartitionMark mark;
    mark.composition.version = version;
    for (const auto& agent : agents)
      mark.composition.agents.push_back({agent, agent, "", {}});
    metrics.stand(mark, {});
  }
  Exposition served() const { return test::read_exposition(runtime::prometheus_text(registry)); }
};

SlateServed slate(std::uint64_t plan, std::uint64_t experiment = 0, Arm arm = Arm::champion) {
  SlateServed out;
  out.plan = plan;
  out.experiment = experiment;
  out.arm = arm;
  return out;
}

CanaryStarted canary(std::uint64_t experiment, std::uint64_t variant, std::uint64_t plan) {
  CanaryStarted out;
  out.experiment = experiment;
  out.variant = variant;
  out.plan = plan;
  out.metric = "clicks";
  out.guardrail = "satisfaction";
  return out;
}

CanaryLooked look(std::uint64_t experiment, double effect) {
  CanaryLooked out;
  out.experiment = experiment;
  out.effect = effect;
  out.low = effect - 1;
  out.high = effect + 1;
  out.guardrail_effect = -effect;
  return out;
}

RewardAssigned reward(double outer, std::vector<InnerReward> inner = {}) {
  RewardAssigned out;
  out.objective = "clicks";
  out.outer = outer;
  out.inner = std::move(inner);
  return out;
}

VariantProposed proposal(std::uint64_t variant, std::string proposer) {
  VariantProposed out;
  out.variant = variant;
  out.proposer = std::move(proposer);
  return out;
}

using Labels = std::vector<std::pair<std::string, std::string>>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_run_metrics, Fixture)

BOOST_AUTO_TEST_CASE(requests_are_counted_by_result_fallback_and_plan) {
  auto fell_back = slate(1);
  fell_back.result = ResultCode::fewer;
  fell_back.fallback = "cold_start";
  runtime::BatchFigures figures;
  figures.total = Duration::milliseconds(30);

  commit({PlanPromoted{1, 0, 0, ""}, slate(1), slate(1), fell_back,
          StageTimedOut{{}, 1, "ranking", "model_timeout"}},
         figures);

  const auto text = served();
  BOOST_TEST(text.value("ars_serving_requests_total", {{"result", "ok"}}).value() == 2);
  BOOST_TEST(text.value("ars_serving_requests_total", {{"result", "fewer"}}).value() == 1);
  BOOST_TEST(text.value("ars_serving_fallback_total", {{"reason", "cold_start"}}).value() == 1);
  BOOST_TEST(text.value("ars_serving_plan_requests_total", {{"plan", "1"}}).value() == 3);
  BOOST_TEST(text.value("ars_serving_stage_timeouts_total",
                        {{"reason", "model_timeout"}, {"stage", "ranking"}})
                 .value() == 1);
  BOOST_TEST(text.value("ars_serving_duration_seconds_count").value() == 3);
  BOOST_TEST(text.value("ars_serving_duration_seconds_sum").value() == 0.09,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(text.value("ars_log_appended_events_total", {{"type", "ars.slate.served"}}).value() ==
             3);
}

BOOST_AUTO_TEST_CASE(rewards_are_means_of_the_run_and_the_twin_is_the_frozen_arm) {
  recall({reward(1, {{"ranking", 0.5}})});
  commit({reward(3, {{"ranking", 1.5}})});
  metrics.observe_twin(*event(reward(1)));

  const auto text = served();
  const auto arm = [&](const char* name) {
    return text.value("ars_reward_outer", {{"arm", name}, {"objective", "clicks"}});
  };
  BOOST_TEST(arm("system").value() == 2);
  BOOST_TEST(arm("frozen").value() == 1);
  BOOST_TEST(!arm("popularity").has_value());
  BOOST_TEST(
      text.value("ars_reward_inner", {{"agent", "ranking"}, {"objective", "clicks"}}).value() == 1);
}

BOOST_AUTO_TEST_CASE(where_baselines_answer_their_rewards_stand_beside_the_system) {
  EvolutionConfigured configured;
  configured.shadow_pairs = true;
  auto rated = reward(1);
  rated.hits = {1, 1, 0};
  rated.frozen_outer = 0.5;

  commit({configured, rated});

  const auto text = served();
  const auto arm = [&](const char* name) {
    return text.value("ars_reward_outer", {{"arm", name}, {"objective", "clicks"}}).value();
  };
  BOOST_TEST(arm("system") == 1);
  BOOST_TEST(arm("frozen") == 0.5);
  BOOST_TEST(arm("popularity") == 0);
}

BOOST_AUTO_TEST_CASE(series_of_an_experiment_end_with_its_verdict) {
  const Facts running = {canary(4, 9, 11), look(4, 0.25), slate(1, 4), slate(11, 4, Arm::variant)};
  const auto effect = [&](const char* metric, const char* bound) {
    return served().value("ars_experiment_effect",
                          {{"bound", bound}, {"experiment", "4"}, {"metric", metric}});
  };
  for (const Payload& verdict : Facts{VariantPromoted{9, 11, ""}, VariantRolledBack{9, 11, ""},
                                      VariantRejected{9, "", ""}, canary(5, 10, 12)}) {
    commit(running);
    BOOST_TEST(effect("clicks", "point").value() == 0.25);
    BOOST_TEST(effect("clicks", "low").value() == -0.75);
    BOOST_TEST(effect("satisfaction", "point").value() == -0.25);
    BOOST_TEST(
        served()
            .value("ars_experiment_exposures_total", {{"arm", "variant"}, {"experiment", "4"}})
            .value() == 1);

    commit({verdict, slate(1, 4)});

    BOOST_TEST(!served().sampled("ars_experiment_effect"));
    BOOST_TEST(!served().sampled("ars_experiment_exposures_total"));
  }
}

BOOST_AUTO_TEST_CASE(the_verdict_on_another_variant_ends_no_experiment) {
  commit({canary(4, 9, 11), look(4, 0.25)});

  commit({VariantRejected{8, "static checks", ""}, VariantRolledBack{7, 3, ""}});

  BOOST_TEST(served().sampled("ars_experiment_effect"));
}

BOOST_AUTO_TEST_CASE(series_of_a_plan_end_when_it_serves_no_longer) {
  const auto plan = [&](const char* version) {
    return served().value("ars_serving_plan_requests_total", {{"plan", version}}).has_value();
  };
  commit(
      {PlanPromoted{1, 0, 0, ""}, PlanFrozen{2, 0}, canary(1, 1, 3), slate(1), slate(2), slate(3)});
  BOOST_TEST((plan("1") && plan("2") && plan("3")));

  commit({VariantPromoted{1, 3, ""}, PlanPromoted{3, 1, 1, ""}, slate(1)});

  BOOST_TEST((!plan("1") && plan("2") && plan("3")));
}

BOOST_AUTO_TEST_CASE(series_of_an_agent_end_when_it_leaves_the_composition) {
  runtime::BatchFigures figures;
  figures.inputs_by_agent = {{"recall.a", 5}, {"recall.b", 7}};
  compose(1, {"recall.a", "recall.b"});
  commit({reward(1, {{"recall.a", 1}, {"recall.b", 1}}),
          CreditAssigned{"recall.a", "", "clicks", 0.5, 0, 1, 1},
          StepAborted{"recall.a", {}, 1, ""}, AgentQuarantined{"recall.a", 6}},
         figures);
  BOOST_TEST(served().value("ars_agent_messages_total", {{"agent", "recall.a"}}).value() == 5);
  BOOST_TEST(metrics.quarantined().contains("recall.a"));

  compose(2, {"recall.b"});
  commit({}, figures);
  compose(2, {"recall.b"});

  const auto text = served();
  BOOST_TEST(text.value("ars_agent_messages_total", {{"agent", "recall.b"}}).value() == 14);
  BOOST_TEST(!text.value("ars_reward_inner", {{"agent", "recall.a"}, {"objective", "clicks"}})
                  .has_value());
  BOOST_TEST(
      text.value("ars_reward_inner", {{"agent", "recall.b"}, {"objective", "clicks"}}).has_value());
  BOOST_TEST(!text.sampled("ars_credit_estimate"));
  BOOST_TEST(!text.sampled("ars_agent_restarts_total"));
  BOOST_TEST(text.value("ars_agents_quarantined").value() == 0);
  BOOST_TEST(metrics.quarantined().empty());
}

BOOST_AUTO_TEST_CASE(what_the_log_already_held_sets_gauges_and_counts_nothing) {
  TrainingRequested job;
  job.job = 3;
  ViewPublished view;
  view.view = "statistics";
  view.version = ViewVersion(8);

  recall({slate(1), proposal(1, "autotrain"), StepChosen{}, job, view, InputQuarantined{},
          AgentQuarantined{"fusion", 6}, canary(2, 1, 5), look(2, 1), GuardrailCrossed{}});

  const auto text = served();
  for (const auto* counter :
       {"ars_serving_requests_total", "ars_evolution_variants_total", "ars_evolution_steps_total",
        "ars_log_appended_events_total", "ars_guardrail_breaches_total"}) {
    BOOST_TEST(!text.sampled(counter), counter);
  }
  BOOST_TEST(text.value("ars_inputs_quarantined_total").value() == 0);
  BOOST_TEST(text.value("ars_training_jobs_open").value() == 1);
  BOOST_TEST(text.value("ars_agents_quarantined").value() == 1);
  BOOST_TEST(text.value("ars_view_version", {{"view", "statistics"}}).value() == 8);
  BOOST_TEST(text.sampled("ars_experiment_effect"));

  TrainingFinished done;
  done.job = 3;
  done.ok = true;
  commit({VariantPromoted{1, 5, ""}, done});

  BOOST_TEST(served()
                 .value("ars_evolution_variants_total",
                        {{"outcome", "promoted"}, {"proposer", "autotrain"}})
                 .value() == 1);
  BOOST_TEST(!served().sampled("ars_training_duration_seconds"));
}

BOOST_AUTO_TEST_CASE(a_training_lasts_from_its_request_to_its_result) {
  TrainingRequested job;
  job.job = 3;
  TrainingFinished done;
  done.job = 3;

  commit({job});
  clock.advance(Duration::seconds(20));
  commit({TrainingRemedied{3, 0, "diverged", "", 0}, done});

  const auto text = served();
  BOOST_TEST(text.value("ars_training_duration_seconds_sum").value() == 20);
  BOOST_TEST(text.value("ars_training_jobs_total", {{"outcome", "failed"}}).value() == 1);
  BOOST_TEST(text.value("ars_training_anomalies_total", {{"anomaly", "diverged"}}).value() == 1);
  BOOST_TEST(text.value("ars_training_jobs_open").value() == 0);
}

BOOST_AUTO_TEST_CASE(where_the_log_stands_is_its_offset_and_not_its_batch) {
  runtime::PartitionMark mark;
  mark.batch = 7;
  mark.interactions = 30;
  mark.composition.version = 2;

  metrics.stand(
      mark, {{{store::Topic::evt, 0}, Offset(123), {}}, {{store::Topic::ctl, 0}, Offset(9), {}}});

  const auto text = served();
  const auto next = [&](const char* topic) {
    return text.value("ars_log_next_offset", {{"partition", "0"}, {"topic", topic}}).value();
  };
  BOOST_TEST(next("evt") == 123);
  BOOST_TEST(next("ctl") == 9);
  BOOST_TEST(text.value("ars_source_interactions").value() == 30);
  BOOST_TEST(text.value("ars_composition_version").value() == 2);
}

BOOST_AUTO_TEST_CASE(dead_letters_are_what_the_log_gained_since_the_start) {
  const auto stand = [&](std::uint64_t letters) {
    metrics.stand({}, {{{store::Topic::dlq, 0}, Offset(letters), {}}});
    return served().value("ars_dead_letters_total").value();
  };

  BOOST_TEST(stand(5) == 0);
  BOOST_TEST(stand(5) == 0);
  BOOST_TEST(stand(7) == 2);
}

BOOST_AUTO_TEST_CASE(a_quarantine_lasts_its_count_of_batches) {
  const auto stand = [&](std::uint64_t batch) {
    runtime::PartitionMark mark;
    mark.batch = batch;
    mark.composition = {1, {{"traffic", "traffic", "", {}}}};
    metrics.stand(mark, {});
    return served().value("ars_agents_quarantined").value();
  };
  BatchFormed formed;
  formed.batch = BatchNumber(9);
  stand(8);
  commit({formed, AgentQuarantined{"traffic/ab", 6}});  // while batch 10 is formed

  BOOST_TEST(stand(10) == 1);
  BOOST_TEST(metrics.quarantined().contains("traffic/ab"));
  BOOST_TEST(stand(8 + runtime::limits::quarantine_batches) == 1);
  BOOST_TEST(stand(9 + runtime::limits::quarantine_batches) == 0);
}

// The HTTP server counts its own two rows.
BOOST_AUTO_TEST_CASE(every_other_row_of_the_table_is_moved_by_a_run) {
  runtime::BatchFigures figures;
  figures.inputs_by_agent = {{"traffic", 1}};
  auto fell_back = slate(1, 1);
  fell_back.fallback = "cold_start";
  TrainingRequested job;
  job.job = 1;
  TrainingFinished done;
  done.job = 1;

  commit({BatchFormed{}, PlanPromoted{1, 0, 0, ""}, canary(1, 1, 2), look(1, 1), fell_back,
          StageTimedOut{{}, 1, "ranking", "model_timeout"}, FeedbackReceived{}, RatingReceived{},
          reward(1, {{"ranking", 1}}), CreditAssigned{"ranking", "", "clicks", 1, 0, 1, 1},
          GuardrailCrossed{}, StepChosen{}, proposal(1, "autotrain"), job,
          TrainingRemedied{1, 0, "diverged", "", 0}, done, ViewPublished{},
          StepAborted{"traffic", {}, 1, ""}},
         figures);
  metrics.stand({}, {{{store::Topic::evt, 0}, Offset(1), {}}});
  metrics.kafka_lag(3);
  metrics.kafka_unanswered();

  const auto text = served();
  for (const auto& row : runtime::metric_rows()) {
    if (row.name.starts_with("ars_http_")) continue;
    BOOST_TEST(text.sampled(std::string(row.name)), row.name << " has no sample");
  }
  BOOST_TEST(text.problems.empty());
}

BOOST_AUTO_TEST_SUITE_END()
