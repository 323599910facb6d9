#include "model/features/encoder.hpp"

#include "model/limits.hpp"
#include "model/retrieval/affinity.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace ars::model {
namespace {

constexpr std::string_view affinity_prefix = "affinity_";
constexpr std::size_t context_columns = 4;
constexpr std::size_t recent_items = 5;
constexpr double dense_max = 8;  // dense values are clipped to +- this

std::uint32_t hashed(ByteSpan bytes, std::uint32_t vocabulary) {
  return 1 + crc32c(bytes) % (vocabulary - 1);
}

std::uint32_t log2_bucket(std::uint32_t count, std::uint32_t vocabulary) {
  return std::min(vocabulary - 1, 1 + narrow<std::uint32_t>(std::bit_width(count)));
}

float clipped(double value) {
  return static_cast<float>(std::isfinite(value) ? std::clamp(value, -dense_max, dense_max) : 0);
}

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

// What is the same for all candidates of a request.
struct Shared {
  Shared(const events::RequestRouted& request, const ViewSet& views_read);

  const ViewSet& views;
  const events::UserFeatures& known;
  Timestamp now;
  std::uint32_t user = 0;
  std::uint32_t segment = 0;
  std::uint32_t segment_hash = 0;
  std::uint32_t activity = 0;
  std::uint32_t last_item = 0;
  std::array<std::uint32_t, context_columns> context{};
  std::vector<std::pair<std::string, double>> affinities;  // by item id
  std::vector<float> profile;
  std::vector<ItemIndex> recent;
  ScoreTable covisits;
  ScoreTable successions;
  NeighbourValues values;
  double mean_value = 0;  // overall
  double click_rate = 0;  // overall
  double user_mean_value = 0;
  double user_log_interactions = 0;
  double unfamiliar = 1;  // 1 for a user without interactions, towards 0 with them
  double warmest = 0;     // heat of the most popular item on recent_rung
};

constexpr std::size_t recent_rung = 2;

void read_context(const events::RequestRouted& request, Shared& shared) {
  std::size_t column = 0;
  for (const auto& each : request.context) {
    if (each.name.starts_with(affinity_prefix)) {
      const auto value = number_in(each.value);
      if (value.has_value() && shared.affinities.size() < limits::context_max) {
        shared.affinities.emplace_back(each.name.substr(affinity_prefix.size()), *value);
      }
    } else if (column < context_columns) {
      shared.context[column++] = hashed(as_bytes(each.value), context_vocabulary);
    }
  }
  std::sort(shared.affinities.begin(), shared.affinities.end());
}

Shared::Shared(const events::RequestRouted& request, const ViewSet& views_read)
    : views(views_read),
      known(request.user_features),
      now(request.occurred_at),
      user(hashed(request.user.value(), user_vocabulary)),
      segment(request.segment.empty() ? 0 : hashed(as_bytes(request.segment), 1024)),
      segment_hash(crc32c(as_bytes(request.segment))),
      activity(log2_bucket(request.user_features.interactions, 16)),
      profile(category_profile(request.user_features, *views.catalogue)),
      covisits(history_scores(request.user_features, *views.covisitation)),
      successions(succession_scores(request.user_features, *views.covisitation)),
      values(request.user_features, *views.covisitation) {
  const auto& totals = views.statistics->totals();
  if (!known.history.empty()) last_item = item_feature_id(known.history.back());
  for (std::size_t i = known.history.size(); i > 0 && recent.size() < recent_items; --i) {
    recent.push_back(known.history[i - 1]);
  }
  if (totals.interactions > 0) mean_value = totals.value_sum / to_double(totals.interactions);
  click_rate = (to_double(totals.clicks) + 1) / (to_double(totals.views) + 20);
  user_mean_value = known.interactions > 0 ? known.mean_value - mean_value : 0;
  user_log_interactions = std::log1p(to_double(known.interactions)) / 8;
  unfamiliar = 1 / (1 + to_double(known.interactions));
  const auto& warm = views.statistics->top(recent_rung);
  if (!warm.heat.empty()) warmest = warm.heat.front();
  read_context(request, *this);
}

double affinity_of(const Shared& shared, std::string_view item_id) {
  const auto found =
      std::lower_bound(shared.affinities.begin(), shared.affinities.end(), item_id,
                       [](const auto& each, std::string_view id) { return each.first < id; });
  return found != shared.affinities.end() && found->first == item_id ? found->second : 0;
}

double recent_match(const Shared& shared, const CatalogueItem& listed) {
  if (shared.recent.empty()) return 0;
  double matches = 0;
  for (const auto item : shared.recent) {
    const auto& other = shared.views.catalogue->item(item).categories;
    const bool match = std::any_of(other.begin(), other.end(), [&](std::uint16_t category) {
      return std::find(listed.categories.begin(), listed.categories.end(), category) !=
             listed.categories.end();
    });
    matches += match ? 1 : 0;
  }
  return matches / to_double(shared.recent.size());
}

// Shrunk to the overall rate by so many looks; what is shown often is clicked often, so a share of
// clicks alone tells what was shown as much as what is liked.
double category_rate(const Shared& shared, const CatalogueItem& listed) {
  constexpr double prior_looks = 10;
  const auto& takes = shared.known.category_counts;
  const auto& passes = shared.known.category_passes;
  if (passes.empty() || listed.categories.empty()) return 0;
  double sum = 0;
  for (const auto category : listed.categories) {
    const double taken = category < takes.size() ? takes[category] : 0;
    const double passed = category < passes.size() ? passes[category] : 0;
    sum += std::log((taken + prior_looks * shared.click_rate) / (taken + passed + prior_looks) /
                    shared.click_rate);
  }
  return sum / to_double(listed.categories.size());
}

std::uint32_t category_id(const CatalogueItem& listed, std::size_t which) {
  if (which >= listed.categories.size()) return 0;
  return wrap_id(listed.categories[which] + 1u, category_vocabulary);
}

// An item that nobody took yet has been idle for long.
double idle_days(const Shared& shared, const ItemStatistics& statistics) {
  constexpr double long_days = 1000;
  if (statistics.interactions == 0) return long_days;
  return std::clamp((shared.now - statistics.last_at).seconds() / 86400, 0.0, long_days);
}

// In the order of the catalogue; encode() checks the number, the tests the rest.
void write_ids(const Shared& shared, ItemIndex item, const CatalogueItem& listed,
               const ItemStatistics& statistics, double days, std::vector<std::uint32_t>& out) {
  const auto first = category_id(listed, 0);
  const auto match = to_double(profile_match(shared.profile, listed));
  out.push_back(shared.user);
  out.push_back(item_feature_id(item));
  out.push_back(first);
  out.push_back(category_id(listed, 1));
  out.push_back(shared.segment);
  out.push_back(shared.activity);
  out.push_back(log2_bucket(truncate<std::uint32_t>(std::min(days, 1e6)), 16));
  out.push_back(log2_bucket(statistics.interactions, 20));
  out.push_back(shared.profile.empty() ? 0
                                       : 1 + truncate<std::uint32_t>(std::min(1.0, match) * 10));
  const auto cross = shared.segment_hash * 31 + first;
  out.push_back(shared.segment == 0 || first == 0 ? 0 : 1 + (cross ^ cross >> 15) % 1023);
  out.push_back(shared.last_item);
  out.insert(out.end(), shared.context.begin(), shared.context.end());
  out.push_back(0);
  out.push_back(to_underlying(Question::taken));
}

void write_dense(const Shared& shared, ItemIndex item, const CatalogueItem& listed,
                 const ItemStatistics& statistics, double days, std::vector<float>& out) {
  const auto& view = *shared.views.statistics;
  const auto add = [&](double value) { out.push_back(clipped(value)); };
  add(std::log1p(to_double(statistics.interactions)) / 8);
  add(statistics.interactions == 0 ? 0 : view.mean_value(item) - shared.mean_value);
  add(std::log(view.click_rate(item) / shared.click_rate));
  add(shared.user_mean_value);
  add(std::log1p(days) / 6);
  add(statistics.interactions == 0
          ? 0
          : std::max(0.0, 1 + (statistics.heat[recent_rung] - shared.warmest) / 10));
  add(std::log1p(to_double(statistics.impressions)) / 8);
  add(shared.user_log_interactions);
  add(to_double(profile_match(shared.profile, listed)) * 2);
  add(recent_match(shared, listed));
  add(affinity_of(shared, listed.item_id));
  add(std::log1p(100 * to_double(shared.covisits.score(item))) / 3);
  double year = 0;
  double appeal = 0;
  for (const auto& each : listed.attributes) {
    if (each.name == "year") year = (each.value - 1990) / 20;
    if (each.name == "appeal") appeal = each.value;
  }
  add(year);
  add(appeal);
  add(std::log1p(1000 * to_double(shared.successions.score(item))) / 4);
  add(shared.values.of(item));
  add(std::log1p(to_double(statistics.interactions)) * shared.unfamiliar);
  add(std::log1p(idle_days(shared, statistics)) / 6);
  add(category_rate(shared, listed));
}

}  // namespace

