#include "cli/story.hpp"

#include "events/base/narrow.hpp"
#include "model/evaluation/sequential_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ars::cli {
namespace {

std::string short_hash(const Bytes32& hash) { return to_hex(ByteSpan(hash)).substr(0, 12); }

std::string interval(double low, double high) {
  if (high - low >= model::unknown_half_width) return "[not known yet]";
  return fmt::format("[{:+.4f}, {:+.4f}]", low, high);
}

std::string_view word(events::ChangeKind kind) {
  constexpr std::array<std::string_view, 9> words{
      "a first training",   "new parameters",       "a new feature",
      "a feature less",     "another architecture", "another re-rank policy",
      "a new recall agent", "a recall agent less",  "another serving setting"};
  const std::size_t i = to_underlying(kind);
  return i < words.size() ? words[i] : "a change";
}

std::string joined(const std::vector<double>& values) {
  std::string out;
  for (const auto value : values)
    out += fmt::format("{}{:+.4f}", out.empty() ? "" : ", ", value);
  return out;
}

std::string because(const std::string& reason) { return reason.empty() ? "" : ": " + reason; }

template <class... Events>
std::set<std::uint32_t> ids_of() {
  return {Events::type_id...};
}

std::set<std::string> names_of(const std::vector<events::RecallSetting>& recalls) {
  std::set<std::string> out;
  for (const auto& recall : recalls)
    out.insert(recall.source);
  return out;
}

}  // namespace

std::string_view to_string(Fate fate) {
  switch (fate) {
    case Fate::promoted:
      return "promoted";
    case Fate::rejected:
      return "rejected";
    case Fate::rolled_back:
      return "rolled back";
    case Fate::under_way:
      break;
  }
  return "under way";
}

bool Story::concerns(std::uint32_t type_id) {
  static const auto types =
      ids_of<events::BatchFormed, events::PlanProposed, events::PlanPromoted,
             events::VariantProposed, events::VariantChecked, events::TrainingRequested,
             events::TrainingRemedied, events::TrainingFinished, events::NoiseFloorMeasured,
             events::EvidenceMeasured, events::OffPolicyChecked, events::CanaryStarted,
             events::CanaryLooked, events::GuardrailCrossed, events::VariantRejected,
             events::VariantPromoted, events::VariantRolledBack, events::PredictionScored,
             events::NegativeCaseRecorded>();
  return types.contains(type_id);
}

void Story::observe(const events::Event& event, const store::Pointer& at) {
  if (const auto* formed = event.as<events::BatchFormed>()) interactions_ = formed->interactions;
  if (const auto* plan = event.as<events::PlanProposed>()) plans_[plan->plan.version] = plan->plan;
  if (const auto* promoted = event.as<events::PlanPromoted>()) {
    reigns_.push_back({*promoted, at, event.header.log_time_ns, interactions_});
  }
  auto told = tell(event);
  if (told.text.empty()) return;
  variants_[told.variant].road.push_back(
      {at, event.header.log_time_ns, interactions_, std::move(told.text)});
}

Story::Told Story::tell(const events::Event& event) {
  for (const auto teller : {&Story::tell_proposal, &Story::tell_training, &Story::tell_evidence,
                            &Story::tell_canary, &Story::tell_end}) {
    auto told = (this->*teller)(event);
    if (!told.text.empty()) return told;
  }
  return {};
}

Story::Told Story::tell_proposal(const events::Event& event) {
  if (const auto* proposed = event.as<events::VariantProposed>()) {
    variants_[proposed->variant].proposed = *proposed;
    plans_.try_emplace(proposed->plan.version, proposed->plan);
    const auto& forecast = proposed->prediction;
    auto text = fmt::format("{} proposed {} on plan {}: {}", proposed->proposer,
                            word(proposed->kind), proposed->base_plan, proposed->summary);
    if (!forecast.metric.empty()) {
      text += fmt::format(". It predicted {} {:+.4f} (sd {:.4f}), better with probability {:.2f}",
                          forecast.metric, forecast.effect, forecast.effect_sd,
                          forecast.probability_better);
    }
    return {proposed->variant, text};
  }
  if (const auto* checked = event.as<events::VariantChecked>()) {
    return {checked->variant,
            fmt::format("Static checks {}{}", checked->passed ? "passed" : "failed",
                        because(checked->reason))};
  }
  if (const auto* plan = event.as<events::PlanProposed>(); plan != nullptr && plan->variant > 0) {
    return {plan->variant,
            fmt::format("Plan {} was made of it: {}", plan->plan.version, plan_text(plan->plan))};
  }
  return {};
}

