#include "actors/decision/slate_record.hpp"

#include "model/features/encoder.hpp"
#include "model/ranking/matrix.hpp"

namespace ars::actors {

events::SlateServed slate_record(const events::RequestRouted& routed,
                                 std::vector<events::SlateItem> items, std::string fallback,
                                 const DecisionViews& views) {
  events::SlateServed out;
  out.request = routed.request;
  out.user = routed.user;
  out.scope = routed.scope;
  out.occurred_at = routed.occurred_at;
  out.segment = routed.segment;
  out.arm = routed.arm;
  out.plan = routed.plan;
  out.experiment = routed.experiment;
  out.fallback = std::move(fallback);
  out.views = views.names;
  out.items = std::move(items);
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

}  // namespace ars::actors
