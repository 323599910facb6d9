// Every canary with its last look, and every verdict on a variant. Row keys: x/ experiment; v/
// variant. One owner (the store writer), one thread.
#pragma once

#include "store/projections/table.hpp"

namespace ars::store::projections {

struct ExperimentRow {
  std::uint64_t experiment = 0;
  std::uint64_t variant = 0;
  std::uint64_t plan = 0;
  std::uint64_t control_plan = 0;
  double share = 0;
  double alpha = 0;
  std::string metric;
  std::string guardrail;
  double guardrail_margin = 0;
  bool shadow_pairs = false;
  std::uint64_t started_ns = 0;  // log time
  std::uint64_t looks = 0;
  events::CanaryLooked last_look;
  bool guardrail_crossed = false;
  static constexpr std::string_view prefix = "x/";
  static constexpr auto fields =
      std::tuple{events::field(0, "experiment", &ExperimentRow::experiment),
                 events::field(1, "variant", &ExperimentRow::variant),
                 events::field(2, "plan", &ExperimentRow::plan),
                 events::field(3, "control_plan", &ExperimentRow::control_plan),
                 events::field(4, "share", &ExperimentRow::share),
                 events::field(5, "alpha", &ExperimentRow::alpha),
                 events::field(6, "metric", &ExperimentRow::metric),
                 events::field(7, "guardrail", &ExperimentRow::guardrail),
                 events::field(8, "guardrail_margin", &ExperimentRow::guardrail_margin),
                 events::field(9, "shadow_pairs", &ExperimentRow::shadow_pairs),
                 events::field(10, "started_ns", &ExperimentRow::started_ns),
                 events::field(11, "looks", &ExperimentRow::looks),
                 events::field(12, "last_look", &ExperimentRow::last_look),
                 events::field(13, "guardrail_crossed", &ExperimentRow::guardrail_crossed)};
  friend bool operator==(const ExperimentRow&, const ExperimentRow&) = default;
};

enum class Verdict : std::uint8_t { none = 0, rejected = 1, promoted = 2, rolled_back = 3 };

struct VerdictRow {
  std::uint64_t variant = 0;
  Verdict verdict = Verdict::none;
  std::uint64_t plan = 0;
  std::string stage;  // where it was rejected
  std::string reason;
  std::uint64_t decided_ns = 0;  // log time
  static constexpr std::string_view prefix = "v/";
  static constexpr auto fields =
      std::tuple{events::field(0, "variant", &VerdictRow::variant),
                 events::field(1, "verdict", &VerdictRow::verdict),
                 events::field(2, "plan", &VerdictRow::plan),
                 events::field(3, "stage", &VerdictRow::stage),
                 events::field(4, "reason", &VerdictRow::reason),
                 events::field(5, "decided_ns", &VerdictRow::decided_ns)};
  friend bool operator==(const VerdictRow&, const VerdictRow&) = default;
};

class Experiments final : public TableProjection<Experiments, ExperimentRow, VerdictRow> {
 public:
  static constexpr std::string_view title = "experiments";

  void apply(const events::Event& event, const Pointer&) override {
    if (!is_fact(event)) return;
    const auto now = event.header.log_time_ns;
    if (const auto* started = event.as<events::CanaryStarted>()) {
      start(*started, now);
    } else if (const auto* looked = event.as<events::CanaryLooked>()) {
      auto& row = table<ExperimentRow>().touch(key_of(looked->experiment));
      row.looks += 1;
      if (looked->requests >= row.last_look.requests) row.last_look = *looked;
    } else if (const auto* crossed = event.as<events::GuardrailCrossed>()) {
      table<ExperimentRow>().touch(key_of(crossed->experiment)).guardrail_crossed = true;
    } else if (const auto* rejected = event.as<events::VariantRejected>()) {
      judge({rejected->variant, Verdict::rejected, 0, rejected->stage, rejected->reason, now});
    } else if (const auto* promoted = event.as<events::VariantPromoted>()) {
      judge({promoted->variant, Verdict::promoted, promoted->plan, "", promoted->reason, now});
    } else if (const auto* back = event.as<events::VariantRolledBack>()) {
      judge({back->variant, Verdict::rolled_back, back->plan, "", back->reason, now});
    }
  }

 private:
  void start(const events::CanaryStarted& started, std::uint64_t now) {
    auto& row = table<ExperimentRow>().touch(key_of(started.experiment));
    row.experiment = started.experiment;
    row.variant = started.variant;
    row.plan = started.plan;
    row.control_plan = started.control_plan;
    row.share = started.share;
    row.alpha = started.alpha;
    row.metric = started.metric;
    row.guardrail = started.guardrail;
    row.guardrail_margin = started.guardrail_margin;
    row.shadow_pairs = started.shadow_pairs;
    row.started_ns = now;
  }
  void judge(VerdictRow verdict) {
    auto& row = table<VerdictRow>().touch(key_of(verdict.variant));
    if (verdict.decided_ns >= row.decided_ns) row = std::move(verdict);
  }
};

}  // namespace ars::store::projections
