#include "runtime/telemetry/registry.hpp"

#include "events/base/check.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <variant>

namespace ars::runtime {
namespace {

constexpr auto counter_row = MetricKind::counter;
constexpr auto gauge_row = MetricKind::gauge;
constexpr auto histogram_row = MetricKind::histogram;

constexpr MetricRow table[] = {
    {"ars_build_info", gauge_row, "version", "Always 1; the version of this binary."},
    {"ars_start_time_seconds", gauge_row, "",
     "When this process started, in seconds of Unix time."},
    {"ars_http_requests_total", counter_row, "route code", "Answered requests of the HTTP server."},
    {"ars_http_request_duration_seconds", histogram_row, "route",
     "From the read request to the written answer."},
    {"ars_log_appended_events_total", counter_row, "type",
     "Events made durable in the log of the partition."},
    {"ars_log_append_duration_seconds", histogram_row, "", "One synced batch, on its way to disk."},
    {"ars_log_next_offset", gauge_row, "topic partition", "Next offset of a log partition."},
    {"ars_kafka_lag_records", gauge_row, "", "Records that no broker has acknowledged yet."},
    {"ars_kafka_unanswered_total", counter_row, "",
     "Attempts to publish that no broker answered, all tried again."},
    {"ars_batch_inputs", histogram_row, "", "Inputs of a batch."},
    {"ars_batch_duration_seconds", histogram_row, "",
     "From the inputs of a batch to its durable outcome."},
    {"ars_agent_messages_total", counter_row, "agent", "Inputs that an agent decided on."},
    {"ars_agent_restarts_total", counter_row, "agent", "Restarts of an agent after a failed step."},
    {"ars_agents_quarantined", gauge_row, "", "Agents that failed too often."},
    {"ars_dead_letters_total", counter_row, "",
     "Inputs skipped because they failed an agent twice."},
    {"ars_inputs_quarantined_total", counter_row, "", "Inputs that could not be taken."},
    {"ars_source_interactions", gauge_row, "", "Interactions of the source that the log holds."},
    {"ars_composition_version", gauge_row, "", "Version of the agent graph that serves."},
    {"ars_composition_agents", gauge_row, "", "Agents of the graph that serves."},
    {"ars_view_version", gauge_row, "view", "Newest published version of a view."},
    {"ars_view_published_bytes_total", counter_row, "view", "Bytes of the published deltas."},
    {"ars_serving_requests_total", counter_row, "result",
     "Answered requests, by result: ok, fewer, empty."},
    {"ars_serving_duration_seconds", histogram_row, "", "From the request to its durable slate."},
    {"ars_serving_fallback_total", counter_row, "reason",
     "Requests that a fallback ranked, and why."},
    {"ars_serving_stage_timeouts_total", counter_row, "stage reason",
     "Questions of a stage that got no answer in time, and why."},
    {"ars_serving_plan_requests_total", counter_row, "plan",
     "Requests answered by a plan; ends with the plan."},
    {"ars_feedback_events_total", counter_row, "type", "Outcomes that users and the world sent."},
    {"ars_experiment_effect", gauge_row, "experiment metric bound",
     "Effect of the running canary at its last look: point, low, high."},
    {"ars_experiment_exposures_total", counter_row, "experiment arm",
     "Requests of the running canary, by arm."},
    {"ars_guardrail_breaches_total", counter_row, "metric", "Canaries that crossed a guardrail."},
    {"ars_evolution_steps_total", counter_row, "loop", "Turns that the coordinator gave a loop."},
    {"ars_evolution_variants_total", counter_row, "proposer outcome",
     "Proposals and what became of them."},
    {"ars_reward_outer", gauge_row, "objective arm",
     "Mean outer reward of the run: system, frozen, popularity."},
    {"ars_reward_inner", gauge_row, "agent objective",
     "Mean difference reward of an agent over the run."},
    {"ars_credit_estimate", gauge_row, "agent objective",
     "Credit of an agent over its last full window."},
    {"ars_training_jobs_open", gauge_row, "", "Training jobs that are asked for and not finished."},
    {"ars_training_jobs_total", counter_row, "outcome", "Training jobs that ended: ok, failed."},
    {"ars_training_duration_seconds", histogram_row, "",
     "From the request of a training job to its result in the log."},
    {"ars_training_anomalies_total", counter_row, "anomaly",
     "Diverged trainings that got a remedy."},
};

// 0.5 ms, a small batch, to 256 s, a long training; doubling steps fit counts as well.
const prometheus::Histogram::BucketBoundaries second_buckets = {
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256};
const prometheus::Histogram::BucketBoundaries count_buckets = {1,   2,   4,   8,    16,   32,   64,
                                                               128, 256, 512, 1024, 4096, 10000};

std::string_view word(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return "counter";
    case MetricKind::gauge:
      return "gauge";
    case MetricKind::histogram:
      return "histogram";
  }
  return "unknown";
}

const MetricRow& row_of(std::string_view name, MetricKind kind) {
  const auto* row = std::find_if(std::begin(table), std::end(table),
                                 [&](const MetricRow& each) { return each.name == name; });
  ARS_CHECK(row != std::end(table), "no metric {}", name);
  ARS_CHECK(row->kind == kind, "{} is a {}", name, word(row->kind));
  return *row;
}

std::vector<std::string> label_names(const MetricRow& row) {
  std::vector<std::string> out;
  for (auto rest = row.labels; !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

template <class T>
using Family = prometheus::Family<T>;
using AnyFamily = std::variant<Family<prometheus::Counter>*, Family<prometheus::Gauge>*,
                               Family<prometheus::Histogram>*>;
using Series = std::variant<prometheus::Counter*, prometheus::Gauge*, prometheus::Histogram*>;

AnyFamily make_family(const MetricRow& row, prometheus::Registry& registry) {
  const std::string name(row.name);
  const std::string help(row.help);
  switch (row.kind) {
    case MetricKind::counter:
      return &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    case MetricKind::gauge:
      return &prometheus::BuildGauge().Name(name).Help(help).Register(registry);
    case MetricKind::histogram:
      break;
  }
  return &prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

Series make_series(const AnyFamily& family, const prometheus::Labels& labels,
                   std::string_view name) {
  if (auto* const* counters = std::get_if<Family<prometheus::Counter>*>(&family)) {
    return &(*counters)->Add(labels);
  }
  if (auto* const* gauges = std::get_if<Family<prometheus::Gauge>*>(&family)) {
    return &(*gauges)->Add(labels);
  }
  const auto& buckets = name.ends_with("_seconds") ? second_buckets : count_buckets;
  return &std::get<Family<prometheus::Histogram>*>(family)->Add(labels, buckets);
}

}  // namespace

struct Registry::Impl {
  struct Known {
    AnyFamily family;
    std::map<std::vector<std::string>, Series> series;
  };

  prometheus::Registry registry;
  // SHARED: series are made on first use from any thread; after that only the handles' atomics
  // move.
  std::mutex mutex;
  std::map<std::string, Known, std::less<>> rows;

  Impl() {
    for (const auto& row : table) {
      rows.emplace(std::string(row.name), Known{make_family(row, registry), {}});
    }
  }

  template <class T>
  T& find(std::string_view name, MetricKind kind, std::vector<std::string> values) {
    const auto& row = row_of(name, kind);
    const auto names = label_names(row);
    ARS_CHECK(names.size() == values.size(), "{} has {} labels, not {}", name, names.size(),
              values.size());
    const std::lock_guard lock(mutex);
    auto& known = rows.find(name)->second;
    if (!known.series.contains(values) && known.series.size() >= limits::metric_series_max) {
      values.assign(values.size(), "other");
    }
    auto found = known.series.find(values);
    if (found == known.series.end()) {
      prometheus::Labels labels;
      for (std::size_t i = 0; i < names.size(); ++i)
        labels.emplace(names[i], values[i]);
      const auto series = make_series(known.family, labels, name);
      found = known.series.emplace(std::move(values), series).first;
    }
    return *std::get<T*>(found->second);
  }
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

CounterHandle Registry::counter(std::string_view name, const std::vector<std::string>& values) {
  return CounterHandle(impl_->find<prometheus::Counter>(name, MetricKind::counter, values));
}
GaugeHandle Registry::gauge(std::string_view name, const std::vector<std::string>& values) {
  return GaugeHandle(impl_->find<prometheus::Gauge>(name, MetricKind::gauge, values));
}
HistogramHandle Registry::histogram(std::string_view name, const std::vector<std::string>& values) {
  return HistogramHandle(impl_->find<prometheus::Histogram>(name, MetricKind::histogram, values));
}

void Registry::remove(std::string_view name, const std::vector<std::string>& values) {
  const std::lock_guard lock(impl_->mutex);
  const auto known = impl_->rows.find(name);
  ARS_CHECK(known != impl_->rows.end(), "no metric {}", name);
  const auto node = known->second.series.extract(values);
  if (node.empty()) return;
  std::visit([&]<class T>(Family<T>* family) { family->Remove(std::get<T*>(node.mapped())); },
             known->second.family);
}

const prometheus::Registry& Registry::collected() const { return impl_->registry; }

void CounterHandle::add(double amount) { counter_->Increment(amount); }
void GaugeHandle::set(double value) { gauge_->Set(value); }
void GaugeHandle::add(double amount) { gauge_->Increment(amount); }
void HistogramHandle::observe(double value) { histogram_->Observe(value); }

std::span<const MetricRow> metric_rows() { return table; }

std::string telemetry_reference() {
  std::string out = R"(# Telemetry

Numbers for operators, served while `ars run` runs with `[http] listen = "127.0.0.1:8420"` in its
configuration. This page is checked against the table in `runtime/telemetry/registry.cpp`.

| route | says |
|---|---|
| `/healthz` | 200 while the process answers |
| `/readyz` | 200 when it serves; else 503 and a line for each reason against it |
| `/metrics` | the table below, in the Prometheus text format 0.0.4 |

Reasons of `/readyz`: `partition` while the log is recovered, `broker` while no Kafka broker answers,
`agents` while an agent is quarantined (it names them).

Counters start at zero with the process. Gauges that describe the run (rewards, credit, the running
experiment, open training jobs) take up what the log already holds. Series of an ended experiment, of
a plan that serves no longer and of an agent that left the composition end with it.
Labels are bounded: never an event, user or item id; beyond 500 series of a metric all further ones
share one, labelled `other`.

| metric | kind | labels | meaning |
|---|---|---|---|
)";
  for (const auto& row : table) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", row.name, word(row.kind), row.labels, row.help);
  }
  return out;
}

}  // namespace ars::runtime
