// Which items go together, as a view: for each item the neighbours that the same users took, by
// shrunk cosine c/sqrt(n_i n_j) * c/(c + shrinkage). Counts are incremental and capped per item;
// the neighbours of an item are ranked anew when a count of its own changes (Linden et al. 2003).
// Owner: one CovisitationFold writes; a published view may be read from any thread.
#pragma once

#include "events/feedback.hpp"
#include "model/retrieval/persistent_vector.hpp"
#include "model/retrieval/view.hpp"

#include <string_view>
#include <vector>

namespace ars::model {

struct Neighbours {
  std::vector<ItemIndex> items;  // best first, ties by lower index first
  std::vector<float> scores;     // in (0, 1]
};

class CovisitationView final : public View {
 public:
  static constexpr std::string_view view_name = "covisitation";
  static constexpr double shrinkage = 2;

  // At most limits::neighbours_max. Empty for an item that went with nothing.
  const Neighbours& neighbours(ItemIndex item) const;
  // The published score of b as a neighbour of a; 0 when it is not among them.
  float similarity(ItemIndex a, ItemIndex b) const;

 private:
  friend class CovisitationFold;
  PersistentVector<std::shared_ptr<const Neighbours>> items_;
};

class CovisitationFold {
 public:
  CovisitationFold();
  // Counts the item with each of the newest limits::companions_max companions, both ways.
  void observe(const events::InteractionRecorded& event);
  Publication<CovisitationView> publish();
  Result<Publication<CovisitationView>> apply(ByteSpan delta);
  const std::shared_ptr<const CovisitationView>& latest() const { return latest_; }
  // Tree nodes written so far: what publishing has cost.
  std::uint64_t nodes_made() const { return items_.nodes_made(); }

 private:
  struct Pair {
    std::uint32_t item = 0;
    std::uint32_t count = 0;
  };
  struct Counters {
    std::uint32_t occurrences = 0;
    bool changed = false;
    std::vector<Pair> pairs;  // by item; at most limits::covisitation_counters_max
  };
  void take(ItemIndex item, const std::vector<ItemIndex>& companions);
  void count_pair(std::uint32_t item, std::uint32_t with);
  Counters& counters(std::uint32_t item);
  Neighbours rank(std::uint32_t item) const;

  ViewChain chain_;
  std::vector<Counters> counters_;  // by item index
  std::vector<double> root_;        // of occurrences, at least 1; read for every pair
  std::vector<std::uint32_t> changed_;
  PersistentVector<std::shared_ptr<const Neighbours>> items_;
  std::shared_ptr<const CovisitationView> latest_;
};

}  // namespace ars::model
