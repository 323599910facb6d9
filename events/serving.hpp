// What happens while a request is answered. Items are dense indices of the catalogue; users are
// keyed pseudonyms. Times named occurred_at say when it happened, not when it was logged.
#pragma once

#include "events/codec/fields.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ars::events {

// Part of every request, exposure, feedback, item and user key.
struct Scope {
  std::string tenant;
  std::string scene;
  static constexpr auto fields =
      std::tuple{field(0, "tenant", &Scope::tenant), field(1, "scene", &Scope::scene)};
  friend bool operator==(const Scope&, const Scope&) = default;
};

struct ContextFeature {
  std::string name;
  std::string value;
  static constexpr auto fields = std::tuple{field(0, "name", &ContextFeature::name),
                                            personal(1, "value", &ContextFeature::value)};
  friend bool operator==(const ContextFeature&, const ContextFeature&) = default;
};

// Input: somebody asks for a slate.
struct RequestReceived {
  RequestId request;
  UserId user;
  Scope scope;
  Timestamp occurred_at;
  std::uint16_t size = 0;     // asked slate length
  std::uint64_t ordinal = 0;  // this user's n-th request: keys every random choice for it
  std::vector<ContextFeature> context;
  bool logged = false;  // a logged action of another policy follows; everything may be shown
  static constexpr std::uint32_t type_id = 101;
  static constexpr std::string_view name = "ars.request.received";
  static constexpr auto fields = std::tuple{field(0, "request", &RequestReceived::request),
                                            field(1, "user", &RequestReceived::user),
                                            field(2, "scope", &RequestReceived::scope),
                                            field(3, "occurred_at", &RequestReceived::occurred_at),
                                            field(4, "size", &RequestReceived::size),
                                            field(5, "ordinal", &RequestReceived::ordinal),
                                            personal(6, "context", &RequestReceived::context),
                                            field(7, "logged", &RequestReceived::logged)};
  friend bool operator==(const RequestReceived&, const RequestReceived&) = default;
};

// What was known about the user when the request was routed; frozen for everything after.
struct UserFeatures {
  std::vector<ItemIndex> history;     // most recent last, at most 50, distinct
  std::vector<float> history_values;  // the label of each: rating or click value
  std::uint32_t interactions = 0;
  std::uint32_t positives = 0;
  double mean_value = 0;
  std::vector<ItemIndex> seen;                 // items never to be recommended again
  std::vector<std::uint32_t> category_counts;  // positives by category index
  static constexpr auto fields =
      std::tuple{field(0, "history", &UserFeatures::history),
                 field(1, "history_values", &UserFeatures::history_values),
                 field(2, "interactions", &UserFeatures::interactions),
                 field(3, "positives", &UserFeatures::positives),
                 field(4, "mean_value", &UserFeatures::mean_value),
                 field(5, "seen", &UserFeatures::seen),
                 field(6, "category_counts", &UserFeatures::category_counts)};
  friend bool operator==(const UserFeatures&, const UserFeatures&) = default;
};

enum class Arm : std::uint8_t { champion = 0, variant = 1 };

// Fact of the user's traffic agent: segment, arm and plan, with the features frozen.
struct RequestRouted {
  RequestId request;
  UserId user;
  Scope scope;
  Timestamp occurred_at;
  std::uint16_t size = 0;
  std::uint64_t ordinal = 0;
  std::string segment;
  Arm arm = Arm::champion;
  std::uint64_t plan = 0;         // version of the serving plan that answers
  std::uint64_t shadow_plan = 0;  // version that answers in shadow; 0: none
  std::uint64_t experiment = 0;   // the canary this request belongs to; 0: none
  UserFeatures user_features;
  std::vector<ContextFeature> context;
  bool logged = false;
  std::uint32_t recalls = 0;  // how many recall agents were asked
  static constexpr std::uint32_t type_id = 102;
  static constexpr std::string_view name = "ars.request.routed";
  static constexpr auto fields =
      std::tuple{field(0, "request", &RequestRouted::request),
                 field(1, "user", &RequestRouted::user),
                 field(2, "scope", &RequestRouted::scope),
                 field(3, "occurred_at", &RequestRouted::occurred_at),
                 field(4, "size", &RequestRouted::size),
                 field(5, "ordinal", &RequestRouted::ordinal),
                 field(6, "segment", &RequestRouted::segment),
                 field(7, "arm", &RequestRouted::arm),
                 field(8, "plan", &RequestRouted::plan),
                 field(9, "shadow_plan", &RequestRouted::shadow_plan),
                 field(10, "experiment", &RequestRouted::experiment),
                 field(11, "user_features", &RequestRouted::user_features),
                 personal(12, "context", &RequestRouted::context),
                 field(13, "logged", &RequestRouted::logged),
                 field(14, "recalls", &RequestRouted::recalls)};
  friend bool operator==(const RequestRouted&, const RequestRouted&) = default;
};

