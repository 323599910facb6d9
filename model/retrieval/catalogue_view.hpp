// The catalogue as a view: items by dense index, their categories and attributes.
// Owner: one CatalogueFold writes; a published CatalogueView may be read from any thread.
#pragma once

#include "events/feedback.hpp"
#include "model/retrieval/category_table.hpp"
#include "model/retrieval/persistent_vector.hpp"
#include "model/retrieval/view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

struct CatalogueItem {
  std::string item_id;  // empty: not listed
  std::string title;
  std::vector<std::uint16_t> categories;  // indices by order of first appearance
  std::vector<events::ItemAttribute> attributes;
  Timestamp listed_at;
};

class CatalogueView final : public View {
 public:
  static constexpr std::string_view view_name = "catalogue";

  // Indices in use are below it.
  std::size_t size() const { return items_.size(); }
  // An item never listed has an empty id and nothing else.
  const CatalogueItem& item(ItemIndex item) const;
  std::optional<ItemIndex> find(std::string_view item_id) const;
  std::size_t category_count() const { return categories_ ? categories_->size() : 0; }
  // REQUIRES: category < category_count().
  const std::string& category_name(std::uint16_t category) const;
  std::optional<std::uint16_t> category(std::string_view named) const;
  double attribute(ItemIndex item, std::string_view named, double otherwise) const;

 private:
  friend class CatalogueFold;
  using ItemPtr = std::shared_ptr<const CatalogueItem>;
  PersistentVector<ItemPtr> items_;
  PersistentVector<std::vector<std::uint32_t>, 16> buckets_;  // by hash of the item id
  std::shared_ptr<const std::vector<std::string>> categories_;
};

// True when item id a comes before b in the one tie order of the project: bytewise descending.
inline bool ties_before(std::string_view a, std::string_view b) { return a > b; }

class CatalogueFold {
 public:
  CatalogueFold();
  // Listing an index again replaces what was known of it. REQUIRES: index < limits::items_max,
  // at most limits::categories_per_item_max
  // categories and limits::attributes_per_item_max attributes count, the rest is left out, and so
  // is an attribute that is not finite.
  void observe(const events::ItemListed& event);
  Publication<CatalogueView> publish();
  // Takes a delta that publish() gave, as the next one. Errc::corrupt when it is not.
  Result<Publication<CatalogueView>> apply(ByteSpan delta);
  const std::shared_ptr<const CatalogueView>& latest() const { return latest_; }
  // Tree nodes written so far: what publishing has cost.
  std::uint64_t nodes_made() const { return items_.nodes_made() + buckets_.nodes_made(); }

 private:
  void take(events::ItemListed row);
  void index(const std::string& item_id, std::uint32_t item);
  void forget(const std::string& item_id, std::uint32_t item);

  ViewChain chain_;
  PersistentVector<CatalogueView::ItemPtr> items_;
  PersistentVector<std::vector<std::uint32_t>, 16> buckets_;
  CategoryTable categories_;
  std::shared_ptr<const std::vector<std::string>> published_categories_;
  std::shared_ptr<const CatalogueView> latest_;
};

}  // namespace ars::model
