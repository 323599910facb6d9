#include "model/retrieval/covisitation_view.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ars::model {
namespace {

constexpr std::uint8_t kind_interacted = 1;
constexpr std::uint32_t step_weight = 2520;  // of the next step; divisible by 1 to 10

const Neighbours& held(const std::shared_ptr<const Neighbours>* list) {
  static const Neighbours none;
  return list != nullptr && *list ? **list : none;
}

using Scored = std::vector<std::pair<double, std::uint32_t>>;

// The best limits::neighbours_max, ties by lower index first.
Neighbours best_of(Scored scored) {
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

// A full table gives way as in Misra and Gries (1982), cheaply: the weakest pair pays for a new
// one, and is replaced when it has nothing left.
template <class Pairs>
void count_pair(Pairs& pairs, std::uint32_t with, std::uint32_t weight) {
  const auto below = [](const auto& a, std::uint32_t b) { return a.item < b; };
  const auto at = std::lower_bound(pairs.begin(), pairs.end(), with, below);
  if (at != pairs.end() && at->item == with) {
    at->count += std::min(weight, std::numeric_limits<std::uint32_t>::max() - at->count);
    return;
  }
  if (pairs.size() < limits::covisitation_counters_max) {
    pairs.insert(at, {with, weight});
    return;
  }
  const auto weakest = std::min_element(
      pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.count < b.count; });
  if (weakest->count > weight) {
    weakest->count -= weight;
    return;
  }
  pairs.erase(weakest);
  pairs.insert(std::lower_bound(pairs.begin(), pairs.end(), with, below), {with, weight});
}

}  // namespace

const Neighbours& CovisitationView::neighbours(ItemIndex item) const {
  const auto* found = items_.find(item.value());
  return held(found == nullptr ? nullptr : &found->neighbours);
}

const Neighbours& CovisitationView::successors(ItemIndex item) const {
  const auto* found = items_.find(item.value());
  return held(found == nullptr ? nullptr : &found->successors);
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
  std::uint32_t steps = 0;
  for (const auto each : companions) {
    count_pair(counters(item.value()).pairs, each.value(), 1);
    auto& before = counters(each.value());
    count_pair(before.pairs, item.value(), 1);
    const auto weight = step_weight / ++steps;
    count_pair(before.successors, item.value(), weight);
    before.followed += weight;
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

Neighbours CovisitationFold::rank_neighbours(std::uint32_t item) const {
  Scored scored;
  scored.reserve(counters_[item].pairs.size());
  for (const auto& pair : counters_[item].pairs) {
    const double count = pair.count;
    const double cosine = std::min(1.0, count / (root_[item] * root_[pair.item]));
    scored.emplace_back(cosine * count / (count + CovisitationView::shrinkage), pair.item);
  }
  return best_of(std::move(scored));
}

Neighbours CovisitationFold::rank_successors(std::uint32_t item) const {
  const auto& from = counters_[item];
  const double all = to_double(from.followed) + CovisitationView::successor_shrinkage * step_weight;
  Scored scored;
  scored.reserve(from.successors.size());
  for (const auto& pair : from.successors)
    scored.emplace_back(to_double(pair.count) / all, pair.item);
  return best_of(std::move(scored));
}

Publication<CovisitationView> CovisitationFold::publish() {
  if (chain_.empty()) return {latest_, {}, 0};
  const auto observations = narrow<std::uint32_t>(chain_.pending().kinds.size());
  for (const auto item : changed_) {
    auto& each = counters_[item];
    each.changed = false;
    if (each.pairs.empty()) continue;
    auto& lists = items_.edit(item);
    lists.neighbours = std::make_shared<const Neighbours>(rank_neighbours(item));
    if (each.successors.empty()) continue;
    lists.successors = std::make_shared<const Neighbours>(rank_successors(item));
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
