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
    {"ars_log_appended_events_total", counter_row, "topic", "Records made durable in the log."},
    {"ars_log_append_duration_seconds", histogram_row, "", "One synced batch."},
    {"ars_log_next_offset", gauge_row, "topic partition", "Next offset of a log partition."},
    {"ars_log_unavailable_total", counter_row, "",
     "Appends that were tried again because nobody answered."},
    {"ars_batch_inputs", histogram_row, "", "Inputs of a batch."},
    {"ars_agent_messages_total", counter_row, "agent", "Inputs that an agent decided on."},
    {"ars_agent_mailbox_depth", gauge_row, "agent",
     "Inputs dispatched to an agent and not answered yet."},
    {"ars_agent_restarts_total", counter_row, "agent", "Restarts of an agent after a failed step."},
    {"ars_agents_quarantined", gauge_row, "", "Agents that failed too often and are set aside."},
    {"ars_dead_letters_total", counter_row, "",
     "Inputs skipped because they failed an agent twice."},
    {"ars_inputs_quarantined_total", counter_row, "", "Rows of the source that could not be read."},
    {"ars_composition_version", gauge_row, "", "Version of the agent graph that serves."},
    {"ars_serving_requests_total", counter_row, "result",
     "Answered requests, by result: ok, fewer, empty."},
    {"ars_serving_duration_seconds", histogram_row, "", "From the request to its durable slate."},
    {"ars_serving_fallback_total", counter_row, "reason",
     "Requests that a fallback ranked, and why."},
    {"ars_feedback_events_total", counter_row, "", "Interactions taken from the source."},
    {"ars_experiment_effect", gauge_row, "metric bound",
     "Effect of the running canary: point, lower, upper."},
    {"ars_experiment_exposures_total", counter_row, "arm",
     "Requests of the running canary, by arm."},
    {"ars_guardrail_breaches_total", counter_row, "metric", "Canaries that crossed a guardrail."},
    {"ars_evolution_variants_total", counter_row, "operator outcome",
     "Proposals and what became of them."},
    {"ars_reward_outer", gauge_row, "objective arm",
     "Mean outer reward of the run: system, frozen, popularity."},
    {"ars_credit_share", gauge_row, "agent", "Share of the outer reward given to an agent."},
    {"ars_train_jobs", gauge_row, "state", "Training jobs that wait or run."},
    {"ars_train_duration_seconds", histogram_row, "", "One training in its own process."},
    {"ars_train_anomalies_total", counter_row, "kind", "Diverged trainings that got a remedy."},
};

// 0.5 ms to 32 s for durations; doubling steps fit counts as well.
const prometheus::Histogram::BucketBoundaries second_buckets = {
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8, 16, 32};
const prometheus::Histogram::BucketBoundaries count_buckets = {1,  2,  4,   8,   16,
                                                               32, 64, 128, 256, 512};

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
  std::string out =
      "# Telemetry\n\nServed under `/metrics` in the Prometheus text format.\n\n"
      "| metric | kind | labels | meaning |\n|---|---|---|---|\n";
  for (const auto& row : table) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", row.name, word(row.kind), row.labels, row.help);
  }
  return out;
}

}  // namespace ars::runtime