// Fact of one recall agent; best first. Items and scores are parallel.
struct CandidatesRecalled {
  RequestId request;
  std::string source;
  std::vector<ItemIndex> items;
  std::vector<float> scores;
  static constexpr std::uint32_t type_id = 103;
  static constexpr std::string_view name = "ars.candidates.recalled";
  static constexpr auto fields = std::tuple{field(0, "request", &CandidatesRecalled::request),
                                            field(1, "source", &CandidatesRecalled::source),
                                            field(2, "items", &CandidatesRecalled::items),
                                            field(3, "scores", &CandidatesRecalled::scores)};
  friend bool operator==(const CandidatesRecalled&, const CandidatesRecalled&) = default;
};

// Fact of fusion: the union, deduplicated, best first. sources[i] has bit k set when recall k of
// the plan proposed the item.
struct CandidatesFused {
  RequestId request;
  std::uint64_t plan = 0;
  std::vector<ItemIndex> items;
  std::vector<float> scores;
  std::vector<std::uint32_t> sources;
  static constexpr std::uint32_t type_id = 104;
  static constexpr std::string_view name = "ars.candidates.fused";
  static constexpr auto fields = std::tuple{
      field(0, "request", &CandidatesFused::request), field(1, "plan", &CandidatesFused::plan),
      field(2, "items", &CandidatesFused::items), field(3, "scores", &CandidatesFused::scores),
      field(4, "sources", &CandidatesFused::sources)};
  friend bool operator==(const CandidatesFused&, const CandidatesFused&) = default;
};

// Inline input: the model actor's answer for one candidate matrix, named by its hash.
struct Scored {
  RequestId request;
  std::uint64_t plan = 0;
  Bytes32 weights{};
  Bytes32 matrix_hash{};
  std::vector<float> scores;
  static constexpr std::uint32_t type_id = 105;
  static constexpr std::string_view name = "ars.scored";
  static constexpr auto fields = std::tuple{
      field(0, "request", &Scored::request), field(1, "plan", &Scored::plan),
      field(2, "weights", &Scored::weights), field(3, "matrix_hash", &Scored::matrix_hash),
      field(4, "scores", &Scored::scores)};
  friend bool operator==(const Scored&, const Scored&) = default;
};

// Inline input: a stage had no answer within its deadline.
struct StageTimedOut {
  RequestId request;
  std::uint64_t plan = 0;
  std::string stage;
  std::string reason;
  static constexpr std::uint32_t type_id = 106;
  static constexpr std::string_view name = "ars.stage.timed_out";
  static constexpr auto fields = std::tuple{
      field(0, "request", &StageTimedOut::request), field(1, "plan", &StageTimedOut::plan),
      field(2, "stage", &StageTimedOut::stage), field(3, "reason", &StageTimedOut::reason)};
  friend bool operator==(const StageTimedOut&, const StageTimedOut&) = default;
};

// Fact of ranking: candidates by calibrated score, best first.
struct CandidatesRanked {
  RequestId request;
  std::uint64_t plan = 0;
  Bytes32 weights{};
  Bytes32 matrix_hash{};
  std::string fallback;  // empty, or why the model did not rank: cold_start, model_timeout ...
  std::vector<ItemIndex> items;
  std::vector<float> scores;
  std::vector<std::uint32_t> sources;
  std::vector<std::uint8_t> matrix;  // the whole matrix, for the sampled share only
  static constexpr std::uint32_t type_id = 107;
  static constexpr std::string_view name = "ars.candidates.ranked";
  static constexpr auto fields = std::tuple{field(0, "request", &CandidatesRanked::request),
                                            field(1, "plan", &CandidatesRanked::plan),
                                            field(2, "weights", &CandidatesRanked::weights),
                                            field(3, "matrix_hash", &CandidatesRanked::matrix_hash),
                                            field(4, "fallback", &CandidatesRanked::fallback),
                                            field(5, "items", &CandidatesRanked::items),
                                            field(6, "scores", &CandidatesRanked::scores),
                                            field(7, "sources", &CandidatesRanked::sources),
                                            field(8, "matrix", &CandidatesRanked::matrix)};
  friend bool operator==(const CandidatesRanked&, const CandidatesRanked&) = default;
};

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
