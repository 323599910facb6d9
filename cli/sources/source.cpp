#include "cli/sources/source.hpp"

#include "actors/decision/recall/sources/catalog.hpp"
#include "actors/evolution/autotrain/ranker_space.hpp"
#include "cli/sources/catalog.hpp"
#include "events/base/narrow.hpp"
#include "model/features/feature_plan.hpp"

#include <algorithm>

namespace ars::cli {

UserId Pseudonyms::user(const events::Scope& scope, std::string_view user) const {
  std::string text = scope.tenant;
  text.push_back('\0');
  text += scope.scene;
  text.push_back('\0');
  text += user;
  const auto digest = hmac_sha256(key_, as_bytes(text));
  Bytes16 id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return UserId(id);
}

Result<std::unique_ptr<Source>> open_source(const SourceSetting& setting) {
  for (const auto& kind : source_kinds) {
    if (kind.name == setting.kind) return kind.open(setting);
  }
  return fail(Errc::invalid,
              "no source is named " + setting.kind + ": use sim, movielens:DIR or obd:DIR");
}

events::EvolutionConfigured common_evolution(const SourceSetting& setting) {
  events::EvolutionConfigured out;
  out.enabled = setting.evolution;
  out.seed = setting.seed;
  out.first_training_after = setting.first_training_after;
  out.checkpoint_every = setting.checkpoint_every;
  out.rows_max = setting.rows_max;
  out.seeds = narrow<std::uint32_t>(setting.seeds);
  out.canary_share = setting.canary_share;
  out.alpha = setting.alpha;
  out.canary_requests_max = setting.canary_requests_max;
  out.canary_clusters_min = 40;
  out.guardrail_margin = setting.guardrail_margin;
  out.job_delay = setting.job_delay;
  out.latency_budget_ms = setting.latency_budget_ms;
  return out;
}

events::ServingPlan common_plan(const SourceSetting& setting) {
  events::ServingPlan plan;
  plan.version = 1;
  plan.label = "start";
  for (const auto& source : actors::recall_sources) {
    if (!source.in_default_plan) continue;
    plan.recalls.push_back({std::string(source.name), 80, 1.0, source.default_half_life_s});
  }
  // A cold start has nothing popular yet: a small quota of new items, far down the fused list.
  plan.recalls.push_back({"exploration", 30, 0.1, 0});
  plan.fusion_k = 60;
  plan.ranker = actors::ranker_at(actors::default_ranker_point(), model::default_feature_plan());
  plan.rerank.mmr_lambda = 0.95;
  plan.rerank.freshness_half_life_s = 86400;
  plan.rerank.explore_share = 0.1;
  plan.rerank.explore_slots =
      narrow<std::uint16_t>(std::min<std::uint64_t>(2, setting.slate_size / 2));
  return plan;
}

void pace_evolution(events::EvolutionConfigured& evolution, std::uint64_t interactions) {
  if (interactions == 0) return;
  // The first training ends within the first tenth; there is room for a good many steps after it.
  evolution.first_training_after =
      std::min(evolution.first_training_after, std::max<std::uint64_t>(interactions / 20, 32));
  evolution.job_delay =
      std::min(evolution.job_delay, std::max<std::uint64_t>(interactions / 40, 16));
  evolution.checkpoint_every =
      std::min(evolution.checkpoint_every, std::max<std::uint64_t>(interactions / 20, 32));
}

RequestId request_id(std::string_view source, const events::Scope& scope, std::uint64_t row) {
  Sha256 hasher;
  hasher.update("request").update_u8(0).update(source).update_u8(0).update(scope.tenant);
  hasher.update_u8(0).update(scope.scene).update_u64(row);
  const auto digest = hasher.digest();
  Bytes16 id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return RequestId(id);
}

runtime::InputDraft draft(events::Payload payload, std::string source, std::string id,
                          const RequestId& request) {
  return {std::move(payload), std::move(source), std::move(id), CorrelationId(request.value())};
}

}  // namespace ars::cli
