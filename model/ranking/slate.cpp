#include "model/ranking/slate.hpp"

#include "events/base/narrow.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace ars::model {
namespace {

constexpr std::uint64_t slate_stream = 0x736C617465;  // "slate"

}  // namespace

std::uint64_t exploration_key(Seed seed, const UserId& user, std::uint64_t ordinal) {
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), user.value().data(), sizeof(words));
  return mix_key(mix_key(seed.value(), words[0], words[1]), ordinal);
}

SlateDistribution::SlateDistribution(RankedCandidates ranked, const events::RerankSetting& setting,
                                     const ViewSet& views, const events::RequestRouted& request)
    : ranked_(std::move(ranked)), catalogue_(views.catalogue) {
  share_ = std::clamp(setting.explore_share, 0.0, 1.0);
  chosen_ = rerank(ranked_, setting, *catalogue_, request.occurred_at, request.size);
  std::vector<bool> inside(ranked_.items.size());
  for (const auto& each : chosen_)
    inside[each.row] = true;
  for (std::size_t row = 0; row < inside.size(); ++row) {
    if (!inside[row]) outside_.push_back(narrow<std::uint32_t>(row));
  }
  if (share_ > 0) {
    explorable_ = std::min({std::size_t{setting.explore_slots}, chosen_.size(), outside_.size()});
  }
}

double SlateDistribution::probability(ItemIndex item, std::uint16_t slot) const {
  if (slot >= chosen_.size()) return 0;
  const bool fixed = slot < chosen_.size() - explorable_;
  if (ranked_.items[chosen_[slot].row] == item) return fixed ? 1 : 1 - share_;
  if (fixed) return 0;
  for (const auto row : outside_) {
    if (ranked_.items[row] == item) return share_ / to_double(outside_.size());
  }
  return 0;
}

events::SlateItem SlateDistribution::slate_item(std::uint32_t row, std::size_t slot) const {
  events::SlateItem out;
  out.item = ranked_.items[row];
  out.item_id = catalogue_->item(out.item).item_id;
  out.slot = narrow<std::uint16_t>(slot);
  out.score = ranked_.scores[row];
  out.rank_before = narrow<std::uint16_t>(row);
  out.sources = row < ranked_.sources.size() ? ranked_.sources[row] : 0;
  return out;
}

// Each slot has a stream of its own, so that slots do not shift each other's draws. Drawn
// without replacement, every outside item is equally likely in each explorable slot, by symmetry.
std::vector<events::SlateItem> SlateDistribution::draw(std::uint64_t key) const {
  std::vector<events::SlateItem> out;
  out.reserve(chosen_.size());
  auto left = outside_;
  for (std::size_t slot = 0; slot < chosen_.size(); ++slot) {
    const bool fixed = slot < chosen_.size() - explorable_;
    Philox stream(key, mix_key(slate_stream, slot));
    if (!fixed && stream.uniform() < share_) {
      const auto at = stream.below(left.size());
      out.push_back(slate_item(left[at], slot));
      left[at] = left.back();
      left.pop_back();
      out.back().kind = events::SlotKind::explore;
      out.back().propensity = share_ / to_double(outside_.size());
      continue;
    }
    out.push_back(slate_item(chosen_[slot].row, slot));
    if (chosen_[slot].backfill) out.back().kind = events::SlotKind::backfill;
    out.back().propensity = fixed ? 1 : 1 - share_;
  }
  return out;
}

std::vector<ItemIndex> SlateDistribution::deterministic() const {
  std::vector<ItemIndex> out;
  out.reserve(chosen_.size());
  for (const auto& each : chosen_)
    out.push_back(ranked_.items[each.row]);
  return out;
}

std::vector<events::SlateItem> compose_slate(const RankedCandidates& ranked,
                                             const events::RerankSetting& setting,
                                             const ViewSet& views,
                                             const events::RequestRouted& request, Seed seed) {
  return SlateDistribution(ranked, setting, views, request)
      .draw(exploration_key(seed, request.user, request.ordinal));
}

}  // namespace ars::model
