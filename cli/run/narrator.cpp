#include "cli/run/narrator.hpp"

#include <fmt/format.h>

namespace ars::cli {
namespace {
constexpr std::uint64_t progress_every = 2'000;
}  // namespace

void Narrator::say(const std::string& sentence) const {
  if (say_) say_(sentence);
}

std::string Narrator::sentence_of(const events::Event& event) {
  const auto named = [&](std::uint64_t variant) {
    const auto found = summaries_.find(variant);
    return fmt::format("variant {} ({})", variant,
                       found == summaries_.end() ? std::string("?") : found->second);
  };
  if (const auto* proposed = event.as<events::VariantProposed>()) {
    summaries_[proposed->variant] = proposed->summary;
    return fmt::format("{} proposes {}.", proposed->proposer, named(proposed->variant));
  }
  if (const auto* chosen = event.as<events::StepChosen>()) {
    return fmt::format("Next step: {} ({}).", chosen->arm, chosen->reason);
  }
  if (const auto* requested = event.as<events::TrainingRequested>()) {
    return fmt::format("Training job {} starts with {} run(s).", requested->job,
                       requested->arms.size());
  }
  if (const auto* remedied = event.as<events::TrainingRemedied>()) {
    return fmt::format("A training run diverged ({}); remedy: {}.", remedied->anomaly,
                       remedied->remedy);
  }
  if (const auto* finished = event.as<events::TrainingFinished>()) {
    return finished->ok
               ? fmt::format("Training job {} is done.", finished->job)
               : fmt::format("Training job {} failed: {}.", finished->job, finished->failure);
  }
  if (const auto* evidence = event.as<events::EvidenceMeasured>()) {
    return fmt::format("Offline, {}: {}; {}.", named(evidence->variant),
                       evidence->passed ? "evidence passes" : "evidence does not pass",
                       evidence->reason);
  }
  if (const auto* canary = event.as<events::CanaryStarted>()) {
    if (canary->share == 0) return fmt::format("{} answers in shadow.", named(canary->variant));
    return fmt::format("Canary of {} takes {:.0f} % of users; {} is the guardrail.",
                       named(canary->variant), canary->share * 100,
                       canary->guardrail.empty() ? "nothing" : canary->guardrail);
  }
  if (const auto* crossed = event.as<events::GuardrailCrossed>()) {
    return fmt::format("Guardrail {} is crossed: {:+.4f}, interval [{:+.4f}, {:+.4f}].",
                       crossed->guardrail, crossed->effect, crossed->low, crossed->high);
  }
  if (const auto* promoted = event.as<events::VariantPromoted>()) {
    return fmt::format("PROMOTED {}: {}.", named(promoted->variant), promoted->reason);
  }
  if (const auto* back = event.as<events::VariantRolledBack>()) {
    return fmt::format("ROLLED BACK {}: {}.", named(back->variant), back->reason);
  }
  if (const auto* rejected = event.as<events::VariantRejected>()) {
    return fmt::format("REJECTED {} at {}: {}.", named(rejected->variant), rejected->stage,
                       rejected->reason);
  }
  if (const auto* frozen = event.as<events::PlanFrozen>()) {
    return fmt::format(
        "The first trained plan serves after {} interactions; the frozen twin keeps it.",
        frozen->interactions);
  }
  if (const auto* setting = event.as<events::ServingSettingChanged>()) {
    return fmt::format("{} goes from {} to {}: {}.", setting->setting, setting->before,
                       setting->after, setting->reason);
  }
  return {};
}

void Narrator::observe(const events::Event& event) {
  if (const auto* formed = event.as<events::BatchFormed>()) interactions_ = formed->interactions;
  const auto sentence = sentence_of(event);
  if (awake_ && !sentence.empty()) say(fmt::format("[{:>7}] {}", interactions_, sentence));
}

void Narrator::progress(std::uint64_t interactions, std::uint64_t limit) {
  if (interactions < told_ + progress_every) return;
  told_ = interactions - interactions % progress_every;
  say(limit == 0 ? fmt::format("[{:>7}] interactions", interactions)
                 : fmt::format("[{:>7}] of {} interactions", interactions, limit));
}

}  // namespace ars::cli
