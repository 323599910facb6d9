#include "model/evolution/proposal.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/evaluation/distributions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

namespace ars::model {
namespace {

using events::RecallSetting;
using events::ServingPlan;

// Significant digits of a number in a described change.
constexpr int digits_for_people = 6;
constexpr int digits_of_an_idea = 2;

class Changes {
 public:
  explicit Changes(int digits) : digits_(digits) {}
  void compare(std::string_view name, double before, double after) {
    if (before == after) return;
    lines_.push_back(fmt::format("{} {:.{}g} -> {:.{}g}", name, before, digits_, after, digits_));
  }
  void add(std::string line) { lines_.push_back(std::move(line)); }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  int digits_;
  std::vector<std::string> lines_;
};

void compare_recalls(const ServingPlan& base, const ServingPlan& plan, Changes& changes) {
  std::map<std::string, const RecallSetting*> before, after;
  for (const auto& recall : base.recalls)
    before[recall.source] = &recall;
  for (const auto& recall : plan.recalls)
    after[recall.source] = &recall;
  for (const auto& [source, recall] : after) {
    const auto old = before.find(source);
    if (old == before.end()) {
      changes.add(fmt::format("recall {} added", source));
      changes.compare("recall " + source + " quota", 0, recall->quota);
      continue;
    }
    const auto name = "recall " + source;
    changes.compare(name + " quota", old->second->quota, recall->quota);
    changes.compare(name + " weight", old->second->weight, recall->weight);
    changes.compare(name + " half-life s", old->second->half_life_s, recall->half_life_s);
  }
  for (const auto& [source, recall] : before) {
    if (!after.contains(source)) changes.add(fmt::format("recall {} removed", source));
  }
}

void compare_ranker(const ServingPlan& base, const ServingPlan& plan, Changes& changes) {
  const auto& a = base.ranker;
  const auto& b = plan.ranker;
  if (a.genome != b.genome || a.architecture != b.architecture) {
    changes.add(fmt::format("architecture {} -> {}", to_hex(a.genome).substr(0, 12),
                            to_hex(b.genome).substr(0, 12)));
  }
  const auto has = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const auto& feature : b.features) {
    if (!has(a.features, feature)) changes.add(fmt::format("feature {} added", feature));
  }
  for (const auto& feature : a.features) {
    if (!has(b.features, feature)) changes.add(fmt::format("feature {} retired", feature));
  }
  changes.compare("learning rate", a.learning_rate, b.learning_rate);
  changes.compare("weight decay", a.weight_decay, b.weight_decay);
  changes.compare("epochs", a.epochs, b.epochs);
}

void compare_rerank(const ServingPlan& base, const ServingPlan& plan, Changes& changes) {
  const auto& a = base.rerank;
  const auto& b = plan.rerank;
  changes.compare("mmr lambda", a.mmr_lambda, b.mmr_lambda);
  changes.compare("category cap", a.category_cap, b.category_cap);
  changes.compare("freshness weight", a.freshness_weight, b.freshness_weight);
  changes.compare("freshness half-life s", a.freshness_half_life_s, b.freshness_half_life_s);
  changes.compare("exploration share", a.explore_share, b.explore_share);
  changes.compare("exploration slots", a.explore_slots, b.explore_slots);
}

std::vector<std::string> changes_of(const ServingPlan& base, const ServingPlan& plan, int digits) {
  Changes changes(digits);
  compare_recalls(base, plan, changes);
  changes.compare("fusion k", base.fusion_k, plan.fusion_k);
  compare_ranker(base, plan, changes);
  compare_rerank(base, plan, changes);
  return changes.take();
}

}  // namespace

Result<void> check_prediction(const events::Prediction& prediction) {
  if (prediction.metric.empty()) return fail(Errc::invalid, "the prediction names no metric");
  if (prediction.kill_criterion.empty()) {
    return fail(Errc::invalid, "the prediction names no kill criterion");
  }
  if (!std::isfinite(prediction.effect) || !std::isfinite(prediction.effect_sd) ||
      prediction.effect_sd <= 0) {
    return fail(Errc::invalid, fmt::format("the predicted effect {} +- {} is no distribution",
                                           prediction.effect, prediction.effect_sd));
  }
  const double p = prediction.probability_better;
  if (!(p >= 0 && p <= 1)) {
    return fail(Errc::invalid, fmt::format("{} is no probability of being better", p));
  }
  if ((p - 0.5) * prediction.effect < 0) {
    return fail(Errc::invalid, fmt::format("the effect {} contradicts the probability {} of being "
                                           "better",
                                           prediction.effect, p));
  }
  return success();
}

PredictionScore score_prediction(const events::Prediction& prediction, double observed) {
  ARS_CHECK(prediction.effect_sd > 0, "a prediction without spread cannot be scored");
  const double outcome = observed > 0 ? 1 : 0;
  const double miss = prediction.probability_better - outcome;
  const double z = (observed - prediction.effect) / prediction.effect_sd;
  const double crps = prediction.effect_sd *
                      (z * (2 * normal_cdf(z) - 1) + 2 * normal_pdf(z) - std::numbers::inv_sqrtpi);
  return {miss * miss, crps};
}

std::vector<std::string> describe_change(const ServingPlan& base, const ServingPlan& plan) {
  return changes_of(base, plan, digits_for_people);
}

Bytes32 idea_hash(events::ChangeKind kind, const ServingPlan& base, const ServingPlan& plan) {
  Sha256 hash;
  hash.update("ars.idea.v1").update_u8(to_underlying(kind));
  for (const auto& line : changes_of(base, plan, digits_of_an_idea)) {
    hash.update_u32(narrow<std::uint32_t>(line.size())).update(line);
  }
  // The same parameters learned from newer rows are another idea.
  if (kind == events::ChangeKind::parameters) hash.update_u64(plan.ranker.trained_until);
  return hash.digest();
}

std::string blocked_by(const std::vector<NegativeCase>& cases, const Bytes32& idea,
                       std::uint64_t interactions) {
  const NegativeCase* strictest = nullptr;
  for (const auto& each : cases) {
    if (each.idea != idea || each.retry_after_interactions <= interactions) continue;
    if (strictest == nullptr ||
        each.retry_after_interactions > strictest->retry_after_interactions) {
      strictest = &each;
    }
  }
  if (strictest == nullptr) return {};
  return fmt::format("the same idea failed before ({}); not again before {} interactions",
                     strictest->reason, strictest->retry_after_interactions);
}

std::uint64_t retry_after(std::uint64_t failures, std::uint64_t interactions,
                          std::uint64_t cool_down) {
  ARS_CHECK(failures > 0, "an idea that never failed has no cool-down");
  constexpr std::uint64_t doublings_max = 20;
  const auto doublings = std::min(failures - 1, doublings_max);
  const auto factor = std::uint64_t{1} << doublings;
  constexpr auto never = std::numeric_limits<std::uint64_t>::max();
  if (cool_down > (never - interactions) / factor) return never;
  return interactions + cool_down * factor;
}

}  // namespace ars::model
