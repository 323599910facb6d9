// Which models exist, which plans use them, and which plan served when. Row keys: m/ weights hash;
// p/ plan; s/ log time at which a plan began to serve. One owner (the store writer), one thread.
#pragma once

#include "store/projections/table.hpp"

namespace ars::store::projections {

struct ModelRow {
  Bytes32 weights{};
  std::uint64_t job = 0;
  std::uint64_t variant = 0;
  std::string label;
  std::uint64_t seed = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  double cost = 0;
  std::vector<events::SliceMetric> metrics;
  static constexpr std::string_view prefix = "m/";
  static constexpr auto fields = std::tuple{
      events::field(0, "weights", &ModelRow::weights), events::field(1, "job", &ModelRow::job),
      events::field(2, "variant", &ModelRow::variant), events::field(3, "label", &ModelRow::label),
      events::field(4, "seed", &ModelRow::seed),       events::field(5, "rows", &ModelRow::rows),
      events::field(6, "bytes", &ModelRow::bytes),     events::field(7, "cost", &ModelRow::cost),
      events::field(8, "metrics", &ModelRow::metrics)};
  friend bool operator==(const ModelRow&, const ModelRow&) = default;
};

struct PlanRow {
  std::uint64_t plan = 0;
  std::uint64_t parent = 0;
  std::uint64_t variant = 0;
  std::string label;
  Bytes32 genome{};
  Bytes32 weights{};
  std::uint64_t trained_until = 0;
  std::uint64_t proposed_ns = 0;  // log time
  bool frozen = false;
  static constexpr std::string_view prefix = "p/";
  static constexpr auto fields =
      std::tuple{events::field(0, "plan", &PlanRow::plan),
                 events::field(1, "parent", &PlanRow::parent),
                 events::field(2, "variant", &PlanRow::variant),
                 events::field(3, "label", &PlanRow::label),
                 events::field(4, "genome", &PlanRow::genome),
                 events::field(5, "weights", &PlanRow::weights),
                 events::field(6, "trained_until", &PlanRow::trained_until),
                 events::field(7, "proposed_ns", &PlanRow::proposed_ns),
                 events::field(8, "frozen", &PlanRow::frozen)};
  friend bool operator==(const PlanRow&, const PlanRow&) = default;
};

struct ServedRow {
  std::uint64_t plan = 0;
  std::uint64_t replaced = 0;
  std::uint64_t variant = 0;
  std::uint64_t from_ns = 0;  // log time
  std::string at;             // pointer of the promotion
  std::string reason;
  static constexpr std::string_view prefix = "s/";
  static constexpr auto fields = std::tuple{events::field(0, "plan", &ServedRow::plan),
                                            events::field(1, "replaced", &ServedRow::replaced),
                                            events::field(2, "variant", &ServedRow::variant),
                                            events::field(3, "from_ns", &ServedRow::from_ns),
                                            events::field(4, "at", &ServedRow::at),
                                            events::field(5, "reason", &ServedRow::reason)};
  friend bool operator==(const ServedRow&, const ServedRow&) = default;
};

class ModelRegistry final : public TableProjection<ModelRegistry, ModelRow, PlanRow, ServedRow> {
 public:
  static constexpr std::string_view title = "model_registry";

  void apply(const events::Event& event, const Pointer& at) override {
    if (const auto* finished = event.as<events::TrainingFinished>()) {
      for (const auto& arm : finished->arms) {
        if (arm.weights == Bytes32{}) continue;
        table<ModelRow>().touch(key_of(arm.weights)) = {
            arm.weights, finished->job, finished->variant, arm.label,  arm.seed,
            arm.rows,    arm.bytes,     arm.cost,          arm.metrics};
      }
    }
    if (!is_fact(event)) return;
    if (const auto* proposed = event.as<events::PlanProposed>()) {
      add(proposed->plan, proposed->variant, event.header.log_time_ns);
    } else if (const auto* frozen = event.as<events::PlanFrozen>()) {
      auto& row = table<PlanRow>().touch(key_of(frozen->plan));
      row.plan = frozen->plan;
      row.frozen = true;
    } else if (const auto* promoted = event.as<events::PlanPromoted>()) {
      table<ServedRow>().touch(key_of(event.header.log_time_ns) + key_of(promoted->plan)) = {
          promoted->plan,           promoted->replaced, promoted->variant,
          event.header.log_time_ns, to_string(at),      promoted->reason};
    }
  }

 private:
  void add(const events::ServingPlan& plan, std::uint64_t variant, std::uint64_t now) {
    auto& row = table<PlanRow>().touch(key_of(plan.version));
    row.plan = plan.version;
    row.parent = plan.parent;
    row.variant = variant;
    row.label = plan.label;
    row.genome = plan.ranker.genome;
    row.weights = plan.ranker.weights;
    row.trained_until = plan.ranker.trained_until;
    row.proposed_ns = now;
  }
};

}  // namespace ars::store::projections
