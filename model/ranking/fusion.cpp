#include "model/ranking/fusion.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <algorithm>
#include <bit>

namespace ars::model {
namespace {

struct Fused {
  ItemIndex item;
  double score = 0;
  std::uint32_t sources = 0;
};

// The union in order of first proposal: a hash table over a list.
class Union {
 public:
  // REQUIRES: at most `most` different items.
  explicit Union(std::size_t most)
      : places_(std::bit_ceil(2 * most + 2), 0), mask_(places_.size() - 1) {
    entries_.reserve(most);
  }
  // The item's entry, made when it is met first.
  Fused& of(ItemIndex item) {
    auto at = (std::size_t{item.value()} * 0x9E3779B97F4A7C15u >> 20) & mask_;
    while (places_[at] != 0 && entries_[places_[at] - 1].item != item)
      at = (at + 1) & mask_;
    if (places_[at] == 0) {
      entries_.push_back({item, 0, 0});
      places_[at] = narrow<std::uint32_t>(entries_.size());
    }
    return entries_[places_[at] - 1];
  }
  std::vector<Fused>& entries() { return entries_; }

 private:
  std::vector<std::uint32_t> places_;  // position in entries_ plus 1; 0: free
  std::size_t mask_;
  std::vector<Fused> entries_;
};

// Recalls in the plan's order, so that the sum over sources has a fixed order; the first proposal
// of a source counts.
Union join(const events::ServingPlan& plan, std::span<const events::CandidatesRecalled> recalled) {
  std::size_t most = 0;
  for (const auto& each : recalled)
    most += each.items.size();
  Union out(most);
  for (std::size_t recall = 0; recall < plan.recalls.size(); ++recall) {
    const auto& setting = plan.recalls[recall];
    const auto bit = std::uint32_t{1} << recall;
    for (const auto& each : recalled) {
      if (each.source != setting.source) continue;
      const auto quota = setting.quota == 0 ? each.items.size() : std::size_t{setting.quota};
      for (std::size_t i = 0; i < std::min(quota, each.items.size()); ++i) {
        auto& entry = out.of(each.items[i]);
        if ((entry.sources & bit) != 0) continue;
        entry.sources |= bit;
        entry.score += setting.weight / (plan.fusion_k + to_double(i + 1));
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
  auto joined = join(plan, recalled);
  auto& fused = joined.entries();
  const auto better = [](const Fused& a, const Fused& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  };
  const auto size = std::min(candidates_max, fused.size());
  const auto end = fused.begin() + narrow<std::ptrdiff_t>(size);
  if (size < fused.size()) std::nth_element(fused.begin(), end, fused.end(), better);
  std::sort(fused.begin(), end, better);
  FusedCandidates out;
  out.items.reserve(size);
  out.scores.reserve(size);
  out.sources.reserve(size);
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
