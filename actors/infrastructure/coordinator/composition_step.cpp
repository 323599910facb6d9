#include "actors/infrastructure/coordinator/composition_step.hpp"

#include "model/retrieval/recall.hpp"

#include <algorithm>

namespace ars::actors {
namespace {

bool has(const events::ServingPlan& plan, std::string_view source) {
  return std::any_of(plan.recalls.begin(), plan.recalls.end(),
                     [&](const auto& recall) { return recall.source == source; });
}

std::optional<CompositionChange> add_one(const events::ServingPlan& champion, std::uint64_t step) {
  std::vector<const model::RecallSource*> absent;
  for (const auto& source : model::recall_sources()) {
    if (!has(champion, source.name)) absent.push_back(&source);
  }
  if (absent.empty()) return std::nullopt;
  const auto& source = *absent[(step / 2) % absent.size()];
  CompositionChange out;
  out.plan = champion;
  const auto quota = champion.recalls.empty() ? 50u : champion.recalls.back().quota;
  out.plan.recalls.push_back({std::string(source.name), quota, 1.0, source.default_half_life_s});
  out.kind = events::ChangeKind::recall_added;
  out.summary = "add recall " + std::string(source.name);
  return out;
}

// The recall that earned least; popularity stays, it is what a cold start rests on.
std::optional<CompositionChange> remove_one(const events::ServingPlan& champion,
                                            const std::vector<CreditRow>& credits) {
  const CreditRow* least = nullptr;
  for (const auto& row : credits) {
    if (!row.agent.starts_with("recall.") || row.agent == "recall.popularity") continue;
    if (!has(champion, std::string_view(row.agent).substr(7))) continue;
    if (least == nullptr || row.estimate < least->estimate) least = &row;
  }
  if (least == nullptr || champion.recalls.size() < 2) return std::nullopt;
  CompositionChange out;
  out.plan = champion;
  const auto source = least->agent.substr(7);
  std::erase_if(out.plan.recalls, [&](const auto& recall) { return recall.source == source; });
  out.kind = events::ChangeKind::recall_removed;
  out.summary = "remove recall " + source;
  return out;
}

}  // namespace

std::optional<CompositionChange> compositional_change(const events::ServingPlan& champion,
                                                      const std::vector<CreditRow>& credits,
                                                      std::uint64_t step) {
  if (step % 2 == 1) {
    if (auto change = add_one(champion, step)) return change;
    return remove_one(champion, credits);
  }
  if (auto change = remove_one(champion, credits)) return change;
  return add_one(champion, step);
}

}  // namespace ars::actors
