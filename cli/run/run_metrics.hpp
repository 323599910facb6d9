// What a run's events say in numbers: the one place that observes committed events and moves the
// series of /metrics. Nothing is counted inside decide or evolve, so replay counts nothing twice.
// Owned by the health door; the run loop's thread alone calls.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/event_sourced/partition_actor.hpp"
#include "runtime/telemetry/registry.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ars::cli {

// Whether an event was just made durable, or stood in the log when the process started: what stood
// there sets gauges and counts nothing.
enum class Moment : std::uint8_t { recalled, live };

class RunMetrics {
 public:
  // Both outlive it.
  RunMetrics(runtime::Registry& registry, runtime::Clock& clock);

  void observe(const events::Event& event, Moment moment);
  // The frozen twin's events; of them only rewards are shown.
  void observe_twin(const events::Event& event);
  // One batch just made durable.
  void committed(const std::vector<runtime::CommittedEvent>& batch,
                 const runtime::BatchFigures& figures);
  // Where the partition and the log stand between two batches. Series of agents that left the
  // composition end here.
  void stand(const runtime::PartitionMark& mark, const std::vector<store::Head>& heads);
  void kafka_lag(std::uint64_t records);
  void kafka_unanswered();

  // Agents in quarantine, each with the batch that put it there.
  const std::map<std::string, std::uint64_t>& quarantined() const { return quarantined_; }

 private:
  using Labels = std::vector<std::string>;
  struct Average {
    runtime::GaugeHandle gauge;
    double sum = 0;
    std::uint64_t count = 0;
    void add(double value);
  };
  struct Experiment {
    std::uint64_t id = 0;  // 0: none
    std::uint64_t variant = 0;
    std::uint64_t plan = 0;
    std::string metric;
    std::string guardrail;
  };

  void take(const events::SlateServed& slate, Moment moment);
  void take(const events::StageTimedOut& late, Moment moment);
  void take(const events::FeedbackReceived& feedback, Moment moment);
  void take(const events::DelayedRewardReceived& delayed, Moment moment);
  void take(const events::RatingReceived& rating, Moment moment);
  void take(const events::LoggedActionReceived& action, Moment moment);
  void take(const events::InputQuarantined& input, Moment moment);
  void take(const events::RewardAssigned& reward, Moment moment);
  void take(const events::PlanPromoted& promoted, Moment moment);
  void take(const events::PlanFrozen& frozen, Moment moment);
  void take(const events::EvolutionConfigured& configured, Moment moment);
  void take(const events::VariantProposed& proposed, Moment moment);
  void take(const events::VariantPromoted& promoted, Moment moment);
  void take(const events::VariantRolledBack& back, Moment moment);
  void take(const events::VariantRejected& rejected, Moment moment);
  void take(const events::CanaryStarted& started, Moment moment);
  void take(const events::CanaryLooked& looked, Moment moment);
  void take(const events::GuardrailCrossed& crossed, Moment moment);
  void take(const events::StepChosen& step, Moment moment);
  void take(const events::CreditAssigned& credit, Moment moment);
  void take(const events::TrainingRequested& requested, Moment moment);
  void take(const events::TrainingRemedied& remedied, Moment moment);
  void take(const events::TrainingFinished& finished, Moment moment);
  void take(const events::BatchFormed& formed, Moment moment);
  void take(const events::ViewPublished& published, Moment moment);
  void take(const events::StepAborted& aborted, Moment moment);
  void take(const events::AgentQuarantined& quarantined, Moment moment);

  void count(std::string_view metric, Moment moment, const Labels& labels = {});
  void average(std::string_view metric, const Labels& labels, double value);
  // Remembers a series that ends with the agent in its first label.
  void of_agent(std::string_view metric, const Labels& labels);
  void outcome(std::uint64_t variant, std::string_view word, Moment moment);
  void end_experiment(std::uint64_t variant);
  void retire_plans();
  void retire_agents(const events::Composition& composition);
  void show_quarantine();

  runtime::Registry& registry_;
  runtime::Clock& clock_;
  std::map<std::uint32_t, runtime::CounterHandle> appended_;     // by event type
  std::map<std::string, runtime::CounterHandle> messages_;       // by agent
  std::map<std::uint64_t, runtime::CounterHandle> plan_slates_;  // by plan
  std::map<std::pair<std::string, Labels>, Average> averages_;
  std::set<std::pair<std::string, Labels>> agent_series_;
  std::set<Labels> experiment_series_;
  std::map<std::uint64_t, std::string> proposers_;                    // by variant
  std::map<std::uint64_t, std::optional<Timestamp>> training_began_;  // by open job
  std::map<std::string, std::uint64_t> quarantined_;
  std::uint64_t batch_ = 0;  // the newest one formed
  Experiment experiment_;
  std::uint64_t champion_ = 0;
  std::uint64_t frozen_ = 0;
  std::uint64_t composition_ = 0;
  std::optional<std::uint64_t> dead_letters_;  // in the log at the last look
  std::uint64_t slates_ = 0;                   // of the batch in hand
  bool baselines_ = false;  // frozen and popularity answer in the system's own log
};

}  // namespace ars::cli
