#include "actors/decision/recall/sources/catalog.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"

#include <cstring>

namespace ars::actors {
namespace {

constexpr std::uint32_t explored_impressions = 30;  // with fewer an item counts as unexplored

}  // namespace

model::RecallResult recall_exploration(const model::RecallQuery& query) {
  const model::Excluded excluded(query);
  const auto& statistics = *query.views.statistics;
  std::vector<ItemIndex> unexplored;
  for (const auto item : statistics.newest()) {
    const auto& entry = statistics.item(item);
    const bool explored =
        entry.impressions >= explored_impressions || entry.interactions >= explored_impressions;
    if (!explored && !excluded(item)) unexplored.push_back(item);
  }
  std::array<std::uint64_t, 2> user{};
  std::memcpy(user.data(), query.request.user.value().data(), sizeof(user));
  Philox draws(mix_key(user[0], user[1], query.request.ordinal), 0x6578706C6F726521);
  model::RecallResult out;
  const auto size = std::min<std::size_t>(query.setting.quota, unexplored.size());
  for (std::size_t i = 0; i < size; ++i) {
    std::swap(unexplored[i], unexplored[i + draws.below(unexplored.size() - i)]);
    out.items.push_back(unexplored[i]);
    out.scores.push_back(static_cast<float>(1 - to_double(i) / to_double(size)));
  }
  return out;
}

}  // namespace ars::actors
