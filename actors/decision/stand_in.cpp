#include "actors/decision/stand_in.hpp"

#include "actors/decision/slate_record.hpp"
#include "actors/decision/traffic/traffic_state.hpp"
#include "events/base/narrow.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ars::actors {
namespace {

// What traffic would have said of a user it knows nothing about.
events::RequestRouted unknown_user(const events::RequestReceived& request,
                                   const DecisionViews& views) {
  auto out = routed_as_asked(request);
  out.segment = "new";
  out.plan = views.deployment->champion;
  out.user_features.category_counts.assign(views.sets.catalogue->category_count(), 0);
  return out;
}

std::vector<events::SlateItem> most_popular(const events::RequestRouted& routed,
                                            const DecisionViews& views) {
  std::vector<events::SlateItem> out;
  const auto& seen = routed.user_features.seen;
  const auto& top = views.sets.statistics->top(0);
  for (std::size_t i = 0; i < top.items.size() && out.size() < routed.size; ++i) {
    const auto item = top.items[i];
    if (std::binary_search(seen.begin(), seen.end(), item)) continue;
    events::SlateItem shown;
    shown.item = item;
    shown.item_id = views.sets.catalogue->item(item).item_id;
    shown.slot = narrow<std::uint16_t>(out.size());
    shown.rank_before = shown.slot;
    shown.score = static_cast<float>(top.heat[i]);
    shown.propensity = 1;
    out.push_back(std::move(shown));
  }
  return out;
}

}  // namespace

std::vector<runtime::StandIn> stand_in(const std::vector<runtime::EventPtr>& records,
                                       const void* views) {
  const auto& known = *static_cast<const DecisionViews*>(views);
  std::set<RequestId> answered;
  std::map<RequestId, const events::RequestRouted*> routed;
  for (const auto& record : records) {
    if (const auto* slate = record->as<events::SlateServed>()) answered.insert(slate->request);
    if (const auto* route = record->as<events::RequestRouted>()) routed[route->request] = route;
  }
  std::vector<runtime::StandIn> out;
  for (const auto& record : records) {
    const auto* request = record->as<events::RequestReceived>();
    if (request == nullptr || answered.contains(request->request)) continue;
    const auto route = routed.find(request->request);
    const auto user = route == routed.end() ? unknown_user(*request, known) : *route->second;
    out.push_back({record, slate_record(user, most_popular(user, known),
                                        std::string(stand_in_reason), known)});
  }
  return out;
}

}  // namespace ars::actors
