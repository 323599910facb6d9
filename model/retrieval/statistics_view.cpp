#include "model/retrieval/statistics_view.hpp"

#include "model/limits.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {
namespace {

constexpr double prior_views = 20;
constexpr double prior_interactions = 5;

double rate_of(std::size_t rung) { return rung == 0 ? 0 : std::log(2.0) / half_lives_s[rung]; }

double seconds_of(Timestamp at) { return to_double(at.value()) * 1e-9; }

const std::vector<ItemIndex>& no_items() {
  static const std::vector<ItemIndex> none;
  return none;
}

const TopList& no_top() {
  static const TopList none;
  return none;
}

}  // namespace

std::size_t rung_of(double half_life_s) {
  if (!(half_life_s > 0)) return 0;
  std::size_t best = 1;
  for (std::size_t i = 2; i < rungs; ++i) {
    const auto distance = [&](std::size_t rung) {
      return std::abs(std::log(half_life_s / half_lives_s[rung]));
    };
    if (distance(i) < distance(best)) best = i;
  }
  return best;
}

const ItemStatistics& StatisticsView::item(ItemIndex item) const {
  static const ItemStatistics nothing;
  const auto* found = items_.find(item.value());
  return found != nullptr ? *found : nothing;
}

double StatisticsView::popularity(ItemIndex index, std::size_t rung, Timestamp now) const {
  const auto& it = item(index);
  if (it.interactions == 0) return 0;
  if (rung == 0) return it.heat[0];
  return std::exp(it.heat[rung] - rate_of(rung) * seconds_of(now));
}

double StatisticsView::click_rate(ItemIndex index) const {
  const auto& it = item(index);
  const double mean = (to_double(totals_.clicks) + 1) / (to_double(totals_.views) + prior_views);
  return (to_double(it.clicks) + prior_views * mean) / (to_double(it.views) + prior_views);
}

double StatisticsView::mean_value(ItemIndex index) const {
  const auto& it = item(index);
  const double mean =
      totals_.interactions == 0 ? 0 : totals_.value_sum / to_double(totals_.interactions);
  return (it.value_sum + prior_interactions * mean) /
         (to_double(it.interactions) + prior_interactions);
}

const TopList& StatisticsView::top(std::size_t rung) const {
  ARS_CHECK(rung < rungs, "rung {} of {}", rung, rungs);
  return tops_[rung] ? *tops_[rung] : no_top();
}

const TopList& StatisticsView::top_of_category(std::uint16_t category) const {
  const auto* lists = categories_.find(category);
  return lists != nullptr && lists->hot ? *lists->hot : no_top();
}

const std::vector<ItemIndex>& StatisticsView::newest() const {
  return newest_ ? *newest_ : no_items();
}

const std::vector<ItemIndex>& StatisticsView::newest_of_category(std::uint16_t category) const {
  const auto* lists = categories_.find(category);
  return lists != nullptr && lists->newest ? *lists->newest : no_items();
}

}  // namespace ars::model
