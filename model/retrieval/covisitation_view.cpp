#include "model/retrieval/covisitation_view.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {
namespace {

constexpr std::uint8_t kind_interacted = 1;

}  // namespace

const Neighbours& CovisitationView::neighbours(ItemIndex item) const {
  static const Neighbours none;
  const auto* found = items_.find(item.value());
  return found != nullptr && *found ? **found : none;
}

float CovisitationView::similarity(ItemIndex a, ItemIndex b) const {
  const auto& list = neighbours(a);
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    if (list.items[i] == b) return list.scores[i];
  }
  return 0;
}

CovisitationFold::CovisitationFold() : chain_(std::string(CovisitationView::view_name)) {
  auto view = std::make_shared<CovisitationView>();
  view->name = CovisitationView::view_name;
  latest_ = std::move(view);
}

void CovisitationFold::observe(const events::InteractionRecorded& event) {
  std::vector<ItemIndex> companions;
  for (auto each = event.companions.rbegin(); each != event.companions.rend(); ++each) {
    if (companions.size() == limits::companions_max) break;
    const bool repeated =
        std::find(companions.begin(), companions.end(), *each) != companions.end();
    if (*each != event.item && !repeated) companions.push_back(*each);
  }
  take(event.item, companions);
}

void CovisitationFold::take(ItemIndex item, const std::vector<ItemIndex>& companions) {
  auto& delta = chain_.pending();
  delta.kinds.push_back(kind_interacted);
  delta.numbers.push_back(item.value());
  delta.numbers.push_back(narrow<std::uint32_t>(companions.size()));
  for (const auto each : companions)
    delta.numbers.push_back(each.value());

  auto& own = counters(item.value());
  root_[item.value()] = std::sqrt(to_double(++own.occurrences));
  for (const auto each : companions) {
    count_pair(item.value(), each.value());
    count_pair(each.value(), item.value());
  }
}

CovisitationFold::Counters& CovisitationFold::counters(std::uint32_t item) {
  ARS_CHECK(item < limits::items_max, "item {} is beyond the limit", item);
  if (item >= counters_.size()) {
    counters_.resize(item + 1);
    root_.resize(item + 1, 1);
  }
  auto& out = counters_[item];
  if (!out.changed) {
    out.changed = true;
    changed_.push_back(item);
  }
  return out;
}

// A full table gives way as in Misra and Gries (1982), cheaply: the weakest pair pays for a new
// one, and is replaced when it has nothing left.
void CovisitationFold::count_pair(std::uint32_t item, std::uint32_t with) {
  auto& pairs = counters(item).pairs;
  const auto at = std::lower_bound(pairs.begin(), pairs.end(), with,
                                   [](const Pair& a, std::uint32_t b) { return a.item < b; });
  if (at != pairs.end() && at->item == with) {
    ++at->count;
    return;
  }
  if (pairs.size() < limits::covisitation_counters_max) {
    pairs.insert(at, {with, 1});
    return;
  }
  const auto weakest = std::min_element(
      pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.count < b.count; });
  if (weakest->count > 1) {
    --weakest->count;
    return;
  }
  pairs.erase(weakest);
  pairs.insert(std::lower_bound(pairs.begin(), pairs.end(), with,
                                [](const Pair& a, std::uint32_t b) { return a.item < b; }),
               {with, 1});
}

Neighbours CovisitationFold::rank(std::uint32_t item) const {
  const auto& from = counters_[item];
  std::vector<std::pair<double, std::uint32_t>> scored;
  scored.reserve(from.pairs.size());
  for (const auto& pair : from.pairs) {
    const double count = pair.count;
    const double cosine = std::min(1.0, count / (root_[item] * root_[pair.item]));
    scored.emplace_back(cosine * count / (count + CovisitationView::shrinkage), pair.item);
  }
  const auto better = [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  const auto size = std::min(scored.size(), limits::neighbours_max);
  const auto end = scored.begin() + narrow<std::ptrdiff_t>(size);
  if (size < scored.size()) std::nth_element(scored.begin(), end, scored.end(), better);
  std::sort(scored.begin(), end, better);
  Neighbours out;
  out.items.reserve(size);
  out.scores.reserve(size);
  for (auto each = scored.begin(); each != end; ++each) {
    out.items.emplace_back(each->second);
    out.scores.push_back(static_cast<float>(each->first));
  }
  return out;
}

Publication<CovisitationView> CovisitationFold::publish() {
  if (chain_.empty()) return {latest_, {}, 0};
  const auto observations = narrow<std::uint32_t>(chain_.pending().kinds.size());
  for (const auto item : changed_) {
    auto& each = counters_[item];
    each.changed = false;
    if (!each.pairs.empty()) {
      items_.edit(item) = std::make_shared<const Neighbours>(rank(item));
    }
  }
  changed_.clear();
  auto view = std::make_shared<CovisitationView>();
  view->items_ = items_.snapshot();
  auto delta = chain_.close(*view);
  latest_ = std::move(view);
  return {latest_, std::move(delta), observations};
}

Result<Publication<CovisitationView>> CovisitationFold::apply(ByteSpan bytes) {
  ARS_TRY(auto delta, chain_.open(bytes));
  DeltaReader reader(delta);
  for (const auto kind : delta.kinds) {
    const ItemIndex item(reader.number());
    std::vector<ItemIndex> companions(reader.count(limits::companions_max));
    bool in_range = item.value() < limits::items_max;
    for (auto& each : companions) {
      each = ItemIndex(reader.number());
      in_range = in_range && each.value() < limits::items_max;
    }
    if (kind != kind_interacted || reader.failed() || !in_range) {
      return fail(Errc::corrupt, "a co-visitation delta holds a row that cannot be read");
    }
    take(item, companions);
  }
  if (!reader.exhausted()) {
    return fail(Errc::corrupt, "a co-visitation delta holds more than its rows");
  }
  return publish();
}

}  // namespace ars::model
