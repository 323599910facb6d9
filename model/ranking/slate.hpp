// The slate as a distribution: the deterministic slate of the re-rank policy, whose last slots may
// explore. Propensities are exact. Pure: every draw comes from (seed, user, ordinal), so the system
// and its frozen twin explore on the same requests with the same draws. Any thread.
#pragma once

#include "events/base/prng.hpp"
#include "events/slate.hpp"
#include "model/ranking/diversity.hpp"

namespace ars::model {

// The key of all random choices for one request of one user.
std::uint64_t exploration_key(Seed seed, const UserId& user, std::uint64_t ordinal);

// With n candidates, k slots and e = min(explore_slots, k, n - k) explorable slots (the last ones),
// each explorable slot explores with probability s = explore_share, then shows an item drawn
// uniformly from the n - k outside the deterministic slate, a different one in each slot. Hence the
// item of a fixed slot has propensity 1, the deterministic item of an explorable slot 1 - s, and
// any outside item s / (n - k) in each explorable slot; a slot's probabilities sum to 1.
class SlateDistribution {
 public:
  SlateDistribution(RankedCandidates ranked, const events::RerankSetting& setting,
                    const ViewSet& views, const events::RequestRouted& request);

  // The probability that this item is shown in this slot (from 0); 0 for what cannot happen.
  double probability(ItemIndex item, std::uint16_t slot) const;
  // One slate; ids and dense of the items stay empty. `key` as exploration_key gives it.
  std::vector<events::SlateItem> draw(std::uint64_t key) const;
  // The slate without exploration.
  std::vector<ItemIndex> deterministic() const;
  std::size_t slots() const { return chosen_.size(); }
  std::size_t explorable_slots() const { return explorable_; }

 private:
  events::SlateItem slate_item(std::uint32_t row, std::size_t slot) const;

  RankedCandidates ranked_;
  std::shared_ptr<const CatalogueView> catalogue_;
  double share_ = 0;
  std::size_t explorable_ = 0;
  std::vector<Choice> chosen_;          // by slot
  std::vector<std::uint32_t> outside_;  // rows not chosen, in ranked order
};

// SlateDistribution(...).draw(exploration_key(seed, request.user, request.ordinal)).
std::vector<events::SlateItem> compose_slate(const RankedCandidates& ranked,
                                             const events::RerankSetting& setting,
                                             const ViewSet& views,
                                             const events::RequestRouted& request, Seed seed);

}  // namespace ars::model
