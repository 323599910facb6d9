#include "model/retrieval/catalogue_view.hpp"

#include "model/limits.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {
namespace {

constexpr std::uint8_t kind_listed = 1;
constexpr std::uint32_t bucket_count = 1u << 15;

std::uint32_t bucket_of(std::string_view item_id) {
  return crc32c(as_bytes(item_id)) % bucket_count;
}

}  // namespace

const CatalogueItem& CatalogueView::item(ItemIndex item) const {
  static const CatalogueItem unlisted;
  const auto* found = items_.find(item.value());
  return found != nullptr && *found ? **found : unlisted;
}

std::optional<ItemIndex> CatalogueView::find(std::string_view item_id) const {
  const auto* bucket = buckets_.find(bucket_of(item_id));
  if (bucket == nullptr) return std::nullopt;
  for (const auto each : *bucket) {
    if (item(ItemIndex(each)).item_id == item_id) return ItemIndex(each);
  }
  return std::nullopt;
}

const std::string& CatalogueView::category_name(std::uint16_t category) const {
  ARS_CHECK(category < category_count(), "category {} of {}", category, category_count());
  return (*categories_)[category];
}

std::optional<std::uint16_t> CatalogueView::category(std::string_view named) const {
  for (std::size_t i = 0; i < category_count(); ++i) {
    if ((*categories_)[i] == named) return narrow<std::uint16_t>(i);
  }
  return std::nullopt;
}

double CatalogueView::attribute(ItemIndex index, std::string_view named, double otherwise) const {
  for (const auto& each : item(index).attributes) {
    if (each.name == named) return each.value;
  }
  return otherwise;
}

CatalogueFold::CatalogueFold() : chain_(std::string(CatalogueView::view_name)) {
  auto view = std::make_shared<CatalogueView>();
  view->name = CatalogueView::view_name;
  published_categories_ = std::make_shared<const std::vector<std::string>>();
  view->categories_ = published_categories_;
  latest_ = std::move(view);
}

void CatalogueFold::observe(const events::ItemListed& event) {
  auto row = event;
  std::erase_if(row.attributes, [](const auto& each) { return !std::isfinite(each.value); });
  if (row.attributes.size() > limits::attributes_per_item_max) {
    row.attributes.resize(limits::attributes_per_item_max);
  }
  if (row.categories.size() > limits::categories_per_item_max) {
    row.categories.resize(limits::categories_per_item_max);
  }
  take(std::move(row));
}

void CatalogueFold::take(events::ItemListed row) {
  ARS_CHECK(row.item.value() < limits::items_max, "item {} is beyond the limit", row.item.value());
  auto& delta = chain_.pending();
  delta.kinds.push_back(kind_listed);
  delta.numbers.push_back(row.item.value());
  delta.numbers.push_back(narrow<std::uint32_t>(row.categories.size()));
  delta.numbers.push_back(narrow<std::uint32_t>(row.attributes.size()));
  delta.times.push_back(row.occurred_at.value());
  delta.texts.push_back(row.item_id);
  delta.texts.push_back(row.title);
  for (const auto& each : row.categories)
    delta.texts.push_back(each);
  for (const auto& each : row.attributes) {
    delta.texts.push_back(each.name);
    delta.wide.push_back(each.value);
  }

  const auto at = row.item.value();
  auto& slot = items_.edit(at);
  if (slot && slot->item_id != row.item_id) forget(slot->item_id, at);
  if (!slot || slot->item_id != row.item_id) index(row.item_id, at);
  slot = std::make_shared<const CatalogueItem>(CatalogueItem{
      std::move(row.item_id), std::move(row.title), categories_.number(row.categories),
      std::move(row.attributes), row.occurred_at});
}

void CatalogueFold::index(const std::string& item_id, std::uint32_t item) {
  if (!item_id.empty()) buckets_.edit(bucket_of(item_id)).push_back(item);
}

void CatalogueFold::forget(const std::string& item_id, std::uint32_t item) {
  if (!item_id.empty()) std::erase(buckets_.edit(bucket_of(item_id)), item);
}

Publication<CatalogueView> CatalogueFold::publish() {
  if (chain_.empty()) return {latest_, {}, 0};
  const auto observations = narrow<std::uint32_t>(chain_.pending().kinds.size());
  if (categories_.names().size() != published_categories_->size()) {
    published_categories_ = std::make_shared<const std::vector<std::string>>(categories_.names());
  }
  auto view = std::make_shared<CatalogueView>();
  view->items_ = items_.snapshot();
  view->buckets_ = buckets_.snapshot();
  view->categories_ = published_categories_;
  auto delta = chain_.close(*view);
  latest_ = std::move(view);
  return {latest_, std::move(delta), observations};
}

Result<Publication<CatalogueView>> CatalogueFold::apply(ByteSpan bytes) {
  ARS_TRY(auto delta, chain_.open(bytes));
  DeltaReader reader(delta);
  for (const auto kind : delta.kinds) {
    events::ItemListed row;
    row.item = ItemIndex(reader.number());
    const auto categories = reader.count(limits::categories_per_item_max);
    const auto attributes = reader.count(limits::attributes_per_item_max);
    row.occurred_at = reader.time();
    row.item_id = reader.text();
    row.title = reader.text();
    for (std::size_t i = 0; i < categories; ++i)
      row.categories.push_back(reader.text());
    for (std::size_t i = 0; i < attributes; ++i) {
      auto name = reader.text();
      row.attributes.push_back({std::move(name), reader.wide()});
    }
    if (kind != kind_listed || reader.failed() || row.item.value() >= limits::items_max) {
      return fail(Errc::corrupt, "a catalogue delta holds a row that cannot be read");
    }
    take(std::move(row));
  }
  if (!reader.exhausted()) return fail(Errc::corrupt, "a catalogue delta holds more than its rows");
  return publish();
}

}  // namespace ars::model