Story::Told Story::tell_training(const events::Event& event) {
  if (const auto* asked = event.as<events::TrainingRequested>()) {
    job_variant_[asked->job] = asked->variant;
    return {asked->variant,
            fmt::format(
                "Training job {} was asked for: {} runs on interactions {} to {}, at most {} rows",
                asked->job, asked->arms.size(), asked->from_example, asked->until_example,
                asked->rows_max)};
  }
  if (const auto* remedied = event.as<events::TrainingRemedied>()) {
    const auto known = job_variant_.find(remedied->job);
    if (known == job_variant_.end()) return {};
    return {known->second, fmt::format("A run of job {} diverged ({}); it was tried again with {}",
                                       remedied->job, remedied->anomaly, remedied->remedy)};
  }
  if (const auto* done = event.as<events::TrainingFinished>()) {
    return {done->variant,
            done->ok ? fmt::format("Training job {} finished with {} results", done->job,
                                   done->arms.size())
                     : fmt::format("Training job {} failed: {}", done->job, done->failure)};
  }
  return {};
}

Story::Told Story::tell_evidence(const events::Event& event) {
  if (const auto* floor = event.as<events::NoiseFloorMeasured>()) {
    return {floor->variant,
            fmt::format("The noise floor of {} is {:.5f}, from {} pairs of equal runs",
                        floor->metric, floor->sigma, floor->pairs)};
  }
  if (const auto* evidence = event.as<events::EvidenceMeasured>()) {
    variants_[evidence->variant].evidence = *evidence;
    return {
        evidence->variant,
        fmt::format(
            "Offline evidence {}: {} {:+.4f} {} over {} pairs ({}), noise floor {:.5f}, p {:.4f}{}",
            evidence->passed ? "won" : "did not win", evidence->metric, evidence->mean,
            interval(evidence->low, evidence->high), evidence->differences.size(),
            joined(evidence->differences), evidence->noise_floor, evidence->p_value,
            because(evidence->reason))};
  }
  if (const auto* check = event.as<events::OffPolicyChecked>()) {
    variants_[check->variant].off_policy = *check;
    return {
        check->variant,
        fmt::format("The off-policy check {}: estimate {:.4f} {}, effective sample size {:.0f}{}",
                    check->refused  ? "was refused"
                    : check->passed ? "passed"
                                    : "failed",
                    check->estimate, interval(check->low, check->high),
                    check->effective_sample_size, because(check->reason))};
  }
  return {};
}

Story::Told Story::tell_canary(const events::Event& event) {
  if (const auto* started = event.as<events::CanaryStarted>()) {
    auto& variant = variants_[started->variant];
    variant.canary = *started;
    variant.looks = 0;
    canary_now_ = *started;
    experiment_variant_[started->experiment] = started->variant;
    const auto how = started->shadow_pairs
                         ? std::string("answers every request in shadow")
                         : fmt::format("takes {:.3g} % of requests", started->share * 100);
    return {
        started->variant,
        fmt::format(
            "Experiment {}: plan {} {}, against plan {}, judged on {} at alpha {}; guardrail: {}",
            started->experiment, started->plan, how, started->control_plan, started->metric,
            started->alpha, started->guardrail.empty() ? "none" : started->guardrail)};
  }
  if (const auto* look = event.as<events::CanaryLooked>()) {
    const auto known = experiment_variant_.find(look->experiment);
    if (known == experiment_variant_.end()) return {};
    auto& variant = variants_[known->second];
    variant.last_look = *look;
    ++variant.looks;
    return {
        known->second,
        fmt::format("Look {} after {} requests ({} and {} users): effect {:+.4f} {}, p {:.4f}; "
                    "guardrail {:+.4f} {}",
                    variant.looks, look->requests, look->clusters_control, look->clusters_variant,
                    look->effect, interval(look->low, look->high), look->p_value,
                    look->guardrail_effect, interval(look->guardrail_low, look->guardrail_high))};
  }
  if (const auto* crossed = event.as<events::GuardrailCrossed>()) {
    variants_[crossed->variant].guardrail = *crossed;
    return {crossed->variant,
            fmt::format("Guardrail {} was crossed: {:+.4f} {}", crossed->guardrail, crossed->effect,
                        interval(crossed->low, crossed->high))};
  }
  return {};
}

