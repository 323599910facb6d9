#include "model/features/feature_catalog.hpp"

#include "model/ir/columns.hpp"
#include "model/limits.hpp"

#include <array>

namespace ars::model {
namespace {

using enum FeatureKind;
using enum FeatureSource;

constexpr std::array catalog{
    Feature{"user", categorical, user_vocabulary, request, true, "hash of the user's pseudonym"},
    Feature{"item", categorical, item_vocabulary, item, true, "item index"},
    Feature{"category_first", categorical, category_vocabulary, item, true, "first category"},
    Feature{"category_second", categorical, category_vocabulary, item, false, "second category"},
    Feature{"segment", categorical, 1024, request, true, "hash of the segment"},
    Feature{"user_activity", categorical, 16, user, true, "log2 of the user's interactions"},
    Feature{"item_age", categorical, 16, item, true, "log2 of days since the item was listed"},
    Feature{"item_popularity", categorical, 20, statistics, true,
            "log2 of the item's interactions"},
    Feature{"user_category_affinity", categorical, 12, user, true,
            "decile of the share of the item's categories in the user's positives"},
    Feature{"segment_category", categorical, 1024, request, false, "segment x first category"},
    Feature{"last_item", categorical, item_vocabulary, user, false, "latest item of the history"},
    Feature{"context_0", categorical, context_vocabulary, request, false, "1st context value"},
    Feature{"context_1", categorical, context_vocabulary, request, false, "2nd context value"},
    Feature{"context_2", categorical, context_vocabulary, request, false, "3rd context value"},
    Feature{"context_3", categorical, context_vocabulary, request, false, "4th context value"},
    Feature{"slot", categorical, 256, position, false,
            "shown slot in training, constant in serving"},
    Feature{"question", categorical, 3, FeatureSource::question, false,
            "what the score stands for: that the item is taken, or that it is then valued high"},
    Feature{"log_interactions", dense, 0, statistics, true, "log of the item's interactions"},
    Feature{"item_mean_value", dense, 0, statistics, true,
            "item's mean value minus the overall mean"},
    Feature{"item_click_rate", dense, 0, statistics, true,
            "log of the item's smoothed click rate over the overall one"},
    Feature{"user_mean_value", dense, 0, user, true, "user's mean value minus the overall mean"},
    Feature{"days_since_listed", dense, 0, item, true, "log of days since the item was listed"},
    Feature{"recent_popularity", dense, 0, statistics, true,
            "popularity with a half-life of two days, against the most popular item's"},
    Feature{"log_impressions", dense, 0, statistics, false, "log of the item's impressions"},
    Feature{"user_log_interactions", dense, 0, user, false, "log of the user's interactions"},
    Feature{"category_match", dense, 0, user, true,
            "share of the item's categories in the user's positives"},
    Feature{"recent_category_match", dense, 0, user, true,
            "share of the last five items that have a category of this one"},
    Feature{"affinity", dense, 0, request, false, "context value affinity_<item id>"},
    Feature{"covisitation", dense, 0, covisitation, false, "co-visitation with the user's history"},
    Feature{"release_year", dense, 0, item, false, "item attribute 'year'"},
    Feature{"appeal", dense, 0, item, false, "item attribute 'appeal'"},
    Feature{"succession", dense, 0, covisitation, false,
            "how often the item followed the user's latest items"},
    Feature{"neighbour_value", dense, 0, covisitation, false,
            "the user's values of the items that this one went with, minus the user's mean"},
    Feature{"cold_popularity", dense, 0, statistics, false,
            "log of the item's interactions, over one plus the user's"},
    Feature{"idle_days", dense, 0, statistics, false,
            "log of days since the item's latest interaction"},
    Feature{"category_rate", dense, 0, user, false,
            "log of the user's own click rate in the item's categories over the overall one"},
};
static_assert(catalog.size() <= limits::features_max);
static_assert(user_vocabulary > 1 && item_vocabulary > 1);

constexpr std::uint32_t count_of(FeatureKind kind) {
  std::uint32_t count = 0;
  for (const auto& each : catalog)
    count += each.kind == kind ? 1u : 0u;
  return count;
}

}  // namespace

std::span<const Feature> feature_catalog() { return catalog; }

std::optional<FeatureColumn> feature_column(std::string_view name) {
  std::uint32_t ids = 0;
  std::uint32_t values = 0;
  for (const auto& each : catalog) {
    auto& column = each.kind == categorical ? ids : values;
    if (each.name == name) return FeatureColumn{each.kind, column, each.vocabulary};
    ++column;
  }
  return std::nullopt;
}

std::uint32_t id_column_count() { return count_of(categorical); }
std::uint32_t dense_column_count() { return count_of(dense); }

std::uint32_t item_feature_id(ItemIndex item) { return wrap_id(item.value() + 1, item_vocabulary); }

}  // namespace ars::model
