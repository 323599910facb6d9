#include "actors/infrastructure/coordinator/composition_step.hpp"

#include "actors/decision/recall/sources/catalog.hpp"
#include "model/evolution/operators/catalog.hpp"
#include "model/evolution/proposal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::actors {
namespace {

constexpr std::string_view recall_move = "recall";
constexpr double sure = 2;  // standard errors above 0

bool has(const events::ServingPlan& plan, std::string_view source) {
  return std::any_of(plan.recalls.begin(), plan.recalls.end(),
                     [&](const auto& recall) { return recall.source == source; });
}

std::optional<CompositionChange> add_one(const events::ServingPlan& champion, Philox& random) {
  std::vector<const RecallSource*> absent;
  for (const auto& source : recall_sources) {
    if (!has(champion, source.name)) absent.push_back(&source);
  }
  if (absent.empty()) return std::nullopt;
  const auto& source = *absent[random.below(absent.size())];
  CompositionChange out;
  out.plan = champion;
  const auto quota = champion.recalls.empty() ? 50u : champion.recalls.back().quota;
  out.plan.recalls.push_back({std::string(source.name), quota, 1.0, source.default_half_life_s});
  out.kind = events::ChangeKind::recall_added;
  out.summary = "add recall " + std::string(source.name);
  return out;
}

// The recall that earned least, if that may be nothing; popularity stays, it is what a cold start
// rests on.
std::optional<CompositionChange> remove_one(const events::ServingPlan& champion,
                                            const std::vector<CreditRow>& credits) {
  const CreditRow* least = nullptr;
  for (const auto& row : credits) {
    if (!row.agent.starts_with("recall.") || row.agent == "recall.popularity") continue;
    if (!has(champion, std::string_view(row.agent).substr(7))) continue;
    if (least == nullptr || row.estimate < least->estimate) least = &row;
  }
  if (least == nullptr || champion.recalls.size() < 2) return std::nullopt;
  if (least->estimate > sure * least->standard_error) return std::nullopt;
  CompositionChange out;
  out.plan = champion;
  const auto source = least->agent.substr(7);
  std::erase_if(out.plan.recalls, [&](const auto& recall) { return recall.source == source; });
  out.kind = events::ChangeKind::recall_removed;
  out.summary = "remove recall " + source;
  return out;
}

std::optional<CompositionChange> operate(const model::Operator& by,
                                         const events::ServingPlan& champion, Philox& random) {
  auto plan = by.mutate(champion, random);
  if (!plan.has_value()) return std::nullopt;
  auto summary =
      fmt::format("{}: {}", by.name, fmt::join(model::describe_change(champion, *plan), ", "));
  return CompositionChange{std::move(*plan), by.kind, std::move(summary)};
}

}  // namespace

const std::vector<std::string>& composition_moves() {
  static const std::vector<std::string> moves = [] {
    std::vector<std::string> out{std::string(recall_move)};
    for (const auto& each : model::operators) {
      if (each.kind == events::ChangeKind::policy) out.emplace_back(each.name);
    }
    return out;
  }();
  return moves;
}

std::optional<CompositionChange> compositional_change(std::string_view move,
                                                      const events::ServingPlan& champion,
                                                      const std::vector<CreditRow>& credits,
                                                      Philox& random) {
  if (move == recall_move) {
    if (auto change = remove_one(champion, credits)) return change;
    return add_one(champion, random);
  }
  for (const auto& each : model::operators) {
    if (each.name == move) return operate(each, champion, random);
  }
  return std::nullopt;
}

}  // namespace ars::actors
