// What is known of each item: shown, looked at, clicked, interacted with. Row key: tenant, scene,
// item index. One owner (the store writer), one thread.
#pragma once

#include "store/projections/table.hpp"

#include <algorithm>

namespace ars::store::projections {

struct ItemProfileRow {
  std::string item_id;
  std::uint64_t impressions = 0;
  std::uint64_t explored = 0;  // of these in an exploration slot
  std::uint64_t views = 0;
  std::uint64_t clicks = 0;
  std::uint64_t interactions = 0;
  std::uint64_t positives = 0;
  std::int64_t value_sum_e9 = 0;
  Timestamp last_at;
  static constexpr std::string_view prefix = "";
  static constexpr auto fields =
      std::tuple{events::field(0, "item_id", &ItemProfileRow::item_id),
                 events::field(1, "impressions", &ItemProfileRow::impressions),
                 events::field(2, "explored", &ItemProfileRow::explored),
                 events::field(3, "views", &ItemProfileRow::views),
                 events::field(4, "clicks", &ItemProfileRow::clicks),
                 events::field(5, "interactions", &ItemProfileRow::interactions),
                 events::field(6, "positives", &ItemProfileRow::positives),
                 events::field(7, "value_sum_e9", &ItemProfileRow::value_sum_e9),
                 events::field(8, "last_at", &ItemProfileRow::last_at)};
  friend bool operator==(const ItemProfileRow&, const ItemProfileRow&) = default;
};

class ItemProfiles final : public TableProjection<ItemProfiles, ItemProfileRow> {
 public:
  static constexpr std::string_view title = "item_profiles";

  static std::string key(const events::Scope& scope, ItemIndex item) {
    auto out = key_of(scope);
    add(out, item);
    return out;
  }

  void apply(const events::Event& event, const Pointer&) override {
    if (const auto* served = event.as<events::SlateServed>(); served && is_fact(event)) {
      shown(*served);
    } else if (const auto* feedback = event.as<events::FeedbackReceived>()) {
      answered(*feedback);
    } else if (const auto* recorded = event.as<events::InteractionRecorded>();
               recorded && is_fact(event)) {
      auto& row = table<ItemProfileRow>().touch(key(recorded->scope, recorded->item));
      row.interactions += 1;
      row.positives += recorded->positive ? 1 : 0;
      row.value_sum_e9 += billionths(double{recorded->value});
      row.last_at = std::max(row.last_at, recorded->occurred_at);
    } else if (const auto* listed = event.as<events::ItemListed>()) {
      table<ItemProfileRow>().touch(key(listed->scope, listed->item)).item_id = listed->item_id;
    }
  }

 private:
  static void add(std::string& to, ItemIndex item) {
    for (std::uint32_t shift = 32; shift > 0; shift -= 8) {
      to.push_back(static_cast<char>((item.value() >> (shift - 8)) & 255u));
    }
  }

  void shown(const events::SlateServed& served) {
    auto row_key = key_of(served.scope);
    const auto scope_bytes = row_key.size();
    for (const auto& item : served.items) {
      row_key.resize(scope_bytes);
      add(row_key, item.item);
      auto& row = table<ItemProfileRow>().touch(row_key);
      row.impressions += 1;
      row.explored += item.kind == events::SlotKind::explore ? 1 : 0;
    }
  }

  void answered(const events::FeedbackReceived& feedback) {
    auto row_key = key_of(feedback.scope);
    const auto scope_bytes = row_key.size();
    for (const auto& outcome : feedback.outcomes) {
      if (!outcome.viewed && !(outcome.click > 0)) continue;
      row_key.resize(scope_bytes);
      add(row_key, outcome.item);
      auto& row = table<ItemProfileRow>().touch(row_key);
      row.views += outcome.viewed ? 1 : 0;
      row.clicks += outcome.click > 0 ? 1 : 0;
    }
  }
};

}  // namespace ars::store::projections
