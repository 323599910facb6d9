#include "model/limits.hpp"
#include "model/retrieval/catalogue_view.hpp"
#include "model/retrieval/statistics_view.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {
namespace {

// Kinds of rows in a delta.
constexpr std::uint8_t listed = 1;
constexpr std::uint8_t interacted = 2;
constexpr std::uint8_t impressed = 3;
constexpr std::uint8_t viewed = 4;
constexpr std::uint8_t clicked = 5;

constexpr std::uint32_t positive_bit = 1u << 31;
static_assert(limits::items_max <= positive_bit);

void sort_unique(std::vector<ItemIndex>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

}  // namespace

StatisticsFold::StatisticsFold() : chain_(std::string(StatisticsView::view_name)) {
  auto view = std::make_shared<StatisticsView>();
  view->name = StatisticsView::view_name;
  latest_ = std::move(view);
}

void StatisticsFold::observe(const events::ItemListed& event) {
  list(event.item, event.occurred_at, event.item_id, event.categories);
}
void StatisticsFold::observe(const events::InteractionRecorded& event) {
  interact(event.item, event.occurred_at, event.value,
           event.positive ? Sign::positive : Sign::other);
}
void StatisticsFold::observe(const events::SlateServed& event) {
  for (const auto& each : event.items)
    impress(each.item);
}
void StatisticsFold::observe(const events::FeedbackReceived& event) {
  for (const auto& each : event.outcomes) {
    if (each.viewed || each.click > 0)
      look(each.item, each.click > 0 ? Look::clicked : Look::viewed);
  }
}
void StatisticsFold::observe(const events::LoggedActionReceived& event) {
  impress(event.item);
  look(event.item, event.reward > 0 ? Look::clicked : Look::viewed);
}

void StatisticsFold::list(ItemIndex item, Timestamp at, std::string item_id,
                          std::vector<std::string> categories) {
  if (categories.size() > limits::categories_per_item_max) {
    categories.resize(limits::categories_per_item_max);
  }
  ARS_CHECK(item.value() < limits::items_max, "item {} is beyond the limit", item.value());
  auto& delta = chain_.pending();
  delta.kinds.push_back(listed);
  delta.numbers.push_back(item.value());
  delta.numbers.push_back(narrow<std::uint32_t>(categories.size()));
  delta.times.push_back(at.value());
  delta.texts.push_back(item_id);
  for (const auto& each : categories)
    delta.texts.push_back(each);

  if (item.value() >= listings_.size()) listings_.resize(item.value() + 1);
  auto numbers = category_table_.number(categories);
  auto& listing = listings_[item.value()];
  if (!listing.item_id.empty() || item_id.empty()) return;
  listing = {std::move(item_id), std::move(numbers)};
  auto& entry = items_.edit(item.value());
  entry.listed_at = at;
  ++totals_.items;
  add_newest(newest_, item, limits::newest_list_max);
  newest_changed_ = true;
  if (category_newest_.size() < category_table_.names().size()) {
    category_newest_.resize(category_table_.names().size());
  }
  for (const auto category : listing.categories) {
    add_newest(category_newest_[category], item, limits::category_newest_max);
    category_listed_.push_back(category);
  }
  if (entry.interactions > 0) changed_.push_back(item);
}

void StatisticsFold::interact(ItemIndex item, Timestamp at, float value, Sign sign) {
  ARS_CHECK(item.value() < limits::items_max, "item {} is beyond the limit", item.value());
  auto& delta = chain_.pending();
  delta.kinds.push_back(interacted);
  delta.numbers.push_back(item.value() | (sign == Sign::positive ? positive_bit : 0));
  delta.times.push_back(at.value());
  delta.reals.push_back(value);

  auto& entry = items_.edit(item.value());
  const double now_s = to_double(at.value()) * 1e-9;
  for (std::size_t rung = 1; rung < rungs; ++rung) {
    const double fresh = std::log(2.0) / half_lives_s[rung] * now_s;
    auto& heat = entry.heat[rung];
    if (entry.interactions == 0) {
      heat = fresh;
    } else {
      const double high = std::max(heat, fresh);
      heat = high + std::log1p(std::exp(std::min(heat, fresh) - high));
    }
  }
  ++entry.interactions;
  entry.heat[0] = to_double(entry.interactions);
  entry.value_sum += to_double(value);
  if (entry.interactions == 1 || at > entry.last_at) entry.last_at = at;
  ++totals_.interactions;
  totals_.value_sum += to_double(value);
  if (totals_.interactions == 1 || at > totals_.last_at) totals_.last_at = at;
  if (sign == Sign::positive) {
    ++entry.positives;
    ++totals_.positives;
  }
  changed_.push_back(item);
}

void StatisticsFold::impress(ItemIndex item) {
  ARS_CHECK(item.value() < limits::items_max, "item {} is beyond the limit", item.value());
  auto& delta = chain_.pending();
  delta.kinds.push_back(impressed);
  delta.numbers.push_back(item.value());
  ++items_.edit(item.value()).impressions;
  ++totals_.impressions;
}

void StatisticsFold::look(ItemIndex item, Look what) {
  ARS_CHECK(item.value() < limits::items_max, "item {} is beyond the limit", item.value());
  auto& delta = chain_.pending();
  delta.kinds.push_back(what == Look::clicked ? clicked : viewed);
  delta.numbers.push_back(item.value());
  auto& entry = items_.edit(item.value());
  ++entry.views;
  ++totals_.views;
  if (what == Look::clicked) {
    ++entry.clicks;
    ++totals_.clicks;
  }
}

bool StatisticsFold::hotter(std::size_t rung, ItemIndex a, ItemIndex b) const {
  const double heat_a = items_.find(a.value())->heat[rung];
  const double heat_b = items_.find(b.value())->heat[rung];
  if (heat_a != heat_b) return heat_a > heat_b;
  const auto id_of = [&](ItemIndex item) {
    return item.value() < listings_.size() ? std::string_view(listings_[item.value()].item_id)
                                           : std::string_view();
  };
  if (id_of(a) != id_of(b)) return ties_before(id_of(a), id_of(b));
  return a > b;
}

// Heat only grows and changes only with an event, so the best of (old list and changed items) are
// the best of all.
TopList StatisticsFold::merge(const TopList* old, std::vector<ItemIndex> changed, std::size_t rung,
                              std::size_t most) const {
  std::vector<ItemIndex> kept;
  if (old != nullptr) {
    kept.reserve(old->items.size());
    for (const auto item : old->items) {
      if (!std::binary_search(changed.begin(), changed.end(), item)) kept.push_back(item);
    }
  }
  const auto before = [&](ItemIndex a, ItemIndex b) { return hotter(rung, a, b); };
  std::sort(changed.begin(), changed.end(), before);
  TopList out;
  out.items.reserve(kept.size() + changed.size());
  std::merge(kept.begin(), kept.end(), changed.begin(), changed.end(),
             std::back_inserter(out.items), before);
  if (out.items.size() > most) out.items.resize(most);
  out.heat.reserve(out.items.size());
  for (const auto item : out.items)
    out.heat.push_back(items_.find(item.value())->heat[rung]);
  return out;
}

void StatisticsFold::add_newest(std::vector<ItemIndex>& list, ItemIndex item,
                                std::size_t most) const {
  const auto newer = [&](ItemIndex a, ItemIndex b) {
    const auto at_a = items_.find(a.value())->listed_at;
    const auto at_b = items_.find(b.value())->listed_at;
    return at_a != at_b ? at_a > at_b : a > b;
  };
  list.insert(std::lower_bound(list.begin(), list.end(), item, newer), item);
  if (list.size() > most) list.pop_back();
}

void StatisticsFold::rank_category(std::uint16_t category, const std::vector<ItemIndex>& changed) {
  auto& lists = categories_.edit(category);
  lists.hot = std::make_shared<const TopList>(
      merge(lists.hot.get(), changed, StatisticsView::category_rung, limits::category_list_max));
}

void StatisticsFold::rank_changed(StatisticsView& view) {
  sort_unique(changed_);
  view.tops_ = latest_->tops_;
  if (!changed_.empty()) {
    for (std::size_t rung = 0; rung < rungs; ++rung) {
      view.tops_[rung] = std::make_shared<const TopList>(
          merge(latest_->tops_[rung].get(), changed_, rung, limits::top_list_max));
    }
  }
  std::vector<std::pair<std::uint16_t, ItemIndex>> by_category;
  for (const auto item : changed_) {
    if (item.value() >= listings_.size()) continue;
    for (const auto category : listings_[item.value()].categories) {
      by_category.emplace_back(category, item);
    }
  }
  std::sort(by_category.begin(), by_category.end());
  for (std::size_t i = 0; i < by_category.size();) {
    const auto category = by_category[i].first;
    std::vector<ItemIndex> changed;
    for (; i < by_category.size() && by_category[i].first == category; ++i) {
      changed.push_back(by_category[i].second);
    }
    rank_category(category, changed);
  }
  std::sort(category_listed_.begin(), category_listed_.end());
  category_listed_.erase(std::unique(category_listed_.begin(), category_listed_.end()),
                         category_listed_.end());
  for (const auto category : category_listed_) {
    categories_.edit(category).newest =
        std::make_shared<const std::vector<ItemIndex>>(category_newest_[category]);
  }
}

Publication<StatisticsView> StatisticsFold::publish() {
  if (chain_.empty()) return {latest_, {}, 0};
  const auto observations = narrow<std::uint32_t>(chain_.pending().kinds.size());
  auto view = std::make_shared<StatisticsView>();
  rank_changed(*view);
  view->newest_ =
      newest_changed_ ? std::make_shared<const std::vector<ItemIndex>>(newest_) : latest_->newest_;
  view->items_ = items_.snapshot();
  view->categories_ = categories_.snapshot();
  view->totals_ = totals_;
  changed_.clear();
  category_listed_.clear();
  newest_changed_ = false;
  auto delta = chain_.close(*view);
  latest_ = std::move(view);
  return {latest_, std::move(delta), observations};
}

Result<void> StatisticsFold::replay(const ViewDelta& delta) {
  DeltaReader reader(delta);
  for (const auto kind : delta.kinds) {
    const auto number = reader.number();
    const ItemIndex item(kind == interacted ? number & ~positive_bit : number);
    const bool in_range = item.value() < limits::items_max && !reader.failed();
    if (!in_range) return fail(Errc::corrupt, "a statistics delta names an impossible item");
    if (kind == listed) {
      std::vector<std::string> categories(reader.count(limits::categories_per_item_max));
      const auto at = reader.time();
      auto item_id = reader.text();
      for (auto& each : categories)
        each = reader.text();
      if (!reader.failed()) list(item, at, std::move(item_id), std::move(categories));
    } else if (kind == interacted) {
      const auto at = reader.time();
      const auto value = reader.real();
      if (!reader.failed()) {
        interact(item, at, value, (number & positive_bit) != 0 ? Sign::positive : Sign::other);
      }
    } else if (kind == impressed) {
      impress(item);
    } else if (kind == viewed || kind == clicked) {
      look(item, kind == clicked ? Look::clicked : Look::viewed);
    } else {
      return fail(Errc::corrupt, "a statistics delta holds a row of an unknown kind");
    }
    if (reader.failed()) return fail(Errc::corrupt, "a statistics delta ends within a row");
  }
  if (!reader.exhausted()) {
    return fail(Errc::corrupt, "a statistics delta holds more than its rows");
  }
  return success();
}

Result<Publication<StatisticsView>> StatisticsFold::apply(ByteSpan bytes) {
  ARS_TRY(auto delta, chain_.open(bytes));
  ARS_TRY(replay(delta));
  return publish();
}

}  // namespace ars::model
