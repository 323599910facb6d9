#include "runtime/telemetry/prometheus_text.hpp"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>

namespace ars::runtime {
namespace {

prometheus::MetricType type_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return prometheus::MetricType::Counter;
    case MetricKind::gauge:
      return prometheus::MetricType::Gauge;
    case MetricKind::histogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

}  // namespace

std::string prometheus_text(const Registry& registry) {
  auto collected = registry.collected().Collect();
  std::vector<prometheus::MetricFamily> families;
  for (const auto& row : metric_rows()) {
    const auto found = std::find_if(collected.begin(), collected.end(),
                                    [&](const auto& family) { return family.name == row.name; });
    // The library leaves out a family without a series; its HELP and TYPE are served all the same.
    families.push_back(found == collected.end() ? prometheus::MetricFamily{std::string(row.name),
                                                                           std::string(row.help),
                                                                           type_of(row.kind),
                                                                           {}}
                                                : std::move(*found));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace ars::runtime
