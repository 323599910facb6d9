// What a request was answered with, and what others would have answered: slates, baselines, single
// items scored for evaluation.
#pragma once

#include "events/serving.hpp"

namespace ars::events {

enum class SlotKind : std::uint8_t {
  ranked = 0,
  explore = 1,
  pinned = 2,
  backfill = 3,
  fallback = 4
};

struct SlateItem {
  ItemIndex item;
  std::string item_id;
  std::uint16_t slot = 0;
  SlotKind kind = SlotKind::ranked;
  double propensity = 0;  // of this item in this slot, under the policy as executed
  float score = 0;
  std::uint16_t rank_before = 0;  // position before re-rank
  std::uint32_t sources = 0;
  std::vector<std::uint32_t> ids;  // categorical features as encoded by the feature plan
  std::vector<float> dense;
  static constexpr auto fields = std::tuple{field(0, "item", &SlateItem::item),
                                            field(1, "item_id", &SlateItem::item_id),
                                            field(2, "slot", &SlateItem::slot),
                                            field(3, "kind", &SlateItem::kind),
                                            field(4, "propensity", &SlateItem::propensity),
                                            field(5, "score", &SlateItem::score),
                                            field(6, "rank_before", &SlateItem::rank_before),
                                            field(7, "sources", &SlateItem::sources),
                                            field(8, "ids", &SlateItem::ids),
                                            field(9, "dense", &SlateItem::dense)};
  friend bool operator==(const SlateItem&, const SlateItem&) = default;
};

enum class ResultCode : std::uint8_t { ok = 0, fewer = 1, empty = 2 };

// Fact of the re-rank policy: the answer.
struct SlateServed {
  RequestId request;
  UserId user;
  Scope scope;
  Timestamp occurred_at;
  std::string segment;
  Arm arm = Arm::champion;
  std::uint64_t plan = 0;
  std::uint64_t experiment = 0;
  ResultCode result = ResultCode::ok;
  std::string fallback;
  std::vector<SlateItem> items;
  std::vector<std::uint32_t> sequence;  // the user's history as the ranker saw it
  std::vector<std::string> views;       // name@version of each view read
  static constexpr std::uint32_t type_id = 108;
  static constexpr std::string_view name = "ars.slate.served";
  static constexpr auto fields = std::tuple{field(0, "request", &SlateServed::request),
                                            field(1, "user", &SlateServed::user),
                                            field(2, "scope", &SlateServed::scope),
                                            field(3, "occurred_at", &SlateServed::occurred_at),
                                            field(4, "segment", &SlateServed::segment),
                                            field(5, "arm", &SlateServed::arm),
                                            field(6, "plan", &SlateServed::plan),
                                            field(7, "experiment", &SlateServed::experiment),
                                            field(8, "result", &SlateServed::result),
                                            field(9, "fallback", &SlateServed::fallback),
                                            field(10, "items", &SlateServed::items),
                                            field(11, "sequence", &SlateServed::sequence),
                                            field(12, "views", &SlateServed::views)};
  friend bool operator==(const SlateServed&, const SlateServed&) = default;
};

// What would have been served had one agent not been there.
struct Counterfactual {
  std::string agent;
  std::vector<ItemIndex> items;
  std::vector<float> expected;  // click rate expected of each, for items that were not shown
  static constexpr auto fields = std::tuple{field(0, "agent", &Counterfactual::agent),
                                            field(1, "items", &Counterfactual::items),
                                            field(2, "expected", &Counterfactual::expected)};
  friend bool operator==(const Counterfactual&, const Counterfactual&) = default;
};

// Fact of the experiment agent: what others would have served for the same request.
struct BaselineScored {
  RequestId request;
  UserId user;
  std::vector<ItemIndex> popularity;
  std::vector<ItemIndex> frozen;
  std::vector<ItemIndex> shadow;  // the variant under test, when it answers in shadow
  std::uint64_t frozen_plan = 0;
  std::uint64_t shadow_plan = 0;
  std::vector<Counterfactual> counterfactuals;
  static constexpr std::uint32_t type_id = 109;
  static constexpr std::string_view name = "ars.baseline.scored";
  static constexpr auto fields =
      std::tuple{field(0, "request", &BaselineScored::request),
                 field(1, "user", &BaselineScored::user),
                 field(2, "popularity", &BaselineScored::popularity),
                 field(3, "frozen", &BaselineScored::frozen),
                 field(4, "shadow", &BaselineScored::shadow),
                 field(5, "frozen_plan", &BaselineScored::frozen_plan),
                 field(6, "shadow_plan", &BaselineScored::shadow_plan),
                 field(7, "counterfactuals", &BaselineScored::counterfactuals)};
  friend bool operator==(const BaselineScored&, const BaselineScored&) = default;
};

// Input: score one item for a request already answered, never as a candidate of it.
struct EvaluationRequested {
  RequestId request;
  UserId user;
  ItemIndex item;
  static constexpr std::uint32_t type_id = 110;
  static constexpr std::string_view name = "ars.evaluation.requested";
  static constexpr auto fields = std::tuple{field(0, "request", &EvaluationRequested::request),
                                            field(1, "user", &EvaluationRequested::user),
                                            field(2, "item", &EvaluationRequested::item)};
  friend bool operator==(const EvaluationRequested&, const EvaluationRequested&) = default;
};

// Fact of ranking: the champion's score and the frozen plan's for the evaluated item, with the
// features as they were: training reads these, never a later state.
struct ItemEvaluated {
  RequestId request;
  UserId user;
  ItemIndex item;
  float score = 0;
  float frozen_score = 0;
  bool trained = false;  // false before the first training: no score
  std::vector<std::uint32_t> ids;
  std::vector<float> dense;
  std::vector<std::uint32_t> sequence;
  bool candidate = false;                // the recalls had proposed it for this request
  std::vector<std::uint32_t> other_ids;  // rows of a few other candidates, drawn uniformly
  std::vector<float> other_dense;
  static constexpr std::uint32_t type_id = 111;
  static constexpr std::string_view name = "ars.item.evaluated";
  static constexpr auto fields = std::tuple{field(0, "request", &ItemEvaluated::request),
                                            field(1, "user", &ItemEvaluated::user),
                                            field(2, "item", &ItemEvaluated::item),
                                            field(3, "score", &ItemEvaluated::score),
                                            field(4, "frozen_score", &ItemEvaluated::frozen_score),
                                            field(5, "trained", &ItemEvaluated::trained),
                                            field(6, "ids", &ItemEvaluated::ids),
                                            field(7, "dense", &ItemEvaluated::dense),
                                            field(8, "sequence", &ItemEvaluated::sequence),
                                            field(9, "candidate", &ItemEvaluated::candidate),
                                            field(10, "other_ids", &ItemEvaluated::other_ids),
                                            field(11, "other_dense", &ItemEvaluated::other_dense)};
  friend bool operator==(const ItemEvaluated&, const ItemEvaluated&) = default;
};

}  // namespace ars::events
