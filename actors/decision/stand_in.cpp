#include "actors/decision/stand_in.hpp"

#include "events/base/narrow.hpp"
#include "model/features/encoder.hpp"
#include "model/ranking/matrix.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ars::actors {
namespace {

// What traffic would have said of a user it knows nothing about.
events::RequestRouted unknown_user(const events::RequestReceived& request,
                                   const DecisionViews& views) {
  events::RequestRouted out;
  out.request = request.request;
  out.user = request.user;
  out.scope = request.scope;
  out.occurred_at = request.occurred_at;
  out.size = request.size;
  out.ordinal = request.ordinal;
  out.context = request.context;
  out.logged = request.logged;
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

events::SlateServed slate_of(const events::RequestRouted& routed, const DecisionViews& views) {
  events::SlateServed out;
  out.request = routed.request;
  out.user = routed.user;
  out.scope = routed.scope;
  out.occurred_at = routed.occurred_at;
  out.segment = routed.segment;
  out.arm = routed.arm;
  out.plan = routed.plan;
  out.experiment = routed.experiment;
  out.fallback = stand_in_reason;
  out.views = views.names;
  out.items = most_popular(routed, views);
  std::vector<ItemIndex> shown;
  for (const auto& item : out.items)
    shown.push_back(item.item);
  const auto matrix = model::encode(routed, shown, views.sets);
  out.sequence = matrix.sequence;
  for (std::size_t i = 0; i < out.items.size(); ++i) {
    const auto ids = model::row_ids(matrix, i);
    const auto dense = model::row_dense(matrix, i);
    out.items[i].ids.assign(ids.begin(), ids.end());
    out.items[i].dense.assign(dense.begin(), dense.end());
  }
  if (out.items.empty()) {
    out.result = events::ResultCode::empty;
  } else if (out.items.size() < routed.size) {
    out.result = events::ResultCode::fewer;
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
    out.push_back(
        {record,
         slate_of(route == routed.end() ? unknown_user(*request, known) : *route->second, known)});
  }
  return out;
}

}  // namespace ars::actors
