#include "actors/evolution/autotrain/example_store.hpp"

#include "actors/limits.hpp"
#include "events/base/narrow.hpp"
#include "model/features/encoder.hpp"

#include <algorithm>
#include <cstring>

namespace ars::actors {
namespace {

std::uint64_t group_of(const UserId& user) {
  std::uint64_t out = 0;
  std::memcpy(&out, user.value().data(), sizeof(out));
  return out;
}

}  // namespace

bool ExampleStore::wants(std::uint32_t type_id) {
  switch (type_id) {
    case events::BatchFormed::type_id:
    case events::SlateServed::type_id:
    case events::ItemEvaluated::type_id:
    case events::FeedbackReceived::type_id:
    case events::RatingReceived::type_id:
    case events::LoggedActionReceived::type_id:
      return true;
    default:
      return false;
  }
}

void ExampleStore::add(const UserId& user, Timestamp at, model::Example row, bool explored) {
  row.user = group_of(user);
  row.occurred_at_ns = at.value();
  rows_.push_back({std::move(row), interactions_, explored});
  if (rows_.size() > rows_max_) rows_.pop_front();
}

void ExampleStore::learn_clicks(const events::FeedbackReceived& feedback) {
  const auto slate = slates_.find(feedback.request);
  if (slate == slates_.end()) return;
  for (const auto& outcome : feedback.outcomes) {
    if (!outcome.viewed || outcome.slot >= slate->second.items.size()) continue;
    const auto& item = slate->second.items[outcome.slot];
    model::Example row;
    row.slot = outcome.slot;
    row.label = outcome.click > 0 ? 1.0f : 0.0f;
    row.ids = item.ids;
    row.dense = item.dense;
    row.sequence = slate->second.sequence;
    model::place_in_slot(row.ids, outcome.slot);
    add(feedback.user, feedback.occurred_at, std::move(row),
        item.kind == events::SlotKind::explore);
  }
  slates_.erase(slate);
}

// Two questions are answered by a rating. Whether the item is valued high: by every one. Whether it
// is taken: against other candidates of its request, whatever its value; an item that no recall had
// proposed says nothing about how to order candidates.
void ExampleStore::learn_rating(const events::RatingReceived& rating) {
  const auto chosen = evaluated_.find(rating.request);
  if (chosen == evaluated_.end()) return;
  const auto& item = chosen->second;
  model::Example row;
  row.label = rating.rating >= limits::positive_rating ? 1.0f : 0.0f;
  row.ids = item.ids;
  row.dense = item.dense;
  row.sequence = item.sequence;
  model::ask(row.ids, model::Question::valued);
  add(rating.user, rating.occurred_at, row, false);
  if (item.candidate) {
    row.label = 1;
    row.ids = item.ids;
    add(rating.user, rating.occurred_at, std::move(row), false);
    const auto ids = narrow<std::ptrdiff_t>(item.ids.size());
    const auto dense = narrow<std::ptrdiff_t>(item.dense.size());
    for (std::ptrdiff_t k = 0; (k + 1) * ids <= narrow<std::ptrdiff_t>(item.other_ids.size());
         ++k) {
      model::Example other;
      other.ids.assign(item.other_ids.begin() + k * ids, item.other_ids.begin() + (k + 1) * ids);
      other.dense.assign(item.other_dense.begin() + k * dense,
                         item.other_dense.begin() + (k + 1) * dense);
      other.sequence = item.sequence;
      add(rating.user, rating.occurred_at, std::move(other), false);
    }
  }
  slates_.erase(rating.request);
  evaluated_.erase(chosen);
}

void ExampleStore::learn_logged(const events::LoggedActionReceived& action) {
  const auto shown = evaluated_.find(action.request);
  if (shown == evaluated_.end()) return;
  model::Example row;
  row.slot = action.slot;
  row.label = action.reward > 0 ? 1.0f : 0.0f;
  row.ids = shown->second.ids;
  row.dense = shown->second.dense;
  row.sequence = shown->second.sequence;
  model::place_in_slot(row.ids, action.slot);
  add(action.user, action.occurred_at, std::move(row), action.policy == "random");
  evaluated_.erase(shown);
  slates_.erase(action.request);
}

void ExampleStore::observe(const events::Event& event) {
  if (const auto* formed = event.as<events::BatchFormed>()) {
    interactions_ = formed->interactions;
  } else if (const auto* slate = event.as<events::SlateServed>()) {
    slates_[slate->request] = *slate;
    slate_order_.push_back(slate->request);
    if (slate_order_.size() > limits::slates_waiting_max) {
      slates_.erase(slate_order_.front());
      evaluated_.erase(slate_order_.front());
      slate_order_.pop_front();
    }
  } else if (const auto* evaluated = event.as<events::ItemEvaluated>()) {
    evaluated_[evaluated->request] = *evaluated;
  } else if (const auto* feedback = event.as<events::FeedbackReceived>()) {
    learn_clicks(*feedback);
  } else if (const auto* rating = event.as<events::RatingReceived>()) {
    learn_rating(*rating);
  } else if (const auto* action = event.as<events::LoggedActionReceived>()) {
    learn_logged(*action);
  }
}

std::vector<StoredExample> ExampleStore::rows(std::uint64_t until, std::size_t rows_max) const {
  const auto end = std::partition_point(rows_.begin(), rows_.end(), [&](const StoredExample& each) {
    return each.interactions <= until;
  });
  auto begin = rows_.begin();
  if (narrow<std::size_t>(end - begin) > rows_max) begin = end - narrow<std::ptrdiff_t>(rows_max);
  return {begin, end};
}

}  // namespace ars::actors