Columns columns() {
  Columns out;
  for (const auto& each : feature_catalog()) {
    if (each.kind == FeatureKind::categorical) {
      out.ids.push_back({std::string(each.name), ColumnKind::categorical, each.vocabulary});
    } else {
      out.dense.push_back({std::string(each.name), ColumnKind::dense, 0});
    }
  }
  out.sequence_vocabulary = item_vocabulary;
  out.sequence_length = narrow<std::uint32_t>(limits::history_max);
  return out;
}

CandidateMatrix encode(const events::RequestRouted& request, std::span<const ItemIndex> items,
                       const ViewSet& views) {
  ARS_CHECK(items.size() <= limits::candidates_max, "{} candidates", items.size());
  const Shared shared(request, views);
  CandidateMatrix out;
  out.rows = narrow<std::uint32_t>(items.size());
  out.id_columns = id_column_count();
  out.dense_columns = dense_column_count();
  out.ids.reserve(items.size() * out.id_columns);
  out.dense.reserve(items.size() * out.dense_columns);
  for (const auto item : items) {
    const auto& listed = views.catalogue->item(item);
    const auto& statistics = views.statistics->item(item);
    const double days = listed.item_id.empty()
                            ? 0
                            : std::max(0.0, (shared.now - listed.listed_at).seconds() / 86400);
    write_ids(shared, item, listed, statistics, days, out.ids);
    write_dense(shared, item, listed, statistics, days, out.dense);
  }
  ARS_CHECK(out.ids.size() == items.size() * out.id_columns &&
                out.dense.size() == items.size() * out.dense_columns,
            "the encoder and the feature catalogue differ");
  const auto& history = request.user_features.history;
  const auto kept = std::min(history.size(), limits::history_max);
  for (auto i = history.size() - kept; i < history.size(); ++i) {
    out.sequence.push_back(item_feature_id(history[i]));
  }
  return out;
}

std::span<const std::uint32_t> row_ids(const CandidateMatrix& matrix, std::size_t row) {
  ARS_CHECK(row < matrix.rows, "row {} of {}", row, matrix.rows);
  return std::span(matrix.ids).subspan(row * matrix.id_columns, matrix.id_columns);
}

std::span<const float> row_dense(const CandidateMatrix& matrix, std::size_t row) {
  ARS_CHECK(row < matrix.rows, "row {} of {}", row, matrix.rows);
  return std::span(matrix.dense).subspan(row * matrix.dense_columns, matrix.dense_columns);
}

void place_in_slot(std::span<std::uint32_t> ids, std::uint16_t slot) {
  ARS_CHECK(ids.size() == id_column_count(), "{} ids in a row", ids.size());
  static const auto at = *feature_column("slot");
  ids[at.column] = std::min(at.vocabulary - 1, slot + 1u);
}

void ask(std::span<std::uint32_t> ids, Question question) {
  ARS_CHECK(ids.size() == id_column_count(), "{} ids in a row", ids.size());
  static const auto at = *feature_column("question");
  ids[at.column] = to_underlying(question);
}

}  // namespace ars::model