Story::Told Story::tell_end(const events::Event& event) {
  const auto end = [&](std::uint64_t id, Fate fate, const std::string& reason,
                       std::string text) -> Told {
    auto& variant = variants_[id];
    variant.fate = fate;
    variant.reason = reason;
    if (canary_now_.has_value() && canary_now_->variant == id) canary_now_.reset();
    return {id, std::move(text)};
  };
  if (const auto* promoted = event.as<events::VariantPromoted>()) {
    return end(
        promoted->variant, Fate::promoted, promoted->reason,
        fmt::format("PROMOTED: plan {} serves{}", promoted->plan, because(promoted->reason)));
  }
  if (const auto* rejected = event.as<events::VariantRejected>()) {
    return end(rejected->variant, Fate::rejected, rejected->reason,
               fmt::format("REJECTED at {}{}", rejected->stage, because(rejected->reason)));
  }
  if (const auto* back = event.as<events::VariantRolledBack>()) {
    return end(
        back->variant, Fate::rolled_back, back->reason,
        fmt::format("ROLLED BACK: plan {} no longer serves{}", back->plan, because(back->reason)));
  }
  if (const auto* scored = event.as<events::PredictionScored>()) {
    return {scored->variant,
            fmt::format("The prediction met {:+.4f}: Brier score {:.3f}, CRPS {:.4f}",
                        scored->observed, scored->brier, scored->crps)};
  }
  if (const auto* kept = event.as<events::NegativeCaseRecorded>()) {
    return {kept->variant,
            fmt::format("Kept as a negative case{}; not tried again before interaction {}",
                        because(kept->reason), kept->retry_after_interactions)};
  }
  return {};
}

std::string plan_text(const events::ServingPlan& plan) {
  std::string recalls;
  for (const auto& recall : plan.recalls) {
    recalls += fmt::format("{}{} ({})", recalls.empty() ? "" : ", ", recall.source, recall.quota);
  }
  const bool trained = plan.ranker.weights != Bytes32{};
  return fmt::format(
      "{}recalls {}; {}; MMR lambda {}, {} exploring slots",
      plan.label.empty() ? "" : plan.label + "; ", recalls.empty() ? "none" : recalls,
      trained
          ? fmt::format("ranker {} with weights {}, {} features", short_hash(plan.ranker.genome),
                        short_hash(plan.ranker.weights), plan.ranker.features.size())
          : std::string("no trained ranker: fusion order stands"),
      plan.rerank.mmr_lambda, plan.rerank.explore_slots);
}

std::vector<std::string> plan_changes(const events::ServingPlan& now,
                                      const events::ServingPlan& next) {
  std::vector<std::string> out;
  const auto before = names_of(now.recalls);
  const auto after = names_of(next.recalls);
  for (const auto& name : after) {
    if (!before.contains(name)) out.push_back("recall agent added: " + name);
  }
  for (const auto& name : before) {
    if (!after.contains(name)) out.push_back("recall agent removed: " + name);
  }
  if (before == after && now.recalls != next.recalls) out.push_back("recall quotas or weights");
  const auto& a = now.ranker;
  const auto& b = next.ranker;
  for (const auto& name : b.features) {
    if (std::find(a.features.begin(), a.features.end(), name) == a.features.end())
      out.push_back("feature added: " + name);
  }
  for (const auto& name : a.features) {
    if (std::find(b.features.begin(), b.features.end(), name) == b.features.end())
      out.push_back("feature removed: " + name);
  }
  if (a.genome != b.genome)
    out.push_back(fmt::format("architecture {} -> {}", short_hash(a.genome), short_hash(b.genome)));
  if (a.weights != b.weights)
    out.push_back(fmt::format("weights {} -> {}", short_hash(a.weights), short_hash(b.weights)));
  const auto setting = [&](const char* name, double from, double to) {
    if (from < to || to < from) out.push_back(fmt::format("{} {} -> {}", name, from, to));
  };
  setting("learning rate", a.learning_rate, b.learning_rate);
  setting("weight decay", a.weight_decay, b.weight_decay);
  setting("epochs", a.epochs, b.epochs);
  setting("fusion k", now.fusion_k, next.fusion_k);
  setting("MMR lambda", now.rerank.mmr_lambda, next.rerank.mmr_lambda);
  setting("category cap", now.rerank.category_cap, next.rerank.category_cap);
  setting("freshness weight", now.rerank.freshness_weight, next.rerank.freshness_weight);
  setting("exploring share", now.rerank.explore_share, next.rerank.explore_share);
  setting("exploring slots", now.rerank.explore_slots, next.rerank.explore_slots);
  return out;
}

}  // namespace ars::cli
