// What each feature was found to be worth, and whether it is in use. Row key: name of the feature.
// One owner (the store writer), one thread.
#pragma once

#include "store/projections/table.hpp"

namespace ars::store::projections {

struct FeatureRow {
  std::string feature;
  std::uint64_t measurements = 0;
  bool in_plan = false;
  double gain = 0;  // of the last measurement
  std::string decision;
  std::uint64_t measured_ns = 0;  // log time
  static constexpr std::string_view prefix = "";
  static constexpr auto fields =
      std::tuple{events::field(0, "feature", &FeatureRow::feature),
                 events::field(1, "measurements", &FeatureRow::measurements),
                 events::field(2, "in_plan", &FeatureRow::in_plan),
                 events::field(3, "gain", &FeatureRow::gain),
                 events::field(4, "decision", &FeatureRow::decision),
                 events::field(5, "measured_ns", &FeatureRow::measured_ns)};
  friend bool operator==(const FeatureRow&, const FeatureRow&) = default;
};

class FeatureRegistry final : public TableProjection<FeatureRegistry, FeatureRow> {
 public:
  static constexpr std::string_view title = "feature_registry";

  void apply(const events::Event& event, const Pointer&) override {
    const auto* measured = event.as<events::FeatureMeasured>();
    if (measured == nullptr || !is_fact(event)) return;
    auto& row = table<FeatureRow>().touch(measured->feature);
    row.measurements += 1;
    if (event.header.log_time_ns < row.measured_ns) return;
    row.feature = measured->feature;
    row.in_plan = measured->in_plan;
    row.gain = measured->gain;
    row.decision = measured->decision;
    row.measured_ns = event.header.log_time_ns;
  }
};

}  // namespace ars::store::projections
