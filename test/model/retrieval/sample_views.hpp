// Views over a small invented catalogue, for tests of whatever reads views.
#pragma once

#include "events/base/prng.hpp"
#include "model/retrieval/recall.hpp"

#include <fmt/format.h>

namespace ars::model::sample {

inline constexpr std::int64_t day_ns = 86'400'000'000'000;
inline constexpr Timestamp begin{1'600'000'000'000'000'000};

inline Timestamp after_days(double days) {
  return begin + Duration(truncate<std::int64_t>(days * 86400) * 1'000'000'000);
}

inline UserId user_id(std::uint32_t number) {
  Bytes16 bytes{};
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[i] = narrow<std::uint8_t>(number >> (8 * i) & 255);
    bytes[i + 8] = narrow<std::uint8_t>((number * 37 + 11) >> (8 * i) & 255);
  }
  return UserId(bytes);
}

inline events::ItemListed listing(std::uint32_t index, std::vector<std::string> categories,
                                  Timestamp at = begin) {
  events::ItemListed out;
  out.item = ItemIndex(index);
  out.item_id = fmt::format("item-{}", index);
  out.title = fmt::format("Item {}", index);
  out.occurred_at = at;
  out.categories = std::move(categories);
  out.attributes = {{"appeal", to_double(index % 5) - 2}};
  return out;
}

inline events::InteractionRecorded interaction(std::uint32_t item, Timestamp at, float value = 4,
                                               std::vector<ItemIndex> companions = {}) {
  events::InteractionRecorded out;
  out.user = user_id(1);
  out.occurred_at = at;
  out.item = ItemIndex(item);
  out.value = value;
  out.positive = value >= 4;
  out.companions = std::move(companions);
  return out;
}

// The three folds fed alike.
struct Folds {
  CatalogueFold catalogue;
  StatisticsFold statistics;
  CovisitationFold covisitation;

  void observe(const events::ItemListed& event) {
    catalogue.observe(event);
    statistics.observe(event);
  }
  void observe(const events::InteractionRecorded& event) {
    statistics.observe(event);
    covisitation.observe(event);
  }
  ViewSet publish() {
    return {catalogue.publish().view, statistics.publish().view, covisitation.publish().view};
  }
};

// `items` items in seven categories, `interactions` of 100 users with a taste for low indices.
inline Folds busy_folds(std::uint32_t items, std::uint32_t interactions, std::uint64_t seed = 7) {
  Folds out;
  for (std::uint32_t i = 0; i < items; ++i) {
    std::vector<std::string> categories{fmt::format("c{}", i % 7)};
    if (i % 3 == 0) categories.push_back(fmt::format("c{}", (i / 7) % 7));
    out.observe(listing(i, std::move(categories), after_days(to_double(i) / to_double(items))));
  }
  Philox draws(seed, 1);
  std::vector<std::vector<ItemIndex>> histories(100);
  for (std::uint32_t i = 0; i < interactions; ++i) {
    auto& history = histories[draws.below(histories.size())];
    const double skewed = draws.uniform() * draws.uniform();
    const auto item = truncate<std::uint32_t>(skewed * to_double(items));
    const auto at = after_days(1 + 30 * to_double(i) / to_double(interactions));
    const float value = static_cast<float>(1 + draws.below(5));
    out.observe(interaction(item, at, value, history));
    history.emplace_back(item);
    if (history.size() > 20) history.erase(history.begin());
  }
  return out;
}

inline events::RequestRouted request_of(std::uint32_t user, std::vector<ItemIndex> history = {},
                                        std::uint64_t ordinal = 0) {
  events::RequestRouted out;
  out.user = user_id(user);
  out.occurred_at = after_days(40);
  out.size = 10;
  out.ordinal = ordinal;
  out.segment = "regular";
  out.user_features.history = history;
  out.user_features.history_values.assign(history.size(), 4);
  out.user_features.interactions = narrow<std::uint32_t>(history.size());
  out.user_features.positives = out.user_features.interactions;
  out.user_features.mean_value = history.empty() ? 0 : 4;
  out.user_features.seen = std::move(history);
  return out;
}

inline std::vector<ItemIndex> indices(std::initializer_list<std::uint32_t> values) {
  std::vector<ItemIndex> out;
  for (const auto value : values)
    out.emplace_back(value);
  return out;
}

}  // namespace ars::model::sample
