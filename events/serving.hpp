// What happens while a request is answered, up to its ranking; events/slate.hpp goes on from there.
// Items are dense indices of the catalogue; users are keyed pseudonyms. Times named occurred_at say
// when it happened, not when it was logged.
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
  std::vector<std::uint32_t> category_passes;  // looked at of late and not taken, likewise
  static constexpr auto fields =
      std::tuple{field(0, "history", &UserFeatures::history),
                 field(1, "history_values", &UserFeatures::history_values),
                 field(2, "interactions", &UserFeatures::interactions),
                 field(3, "positives", &UserFeatures::positives),
                 field(4, "mean_value", &UserFeatures::mean_value),
                 field(5, "seen", &UserFeatures::seen),
                 field(6, "category_counts", &UserFeatures::category_counts),
                 field(7, "category_passes", &UserFeatures::category_passes)};
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

}  // namespace ars::events
