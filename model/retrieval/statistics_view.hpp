// What everybody did with every item, as a view: counts, sums, decayed popularity and the
// maintained top lists that recalls read. Decay is forward decay (Cormode et al., ICDE 2009): heat
// is the logarithm of sum exp(rate * event time), so the order of items never changes without an
// event and top lists are kept by merging the changed items. Owner: one StatisticsFold writes; a
// published view may be read from any thread.
#pragma once

#include "events/feedback.hpp"
#include "events/slate.hpp"
#include "model/retrieval/category_table.hpp"
#include "model/retrieval/persistent_vector.hpp"
#include "model/retrieval/view.hpp"

#include <array>
#include <limits>
#include <string_view>
#include <vector>

namespace ars::model {

// Half-lives that are maintained. Rung 0 is the plain count of interactions, without decay.
inline constexpr std::array<double, 6> half_lives_s = {
    0, 6 * 3600.0, 2 * 86400.0, 14 * 86400.0, 90 * 86400.0, 730 * 86400.0};
inline constexpr std::size_t rungs = half_lives_s.size();
// The rung whose half-life is nearest on a logarithmic scale; 0 for 0.
std::size_t rung_of(double half_life_s);

struct ItemStatistics {
  std::uint32_t interactions = 0;  // InteractionRecorded, any value
  std::uint32_t positives = 0;
  std::uint32_t impressions = 0;  // slots of served slates
  std::uint32_t views = 0;        // outcomes that say the user saw it
  std::uint32_t clicks = 0;
  double value_sum = 0;  // of the interactions
  Timestamp listed_at;
  Timestamp last_at;                 // latest occurred_at of an interaction
  std::array<double, rungs> heat{};  // [0] = interactions; others valid if interactions > 0
};

struct StatisticsTotals {
  std::uint64_t items = 0;  // listed
  std::uint64_t interactions = 0;
  std::uint64_t positives = 0;
  std::uint64_t impressions = 0;
  std::uint64_t views = 0;
  std::uint64_t clicks = 0;
  double value_sum = 0;
  Timestamp last_at;
  friend bool operator==(const StatisticsTotals&, const StatisticsTotals&) = default;
};

// Best first; heat descending, ties by item id bytewise descending.
struct TopList {
  std::vector<ItemIndex> items;
  std::vector<double> heat;
};

class StatisticsView final : public View {
 public:
  static constexpr std::string_view view_name = "statistics";
  // The rung by which the lists of categories are ordered.
  static constexpr std::size_t category_rung = 4;

  std::size_t size() const { return items_.size(); }
  const ItemStatistics& item(ItemIndex item) const;
  const StatisticsTotals& totals() const { return totals_; }
  // Interactions of the item before this version: the count that the popularity baseline uses.
  std::uint32_t count(ItemIndex item) const { return this->item(item).interactions; }
  // Sum of 2^(-age / half-life) at time `now`; the count itself for rung 0.
  double popularity(ItemIndex item, std::size_t rung, Timestamp now) const;
  // (clicks + a) / (views + b) with the mean of all items as the prior, worth 20 views.
  double click_rate(ItemIndex item) const;
  // Mean value of the interactions, shrunk to the overall mean by 5 of them.
  double mean_value(ItemIndex item) const;
  // At most limits::top_list_max items that have an interaction. Complete when shorter than that.
  const TopList& top(std::size_t rung) const;
  // At most limits::category_list_max of one category, by category_rung.
  const TopList& top_of_category(std::uint16_t category) const;
  // Latest listed first, ties by higher index first.
  const std::vector<ItemIndex>& newest() const;
  const std::vector<ItemIndex>& newest_of_category(std::uint16_t category) const;

 private:
  friend class StatisticsFold;
  struct CategoryLists {
    std::shared_ptr<const TopList> hot;
    std::shared_ptr<const std::vector<ItemIndex>> newest;
  };
  PersistentVector<ItemStatistics, 16> items_;
  PersistentVector<CategoryLists, 16> categories_;
  std::array<std::shared_ptr<const TopList>, rungs> tops_;
  std::shared_ptr<const std::vector<ItemIndex>> newest_;
  StatisticsTotals totals_;
};

// Categories are numbered by first appearance in ItemListed, as CatalogueFold numbers them: both
// must observe the listings in one order.
class StatisticsFold {
 public:
  StatisticsFold();
  // A second listing of the same index is ignored here.
  void observe(const events::ItemListed& event);
  void observe(const events::InteractionRecorded& event);
  void observe(const events::SlateServed& event);
  void observe(const events::FeedbackReceived& event);
  // One impression, one view, and a click when the reward is positive.
  void observe(const events::LoggedActionReceived& event);
  Publication<StatisticsView> publish();
  Result<Publication<StatisticsView>> apply(ByteSpan delta);
  const std::shared_ptr<const StatisticsView>& latest() const { return latest_; }
  // Tree nodes written so far: what publishing has cost.
  std::uint64_t nodes_made() const { return items_.nodes_made() + categories_.nodes_made(); }

 private:
  enum class Sign : std::uint8_t { positive, other };
  enum class Look : std::uint8_t { viewed, clicked };
  struct Listing {
    std::string item_id;
    std::vector<std::uint16_t> categories;
  };
  void list(ItemIndex item, Timestamp at, std::string item_id, std::vector<std::string> categories);
  void interact(ItemIndex item, Timestamp at, float value, Sign sign);
  void impress(ItemIndex item);
  void look(ItemIndex item, Look what);
  Result<void> replay(const ViewDelta& delta);
  void rank_changed(StatisticsView& view);
  void rank_category(std::uint16_t category, const std::vector<ItemIndex>& changed);
  bool hotter(std::size_t rung, ItemIndex a, ItemIndex b) const;
  TopList merge(const TopList* old, std::vector<ItemIndex> changed, std::size_t rung,
                std::size_t most) const;
  void add_newest(std::vector<ItemIndex>& list, ItemIndex item, std::size_t most) const;

  ViewChain chain_;
  PersistentVector<ItemStatistics, 16> items_;
  PersistentVector<StatisticsView::CategoryLists, 16> categories_;
  StatisticsTotals totals_;
  std::vector<Listing> listings_;  // by item index
  CategoryTable category_table_;
  std::vector<ItemIndex> newest_;
  std::vector<std::vector<ItemIndex>> category_newest_;
  std::vector<ItemIndex> changed_;              // heat changed since the last publication
  std::vector<std::uint16_t> category_listed_;  // newest list changed since then
  bool newest_changed_ = false;
  std::shared_ptr<const StatisticsView> latest_;
};

}  // namespace ars::model
