// Ranking: freezes the candidate matrix, asks the model host for scores, orders the candidates; and
// scores single items for evaluation, apart from any slate. Pure; owned by its shell.
#pragma once

#include "actors/decision_views.hpp"

namespace ars::actors {

// A request whose scores are awaited.
struct RankingPending {
  events::RequestRouted routed;
  events::CandidatesFused fused;
  static constexpr auto fields = std::tuple{events::field(0, "routed", &RankingPending::routed),
                                            events::field(1, "fused", &RankingPending::fused)};
  friend bool operator==(const RankingPending&, const RankingPending&) = default;
};

// An evaluation whose scores are awaited: by plan, those that came.
struct EvaluationPending {
  RequestId request;
  ItemIndex item;
  UserId user;
  std::vector<std::uint64_t> plans;
  std::vector<float> scores;
  static constexpr auto fields =
      std::tuple{events::field(0, "request", &EvaluationPending::request),
                 events::field(1, "item", &EvaluationPending::item),
                 events::field(2, "user", &EvaluationPending::user),
                 events::field(3, "plans", &EvaluationPending::plans),
                 events::field(4, "scores", &EvaluationPending::scores)};
  friend bool operator==(const EvaluationPending&, const EvaluationPending&) = default;
};

struct RankingState {
  std::vector<RankingPending> pending;
  std::vector<EvaluationPending> evaluations;
  events::RequestRouted last;  // of the newest request: what an evaluation input refers to
  std::vector<ItemIndex> last_candidates;
  std::uint64_t ranked = 0;
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields =
      std::tuple{events::field(0, "pending", &RankingState::pending),
                 events::field(1, "evaluations", &RankingState::evaluations),
                 events::field(2, "last", &RankingState::last),
                 events::field(3, "ranked", &RankingState::ranked),
                 events::field(4, "last_candidates", &RankingState::last_candidates)};
  friend bool operator==(const RankingState&, const RankingState&) = default;

  runtime::Decision decide(const events::Event& input, const runtime::StepContext& context) const;
  void evolve(const events::Event& event);

 private:
  runtime::Decision rank(const events::CandidatesFused& fused, const DecisionViews& views) const;
  runtime::Decision order(const events::Scored& scored) const;
  runtime::Decision evaluate(const events::EvaluationRequested& asked,
                             const DecisionViews& views) const;
  runtime::Decision evaluated(const events::Scored& scored, const DecisionViews& views) const;
  runtime::Decision fall_back(const events::StageTimedOut& late) const;
};

}  // namespace ars::actors
