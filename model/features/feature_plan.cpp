#include "model/features/feature_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ars::model {
namespace {

bool contains(const FeatureNames& plan, std::string_view name) {
  return std::find(plan.begin(), plan.end(), name) != plan.end();
}

// Where a name stands in the catalogue; its size for an unknown name.
std::size_t rank_of(std::string_view name) {
  const auto all = feature_catalog();
  std::size_t at = 0;
  while (at < all.size() && all[at].name != name)
    ++at;
  return at;
}

}  // namespace

FeatureNames default_feature_plan() {
  FeatureNames out;
  for (const auto& each : feature_catalog()) {
    if (each.in_default_plan) out.emplace_back(each.name);
  }
  return out;
}

FeatureNames choice_feature_plan() {
  static constexpr std::array added{"question",        "category_match", "recent_category_match",
                                    "covisitation",    "succession",     "neighbour_value",
                                    "cold_popularity", "idle_days"};
  FeatureNames out;
  for (const auto& each : feature_catalog()) {
    const bool id = each.name == "user" || each.name == "item";
    const bool listed = std::find(added.begin(), added.end(), each.name) != added.end();
    if ((each.in_default_plan && !id) || listed) out.emplace_back(each.name);
  }
  return out;
}

FeatureNames absent_features(const FeatureNames& plan) {
  FeatureNames out;
  for (const auto& each : feature_catalog()) {
    if (!contains(plan, each.name)) out.emplace_back(each.name);
  }
  return out;
}

Result<void> check_plan(const FeatureNames& plan) {
  if (plan.empty()) return fail(Errc::invalid, "a feature plan needs at least one feature");
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const auto rank = rank_of(plan[i]);
    if (rank == feature_catalog().size()) {
      return fail(Errc::invalid, fmt::format("no feature is named '{}'", plan[i]));
    }
    if (i > 0 && rank_of(plan[i - 1]) >= rank) {
      return fail(Errc::invalid,
                  fmt::format("'{}' stands twice or out of the catalogue's order", plan[i]));
    }
  }
  return success();
}

Result<FeatureNames> with_feature(const FeatureNames& plan, std::string_view name) {
  const auto rank = rank_of(name);
  if (rank == feature_catalog().size()) {
    return fail(Errc::invalid, fmt::format("no feature is named '{}'", name));
  }
  if (contains(plan, name)) return fail(Errc::conflict, fmt::format("'{}' is in the plan", name));
  auto out = plan;
  const auto after =
      std::find_if(out.begin(), out.end(), [&](const auto& each) { return rank_of(each) > rank; });
  out.insert(after, std::string(name));
  return out;
}

Result<FeatureNames> without_feature(const FeatureNames& plan, std::string_view name) {
  if (!contains(plan, name)) {
    return fail(Errc::not_found, fmt::format("'{}' is not in the plan", name));
  }
  if (plan.size() == 1) return fail(Errc::invalid, "the last feature of a plan cannot go");
  auto out = plan;
  std::erase(out, name);
  return out;
}

}  // namespace ars::model
