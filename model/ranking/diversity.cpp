#include "model/ranking/diversity.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {
namespace {

// One candidate as the greedy choice sees it.
struct Row {
  const CatalogueItem* item = nullptr;
  double value = 0;       // without the penalty of similarity
  double similarity = 0;  // largest to a chosen one
  bool chosen = false;
};

double freshness(const CatalogueItem& item, const events::RerankSetting& setting, Timestamp now) {
  if (setting.freshness_weight == 0 || !(setting.freshness_half_life_s > 0)) return 0;
  if (item.item_id.empty()) return 0;
  const double age_s = std::max(0.0, (now - item.listed_at).seconds());
  return setting.freshness_weight * std::exp2(-age_s / setting.freshness_half_life_s);
}

std::vector<Row> rows_of(const RankedCandidates& ranked, const events::RerankSetting& setting,
                         const CatalogueView& catalogue, Timestamp now) {
  double low = 0;
  double high = 0;
  if (!ranked.scores.empty()) {
    const auto [least, most] = std::minmax_element(ranked.scores.begin(), ranked.scores.end());
    low = to_double(*least);
    high = to_double(*most);
  }
  std::vector<Row> out(ranked.items.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double relevance = high > low ? (to_double(ranked.scores[i]) - low) / (high - low) : 1;
    out[i].item = &catalogue.item(ranked.items[i]);
    out[i].value = setting.mmr_lambda * relevance + freshness(*out[i].item, setting, now);
  }
  return out;
}

// Items chosen so far by first category; those without one have no cap.
class Caps {
 public:
  Caps(std::uint16_t cap, std::size_t categories) : cap_(cap), counts_(categories) {}
  bool full(const CatalogueItem& item) const {
    if (cap_ == 0 || item.categories.empty()) return false;
    return counts_[item.categories.front()] >= cap_;
  }
  void take(const CatalogueItem& item) {
    if (!item.categories.empty()) ++counts_[item.categories.front()];
  }

 private:
  std::uint16_t cap_;
  std::vector<std::uint16_t> counts_;
};

// The best row not chosen yet; rows.size() when none is left.
std::size_t best_row(const std::vector<Row>& rows, double penalty, const Caps* caps) {
  auto best = rows.size();
  double best_value = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].chosen || (caps != nullptr && caps->full(*rows[i].item))) continue;
    const double value = rows[i].value - penalty * rows[i].similarity;
    if (best == rows.size() || value > best_value) {
      best = i;
      best_value = value;
    }
  }
  return best;
}

}  // namespace

double category_similarity(const CatalogueItem& a, const CatalogueItem& b) {
  if (a.categories.empty() || b.categories.empty()) return 0;
  std::size_t shared = 0;
  for (const auto category : a.categories) {
    const auto found = std::find(b.categories.begin(), b.categories.end(), category);
    shared += found != b.categories.end() ? 1u : 0u;
  }
  return to_double(shared) / to_double(a.categories.size() + b.categories.size() - shared);
}

std::vector<Choice> rerank(const RankedCandidates& ranked, const events::RerankSetting& setting,
                           const CatalogueView& catalogue, Timestamp now, std::size_t size) {
  ARS_CHECK(ranked.items.size() == ranked.scores.size(), "{} items, {} scores", ranked.items.size(),
            ranked.scores.size());
  auto rows = rows_of(ranked, setting, catalogue, now);
  Caps caps(setting.category_cap, catalogue.category_count());
  const double penalty = std::clamp(1 - setting.mmr_lambda, 0.0, 1.0);
  std::vector<Choice> out;
  while (out.size() < std::min({size, rows.size(), limits::slate_max})) {
    auto best = best_row(rows, penalty, &caps);
    const bool backfill = best == rows.size();
    if (backfill) best = best_row(rows, penalty, nullptr);
    auto& chosen = rows[best];
    chosen.chosen = true;
    caps.take(*chosen.item);
    out.push_back({narrow<std::uint32_t>(best), backfill});
    if (penalty == 0) continue;
    for (auto& row : rows) {
      if (row.chosen) continue;
      row.similarity = std::max(row.similarity, category_similarity(*row.item, *chosen.item));
    }
  }
  return out;
}

}  // namespace ars::model
