#include "cli/run/run_metrics.hpp"

#include "cli/version.hpp"
#include "events/base/narrow.hpp"
#include "runtime/limits.hpp"

#include <algorithm>

namespace ars::cli {
namespace {

std::string_view word(events::ResultCode result) {
  switch (result) {
    case events::ResultCode::ok:
      return "ok";
    case events::ResultCode::fewer:
      return "fewer";
    case events::ResultCode::empty:
      break;
  }
  return "empty";
}

std::string_view word(events::Arm arm) {
  return arm == events::Arm::variant ? "variant" : "champion";
}

// Where the three arms of ars_reward_outer come from is said in take(RewardAssigned).
constexpr std::string_view outer = "ars_reward_outer";
constexpr std::string_view effect = "ars_experiment_effect";
constexpr std::string_view exposures = "ars_experiment_exposures_total";

}  // namespace

RunMetrics::RunMetrics(runtime::Registry& registry, runtime::Clock& clock)
    : registry_(registry), clock_(clock) {
  registry_.gauge("ars_build_info", {std::string(version)}).set(1);
  registry_.gauge("ars_start_time_seconds").set(to_double(clock_.now().value()) * 1e-9);
  // What has not happened yet is 0, not absent.
  for (const auto* name :
       {"ars_dead_letters_total", "ars_inputs_quarantined_total", "ars_kafka_unanswered_total"}) {
    registry_.counter(name).add(0);
  }
  for (const auto* name : {"ars_agents_quarantined", "ars_training_jobs_open"})
    registry_.gauge(name).set(0);
}

void RunMetrics::Average::add(double value) {
  sum += value;
  count += 1;
  gauge.set(sum / to_double(count));
}

void RunMetrics::count(std::string_view metric, Moment moment, const Labels& labels) {
  if (moment == Moment::live) registry_.counter(metric, labels).add();
}

void RunMetrics::average(std::string_view metric, const Labels& labels, double value) {
  const std::pair key{std::string(metric), labels};
  auto found = averages_.find(key);
  if (found == averages_.end()) {
    found = averages_.emplace(key, Average{registry_.gauge(metric, labels)}).first;
  }
  found->second.add(value);
}

void RunMetrics::of_agent(std::string_view metric, const Labels& labels) {
  agent_series_.emplace(metric, labels);
}

void RunMetrics::observe(const events::Event& event, Moment moment) {
  if (moment == Moment::live) {
    const auto type = event.header.type_id;
    auto known = appended_.find(type);
    if (known == appended_.end()) {
      known = appended_
                  .emplace(type, registry_.counter("ars_log_appended_events_total",
                                                   {std::string(events::name_of(event.payload))}))
                  .first;
    }
    known->second.add();
  }
  std::visit(
      [&](const auto& payload) {
        if constexpr (requires { take(payload, moment); }) take(payload, moment);
      },
      event.payload);
}

void RunMetrics::observe_twin(const events::Event& event) {
  if (const auto* reward = event.as<events::RewardAssigned>()) {
    average(outer, {reward->objective, "frozen"}, reward->outer);
  }
}

void RunMetrics::committed(const std::vector<runtime::CommittedEvent>& batch,
                           const runtime::BatchFigures& figures) {
  slates_ = 0;
  for (const auto& each : batch)
    observe(*each.event, Moment::live);
  registry_.histogram("ars_log_append_duration_seconds").observe(figures.append.seconds());
  registry_.histogram("ars_batch_duration_seconds").observe(figures.total.seconds());
  auto serving = registry_.histogram("ars_serving_duration_seconds");
  for (std::uint64_t i = 0; i < slates_; ++i)
    serving.observe(figures.total.seconds());
  for (const auto& [agent, inputs] : figures.inputs_by_agent) {
    auto known = messages_.find(agent);
    if (known == messages_.end()) {
      of_agent("ars_agent_messages_total", {agent});
      known =
          messages_.emplace(agent, registry_.counter("ars_agent_messages_total", {agent})).first;
    }
    known->second.add(to_double(inputs));
  }
  retire_plans();
}

void RunMetrics::stand(const runtime::PartitionMark& mark, const std::vector<store::Head>& heads) {
  registry_.gauge("ars_source_interactions").set(to_double(mark.interactions));
  registry_.gauge("ars_composition_version").set(to_double(mark.composition.version));
  registry_.gauge("ars_composition_agents").set(to_double(mark.composition.agents.size()));
  std::uint64_t letters = 0;
  for (const auto& head : heads) {
    if (head.stream.topic == store::Topic::dlq) letters += head.next.value();
    registry_
        .gauge("ars_log_next_offset", {std::string(store::to_string(head.stream.topic)),
                                       std::to_string(head.stream.partition)})
        .set(to_double(head.next.value()));
  }
  // What lay there at the first look is from before this process.
  if (dead_letters_.has_value()) {
    registry_.counter("ars_dead_letters_total").add(to_double(letters - *dead_letters_));
  }
  dead_letters_ = letters;
  if (mark.composition.version != composition_) {
    composition_ = mark.composition.version;
    retire_agents(mark.composition);
  }
  // The next batch is the first that they take part in again.
  std::erase_if(quarantined_, [&](const auto& each) {
    return each.second + runtime::limits::quarantine_batches <= mark.batch + 1;
  });
  show_quarantine();
}

void RunMetrics::show_quarantine() {
  registry_.gauge("ars_agents_quarantined").set(to_double(quarantined_.size()));
}

void RunMetrics::kafka_lag(std::uint64_t records) {
  registry_.gauge("ars_kafka_lag_records").set(to_double(records));
}
void RunMetrics::kafka_unanswered() { registry_.counter("ars_kafka_unanswered_total").add(); }

void RunMetrics::retire_agents(const events::Composition& composition) {
  // An agent of many, one a user, is named ENTRY/KEY.
  const auto gone = [&](const std::string& agent) {
    return std::none_of(composition.agents.begin(), composition.agents.end(),
                        [&](const auto& entry) {
                          return agent == entry.agent || agent.starts_with(entry.agent + "/");
                        });
  };
  for (auto at = agent_series_.begin(); at != agent_series_.end();) {
    const auto& [metric, labels] = *at;
    if (!gone(labels.front())) {
      ++at;
      continue;
    }
    registry_.remove(metric, labels);
    averages_.erase(*at);
    messages_.erase(labels.front());
    at = agent_series_.erase(at);
  }
  std::erase_if(quarantined_, [&](const auto& each) { return gone(each.first); });
}

// At the end of a batch: its last slates may still be those of a plan that it replaced.
void RunMetrics::retire_plans() {
  std::erase_if(plan_slates_, [&](const auto& each) {
    const auto plan = each.first;
    if (plan == champion_ || plan == frozen_ || plan == experiment_.plan) return false;
    registry_.remove("ars_serving_plan_requests_total", {std::to_string(plan)});
    return true;
  });
}

// Promotion and rollback name the canary's variant; a variant rejected before its canary does not.
void RunMetrics::end_experiment(std::uint64_t variant) {
  if (experiment_.id == 0 || experiment_.variant != variant) return;
  for (const auto& labels : experiment_series_)
    registry_.remove(labels.size() == 3 ? effect : exposures, labels);
  experiment_series_.clear();
  experiment_ = {};
}

void RunMetrics::outcome(std::uint64_t variant, std::string_view end, Moment moment) {
  const auto known = proposers_.find(variant);
  count("ars_evolution_variants_total", moment,
        {known == proposers_.end() ? "unknown" : known->second, std::string(end)});
}

void RunMetrics::take(const events::SlateServed& slate, Moment moment) {
  if (moment != Moment::live) return;
  slates_ += 1;
  count("ars_serving_requests_total", moment, {std::string(word(slate.result))});
  if (!slate.fallback.empty()) count("ars_serving_fallback_total", moment, {slate.fallback});
  auto known = plan_slates_.find(slate.plan);
  if (known == plan_slates_.end()) {
    known = plan_slates_
                .emplace(slate.plan, registry_.counter("ars_serving_plan_requests_total",
                                                       {std::to_string(slate.plan)}))
                .first;
  }
  known->second.add();
  if (slate.experiment == 0 || slate.experiment != experiment_.id) return;
  const Labels labels{std::to_string(slate.experiment), std::string(word(slate.arm))};
  experiment_series_.insert(labels);
  count(exposures, moment, labels);
}

void RunMetrics::take(const events::StageTimedOut& late, Moment moment) {
  count("ars_serving_stage_timeouts_total", moment, {late.stage, late.reason});
}
void RunMetrics::take(const events::FeedbackReceived&, Moment moment) {
  count("ars_feedback_events_total", moment, {"feedback"});
}
void RunMetrics::take(const events::DelayedRewardReceived&, Moment moment) {
  count("ars_feedback_events_total", moment, {"delayed_reward"});
}
void RunMetrics::take(const events::RatingReceived&, Moment moment) {
  count("ars_feedback_events_total", moment, {"rating"});
}
void RunMetrics::take(const events::LoggedActionReceived&, Moment moment) {
  count("ars_feedback_events_total", moment, {"logged_action"});
}
void RunMetrics::take(const events::InputQuarantined&, Moment moment) {
  count("ars_inputs_quarantined_total", moment);
}

// A simulated source has its frozen arm in the twin's log, where observe_twin finds it. A rating
// judges every slate, so frozen and popularity stand beside the system in the same event.
void RunMetrics::take(const events::RewardAssigned& reward, Moment) {
  average(outer, {reward.objective, "system"}, reward.outer);
  if (baselines_ && !reward.hits.empty()) {
    average(outer, {reward.objective, "frozen"}, reward.frozen_outer);
    average(outer, {reward.objective, "popularity"}, reward.popularity_outer);
  }
  for (const auto& inner : reward.inner) {
    const Labels labels{inner.agent, reward.objective};
    of_agent("ars_reward_inner", labels);
    average("ars_reward_inner", labels, inner.value);
  }
}

void RunMetrics::take(const events::PlanPromoted& promoted, Moment) { champion_ = promoted.plan; }
void RunMetrics::take(const events::PlanFrozen& frozen, Moment) { frozen_ = frozen.plan; }
void RunMetrics::take(const events::EvolutionConfigured& configured, Moment) {
  baselines_ = configured.shadow_pairs;
}

void RunMetrics::take(const events::VariantProposed& proposed, Moment moment) {
  proposers_[proposed.variant] = proposed.proposer;
  outcome(proposed.variant, "proposed", moment);
}
void RunMetrics::take(const events::VariantPromoted& promoted, Moment moment) {
  outcome(promoted.variant, "promoted", moment);
  end_experiment(promoted.variant);
}
void RunMetrics::take(const events::VariantRolledBack& back, Moment moment) {
  outcome(back.variant, "rolled_back", moment);
  end_experiment(back.variant);
}
void RunMetrics::take(const events::VariantRejected& rejected, Moment moment) {
  outcome(rejected.variant, "rejected", moment);
  end_experiment(rejected.variant);
}

// A canary follows its own shadow experiment without a verdict between them.
void RunMetrics::take(const events::CanaryStarted& started, Moment) {
  end_experiment(experiment_.variant);
  experiment_ = {started.experiment, started.variant, started.plan, started.metric,
                 started.guardrail};
}

void RunMetrics::take(const events::CanaryLooked& looked, Moment) {
  if (looked.experiment != experiment_.id) return;
  const auto show = [&](const std::string& metric, const char* bound, double value) {
    const Labels labels{std::to_string(looked.experiment), metric, bound};
    experiment_series_.insert(labels);
    registry_.gauge(effect, labels).set(value);
  };
  show(experiment_.metric, "point", looked.effect);
  show(experiment_.metric, "low", looked.low);
  show(experiment_.metric, "high", looked.high);
  if (experiment_.guardrail.empty()) return;
  show(experiment_.guardrail, "point", looked.guardrail_effect);
  show(experiment_.guardrail, "low", looked.guardrail_low);
  show(experiment_.guardrail, "high", looked.guardrail_high);
}

void RunMetrics::take(const events::GuardrailCrossed& crossed, Moment moment) {
  count("ars_guardrail_breaches_total", moment, {crossed.guardrail});
}
void RunMetrics::take(const events::StepChosen& step, Moment moment) {
  count("ars_evolution_steps_total", moment, {step.arm});
}

void RunMetrics::take(const events::CreditAssigned& credit, Moment) {
  const Labels labels{credit.agent, credit.objective};
  of_agent("ars_credit_estimate", labels);
  registry_.gauge("ars_credit_estimate", labels).set(credit.estimate);
}

// A job that was asked for before this process began has no beginning here.
void RunMetrics::take(const events::TrainingRequested& requested, Moment moment) {
  auto& began = training_began_[requested.job];
  if (moment == Moment::live) began = clock_.now();
  registry_.gauge("ars_training_jobs_open").set(to_double(training_began_.size()));
}
void RunMetrics::take(const events::TrainingRemedied& remedied, Moment moment) {
  count("ars_training_anomalies_total", moment, {remedied.anomaly});
}
void RunMetrics::take(const events::TrainingFinished& finished, Moment moment) {
  count("ars_training_jobs_total", moment, {finished.ok ? "ok" : "failed"});
  const auto began = training_began_.find(finished.job);
  if (began != training_began_.end()) {
    if (began->second.has_value()) {
      registry_.histogram("ars_training_duration_seconds")
          .observe((clock_.now() - *began->second).seconds());
    }
    training_began_.erase(began);
  }
  registry_.gauge("ars_training_jobs_open").set(to_double(training_began_.size()));
}

void RunMetrics::take(const events::BatchFormed& formed, Moment moment) {
  batch_ = formed.batch.value();
  if (moment == Moment::live) {
    registry_.histogram("ars_batch_inputs").observe(to_double(formed.inline_inputs));
  }
}
void RunMetrics::take(const events::ViewPublished& published, Moment moment) {
  registry_.gauge("ars_view_version", {published.view}).set(to_double(published.version.value()));
  if (moment == Moment::live) {
    registry_.counter("ars_view_published_bytes_total", {published.view})
        .add(to_double(published.bytes));
  }
}

void RunMetrics::take(const events::StepAborted& aborted, Moment moment) {
  if (moment == Moment::live) of_agent("ars_agent_restarts_total", {aborted.agent});
  count("ars_agent_restarts_total", moment, {aborted.agent});
}
// It stands before the batch that is formed again without the agent.
void RunMetrics::take(const events::AgentQuarantined& quarantined, Moment) {
  quarantined_[quarantined.agent] = batch_ + 1;
  show_quarantine();
}

}  // namespace ars::cli
