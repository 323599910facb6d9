// The road of every variant: proposal, job, evidence, canary, verdict, each with the place of its
// record. Row keys: v/ variant, for what was proposed; t/ variant, log time, pointer, for each
// step; x/ experiment, for the variant it tests. One owner (the store writer), one thread.
#pragma once

#include "store/projections/table.hpp"

namespace ars::store::projections {

struct VariantRow {
  std::uint64_t variant = 0;
  std::string proposer;
  events::ChangeKind kind = events::ChangeKind::initial;
  std::string summary;
  std::uint64_t base_plan = 0;
  std::uint64_t plan = 0;
  std::uint64_t study = 0;
  std::uint64_t trial = 0;
  std::string at;
  static constexpr std::string_view prefix = "v/";
  static constexpr auto fields = std::tuple{events::field(0, "variant", &VariantRow::variant),
                                            events::field(1, "proposer", &VariantRow::proposer),
                                            events::field(2, "kind", &VariantRow::kind),
                                            events::field(3, "summary", &VariantRow::summary),
                                            events::field(4, "base_plan", &VariantRow::base_plan),
                                            events::field(5, "plan", &VariantRow::plan),
                                            events::field(6, "study", &VariantRow::study),
                                            events::field(7, "trial", &VariantRow::trial),
                                            events::field(8, "at", &VariantRow::at)};
  friend bool operator==(const VariantRow&, const VariantRow&) = default;
};

enum class StepOutcome : std::uint8_t { done = 0, passed = 1, failed = 2 };

struct StepRow {
  std::uint64_t variant = 0;
  std::string event;  // ars.evidence.measured
  std::string at;     // evt/0/1041
  std::uint64_t log_time_ns = 0;
  StepOutcome outcome = StepOutcome::done;
  std::string reason;
  static constexpr std::string_view prefix = "t/";
  static constexpr auto fields = std::tuple{events::field(0, "variant", &StepRow::variant),
                                            events::field(1, "event", &StepRow::event),
                                            events::field(2, "at", &StepRow::at),
                                            events::field(3, "log_time_ns", &StepRow::log_time_ns),
                                            events::field(4, "outcome", &StepRow::outcome),
                                            events::field(5, "reason", &StepRow::reason)};
  friend bool operator==(const StepRow&, const StepRow&) = default;
};

class Lineage final : public TableProjection<Lineage, VariantRow, StepRow> {
 public:
  static constexpr std::string_view title = "lineage";

  static std::string step_key(std::uint64_t variant, std::uint64_t log_time_ns, const Pointer& at) {
    return key_of(variant) + key_of(log_time_ns) + key_of(at.stream.partition) +
           key_of(at.offset.value());
  }

  void apply(const events::Event& event, const Pointer& at) override {
    const auto type = event.header.type_id;
    constexpr std::uint32_t first = 300;  // composition and evolution
    constexpr std::uint32_t last = 499;
    if (type < first || type > last) return;
    // The job's result is an input; everything else counts as somebody's fact.
    if (const auto* finished = event.as<events::TrainingFinished>()) {
      note(event, at, finished->variant, judged(finished->ok), finished->failure);
    } else if (is_fact(event)) {
      proposals(event, at);
      verdicts(event, at);
    }
  }

 private:
  static StepOutcome judged(const auto& passed) {
    return passed ? StepOutcome::passed : StepOutcome::failed;
  }
  void note(const events::Event& event, const Pointer& at, std::uint64_t variant,
            StepOutcome outcome, const std::string& reason) {
    const auto now = event.header.log_time_ns;
    table<StepRow>().touch(step_key(variant, now, at)) = {
        variant, std::string(events::name_of(event.payload)), to_string(at), now, outcome, reason};
  }

  void proposals(const events::Event& event, const Pointer& at) {
    if (const auto* proposed = event.as<events::VariantProposed>()) {
      table<VariantRow>().touch(key_of(proposed->variant)) = {
          proposed->variant, proposed->proposer,  proposed->kind,
          proposed->summary, proposed->base_plan, proposed->plan.version,
          proposed->study,   proposed->trial,     to_string(at)};
      note(event, at, proposed->variant, StepOutcome::done, proposed->summary);
    } else if (const auto* checked = event.as<events::VariantChecked>()) {
      note(event, at, checked->variant, judged(checked->passed), checked->reason);
    } else if (const auto* requested = event.as<events::TrainingRequested>()) {
      note(event, at, requested->variant, StepOutcome::done, "");
    } else if (const auto* floor = event.as<events::NoiseFloorMeasured>()) {
      note(event, at, floor->variant, StepOutcome::done, floor->metric);
    } else if (const auto* evidence = event.as<events::EvidenceMeasured>()) {
      note(event, at, evidence->variant, judged(evidence->passed), evidence->reason);
    } else if (const auto* off_policy = event.as<events::OffPolicyChecked>()) {
      note(event, at, off_policy->variant, judged(off_policy->passed), off_policy->reason);
    } else if (const auto* plan = event.as<events::PlanProposed>()) {
      note(event, at, plan->variant, StepOutcome::done, plan->plan.label);
    }
  }

  void verdicts(const events::Event& event, const Pointer& at) {
    if (const auto* started = event.as<events::CanaryStarted>()) {
      note(event, at, started->variant, StepOutcome::done, started->metric);
    } else if (const auto* crossed = event.as<events::GuardrailCrossed>()) {
      note(event, at, crossed->variant, StepOutcome::failed, crossed->guardrail);
    } else if (const auto* rejected = event.as<events::VariantRejected>()) {
      note(event, at, rejected->variant, StepOutcome::failed, rejected->reason);
    } else if (const auto* promoted = event.as<events::VariantPromoted>()) {
      note(event, at, promoted->variant, StepOutcome::passed, promoted->reason);
    } else if (const auto* back = event.as<events::VariantRolledBack>()) {
      note(event, at, back->variant, StepOutcome::failed, back->reason);
    } else if (const auto* scored = event.as<events::PredictionScored>()) {
      note(event, at, scored->variant, StepOutcome::done, "");
    } else if (const auto* negative = event.as<events::NegativeCaseRecorded>()) {
      note(event, at, negative->variant, StepOutcome::failed, negative->reason);
    } else if (const auto* plan = event.as<events::PlanPromoted>()) {
      note(event, at, plan->variant, StepOutcome::done, plan->reason);
    }
  }
};

}  // namespace ars::store::projections
