#include "model/ranking/fusion.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <algorithm>

namespace ars::model {
namespace {

struct Proposal {
  ItemIndex item;
  std::uint32_t recall = 0;
  double share = 0;  // weight / (k + rank)
};

struct Fused {
  ItemIndex item;
  double score = 0;
  std::uint32_t sources = 0;
};

std::vector<Proposal> proposals_of(const events::ServingPlan& plan,
                                   std::span<const events::CandidatesRecalled> recalled) {
  std::vector<Proposal> out;
  for (std::size_t recall = 0; recall < plan.recalls.size(); ++recall) {
    const auto& setting = plan.recalls[recall];
    for (const auto& each : recalled) {
      if (each.source != setting.source) continue;
      const auto quota = setting.quota == 0 ? each.items.size() : std::size_t{setting.quota};
      for (std::size_t i = 0; i < std::min(quota, each.items.size()); ++i) {
        const double rank = to_double(i + 1);
        out.push_back({each.items[i], narrow<std::uint32_t>(recall),
                       setting.weight / (plan.fusion_k + rank)});
      }
    }
  }
  return out;
}

}  // namespace

FusedCandidates fuse(const events::ServingPlan& plan,
                     std::span<const events::CandidatesRecalled> recalled,
                     std::size_t candidates_max) {
  ARS_CHECK(plan.recalls.size() <= limits::recalls_max, "{} recalls", plan.recalls.size());
  auto proposals = proposals_of(plan, recalled);
  // Stable: the sum over sources has a fixed order, and the first proposal of a source counts.
  std::stable_sort(proposals.begin(), proposals.end(),
                   [](const Proposal& a, const Proposal& b) { return a.item < b.item; });
  std::vector<Fused> fused;
  for (const auto& each : proposals) {
    if (fused.empty() || fused.back().item != each.item) fused.push_back({each.item, 0, 0});
    const auto bit = std::uint32_t{1} << each.recall;
    if ((fused.back().sources & bit) != 0) continue;
    fused.back().sources |= bit;
    fused.back().score += each.share;
  }
  const auto better = [](const Fused& a, const Fused& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  };
  const auto size = std::min(candidates_max, fused.size());
  std::partial_sort(fused.begin(), fused.begin() + narrow<std::ptrdiff_t>(size), fused.end(),
                    better);
  FusedCandidates out;
  for (std::size_t i = 0; i < size; ++i) {
    out.items.push_back(fused[i].item);
    out.scores.push_back(static_cast<float>(fused[i].score));
    out.sources.push_back(fused[i].sources);
  }
  return out;
}

void complete_scene(FusedCandidates& fused, const CatalogueView& catalogue, std::string_view scene,
                    std::size_t candidates_max) {
  const auto wanted = catalogue.category(scene);
  const auto inside = [&](ItemIndex item) {
    const auto& listed = catalogue.item(item);
    return wanted && !listed.item_id.empty() && !listed.categories.empty() &&
           listed.categories.front() == *wanted;
  };
  std::vector<bool> proposed(catalogue.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < fused.items.size(); ++i) {
    if (!inside(fused.items[i])) continue;
    proposed[fused.items[i].value()] = true;
    fused.items[kept] = fused.items[i];
    fused.scores[kept] = fused.scores[i];
    fused.sources[kept] = fused.sources[i];
    ++kept;
  }
  fused.items.resize(kept);
  fused.scores.resize(kept);
  fused.sources.resize(kept);
  for (std::uint32_t i = 0; i < proposed.size() && fused.items.size() < candidates_max; ++i) {
    if (proposed[i] || !inside(ItemIndex(i))) continue;
    fused.items.emplace_back(i);
    fused.scores.push_back(0);
    fused.sources.push_back(0);
  }
}

}  // namespace ars::model
