// Which items go together, as a view: for each item the neighbours that the same users took, by
// shrunk cosine c/sqrt(n_i n_j) * c/(c + shrinkage) (Linden et al. 2003), and its successors: what
// the same users took within few steps after it, by weight/(weight of all + shrinkage), where a
// step of n weighs 1/n (a Markov chain with skips). Counts are incremental and capped per item; the
// lists of an item are ranked anew when a count of its own changes.
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
  static constexpr double successor_shrinkage = 5;

  // At most limits::neighbours_max. Empty for an item that went with nothing.
  const Neighbours& neighbours(ItemIndex item) const;
  // The published score of b as a neighbour of a; 0 when it is not among them.
  float similarity(ItemIndex a, ItemIndex b) const;
  // At most limits::neighbours_max. Empty for an item that nothing followed yet.
  const Neighbours& successors(ItemIndex item) const;

 private:
  friend class CovisitationFold;
  struct Lists {
    std::shared_ptr<const Neighbours> neighbours;
    std::shared_ptr<const Neighbours> successors;
  };
  PersistentVector<Lists> items_;
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
    std::uint32_t count = 0;  // of successors: in units of step_weight
  };
  using Pairs = std::vector<Pair>;  // by item; at most limits::covisitation_counters_max
  struct Counters {
    std::uint32_t occurrences = 0;
    std::uint64_t followed = 0;  // weight of all successors, those without a counter too
    bool changed = false;
    Pairs pairs;
    Pairs successors;
  };
  void take(ItemIndex item, const std::vector<ItemIndex>& companions);
  Counters& counters(std::uint32_t item);
  Neighbours rank_neighbours(std::uint32_t item) const;
  Neighbours rank_successors(std::uint32_t item) const;

  ViewChain chain_;
  std::vector<Counters> counters_;  // by item index
  std::vector<double> root_;        // of occurrences, at least 1; read for every pair
  std::vector<std::uint32_t> changed_;
  PersistentVector<CovisitationView::Lists> items_;
  std::shared_ptr<const CovisitationView> latest_;
};

}  // namespace ars::model
