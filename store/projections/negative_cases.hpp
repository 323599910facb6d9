// Ideas that failed, each with its reason and the condition under which it may be tried again. Row
// key: hash of the idea. One owner (the store writer), one thread.
#pragma once

#include "store/projections/table.hpp"

namespace ars::store::projections {

struct NegativeCaseRow {
  Bytes32 idea{};
  std::uint64_t failures = 0;
  std::uint64_t variant = 0;  // the last one that tried it
  std::string reason;
  std::uint64_t retry_after_interactions = 0;
  std::uint64_t recorded_ns = 0;  // log time
  static constexpr std::string_view prefix = "";
  static constexpr auto fields = std::tuple{
      events::field(0, "idea", &NegativeCaseRow::idea),
      events::field(1, "failures", &NegativeCaseRow::failures),
      events::field(2, "variant", &NegativeCaseRow::variant),
      events::field(3, "reason", &NegativeCaseRow::reason),
      events::field(4, "retry_after_interactions", &NegativeCaseRow::retry_after_interactions),
      events::field(5, "recorded_ns", &NegativeCaseRow::recorded_ns)};
  friend bool operator==(const NegativeCaseRow&, const NegativeCaseRow&) = default;
};

class NegativeCases final : public TableProjection<NegativeCases, NegativeCaseRow> {
 public:
  static constexpr std::string_view title = "negative_cases";

  void apply(const events::Event& event, const Pointer&) override {
    const auto* recorded = event.as<events::NegativeCaseRecorded>();
    if (recorded == nullptr || !is_fact(event)) return;
    auto& row = table<NegativeCaseRow>().touch(key_of(recorded->idea));
    row.failures += 1;
    if (event.header.log_time_ns < row.recorded_ns) return;
    row.idea = recorded->idea;
    row.variant = recorded->variant;
    row.reason = recorded->reason;
    row.retry_after_interactions = recorded->retry_after_interactions;
    row.recorded_ns = event.header.log_time_ns;
  }
};

}  // namespace ars::store::projections
