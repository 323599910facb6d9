#include "runtime/telemetry/prometheus_text.hpp"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace ars::runtime {

std::string prometheus_text(const Registry& registry) {
  return prometheus::TextSerializer().Serialize(registry.collected().Collect());
}

}  // namespace ars::runtime
