// Numbers for operators: counters, gauges and histograms, named and explained in one table
// (runtime/telemetry/registry.cpp), from which the HELP lines and the reference page derive. Labels
// are bounded: never an event, user or item id. Owned by the composition root. A handle lives as
// long as the registry, is cached by whoever counts, and may be used from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace ars::runtime {

enum class MetricKind : std::uint8_t { counter, gauge, histogram };

// One row of the constexpr table; its texts have static storage.
struct MetricRow {
  std::string_view name;
  MetricKind kind;
  std::string_view labels;  // names, separated by a space
  std::string_view help;
};
std::span<const MetricRow> metric_rows();
// The reference page: name, kind, labels, meaning.
std::string telemetry_reference();

class CounterHandle {
 public:
  explicit CounterHandle(prometheus::Counter& counter) : counter_(&counter) {}
  void add(double amount = 1);  // REQUIRES: amount >= 0

 private:
  prometheus::Counter* counter_;
};
class GaugeHandle {
 public:
  explicit GaugeHandle(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  void set(double value);
  void add(double amount);

 private:
  prometheus::Gauge* gauge_;
};
class HistogramHandle {
 public:
  explicit HistogramHandle(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  void observe(double value);

 private:
  prometheus::Histogram* histogram_;
};

class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // The series of a row for these label values, in the row's order; the same one for the same
  // values. REQUIRES: a row of that name and kind, as many values as it has labels. Beyond
  // limits::metric_series_max values of one row, all further ones share the series `other`.
  CounterHandle counter(std::string_view name, const std::vector<std::string>& values = {});
  GaugeHandle gauge(std::string_view name, const std::vector<std::string>& values = {});
  HistogramHandle histogram(std::string_view name, const std::vector<std::string>& values = {});
  // Ends the series of a retired model or an ended experiment; its handles must not be used again.
  void remove(std::string_view name, const std::vector<std::string>& values);

  // For runtime/telemetry/prometheus_text.
  const prometheus::Registry& collected() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::runtime
