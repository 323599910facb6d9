// How the system came to serve as it does, told from events: plans, variants and what became of
// them, each sentence with the place of its event. Owned by one command; one thread.
#pragma once

#include "events/event.hpp"
#include "store/event_log.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ars::cli {

// One event of a road, in words.
struct Sentence {
  store::Pointer at;
  std::uint64_t log_time_ns = 0;
  std::uint64_t interactions = 0;  // of the log when it happened
  std::string text;
};

enum class Fate : std::uint8_t { under_way, promoted, rejected, rolled_back };
std::string_view to_string(Fate fate);

// A variant's road.
struct VariantStory {
  events::VariantProposed proposed;
  Fate fate = Fate::under_way;
  std::string reason;
  std::optional<events::EvidenceMeasured> evidence;
  std::optional<events::OffPolicyChecked> off_policy;
  std::optional<events::CanaryStarted> canary;
  std::optional<events::CanaryLooked> last_look;
  std::uint32_t looks = 0;
  std::optional<events::GuardrailCrossed> guardrail;
  std::vector<Sentence> road;
};

// A plan that serves from here on.
struct Reign {
  events::PlanPromoted promoted;
  store::Pointer at;
  std::uint64_t log_time_ns = 0;
  std::uint64_t interactions = 0;
};

class Story {
 public:
  // Types that the story is told from; others need not be shown to it.
  static bool concerns(std::uint32_t type_id);
  void observe(const events::Event& event, const store::Pointer& at);

  const std::map<std::uint64_t, VariantStory>& variants() const { return variants_; }
  const std::map<std::uint64_t, events::ServingPlan>& plans() const { return plans_; }
  // Who served when, oldest first; the last one serves now.
  const std::vector<Reign>& reigns() const { return reigns_; }
  const std::optional<events::CanaryStarted>& canary_now() const { return canary_now_; }
  std::uint64_t interactions() const { return interactions_; }

 private:
  struct Told {
    std::uint64_t variant = 0;
    std::string text;  // empty: no sentence
  };
  Told tell(const events::Event& event);
  Told tell_proposal(const events::Event& event);
  Told tell_training(const events::Event& event);
  Told tell_evidence(const events::Event& event);
  Told tell_canary(const events::Event& event);
  Told tell_end(const events::Event& event);

  std::map<std::uint64_t, VariantStory> variants_;
  std::map<std::uint64_t, events::ServingPlan> plans_;
  std::map<std::uint64_t, std::uint64_t> job_variant_;
  std::map<std::uint64_t, std::uint64_t> experiment_variant_;
  std::vector<Reign> reigns_;
  std::optional<events::CanaryStarted> canary_now_;
  std::uint64_t interactions_ = 0;
};

// A plan in a few words: recalls, ranker, re-rank policy.
std::string plan_text(const events::ServingPlan& plan);
// What is different in `next`, a line each.
std::vector<std::string> plan_changes(const events::ServingPlan& now,
                                      const events::ServingPlan& next);

}  // namespace ars::cli
