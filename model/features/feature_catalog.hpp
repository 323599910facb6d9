// The one list of features. The candidate matrix holds all of them, in this order: categorical ones
// are id columns, dense ones dense columns; a feature plan says which of them a program may read.
// Constant data; any thread.
#pragma once

#include "events/base/id.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ars::model {

enum class FeatureKind : std::uint8_t { categorical, dense };

// What the encoder computes it from; all of it is known when the request is routed.
enum class FeatureSource : std::uint8_t {
  request,
  user,
  item,
  statistics,
  covisitation,
  position,
  question
};

// A row of the catalogue; its texts have static storage.
struct Feature {
  std::string_view name;
  FeatureKind kind;
  std::uint32_t vocabulary;  // ids are below it, 0 = unknown; 0 for dense
  FeatureSource source;
  bool in_default_plan;
  std::string_view says;
};

inline constexpr std::uint32_t item_vocabulary = 16384;
inline constexpr std::uint32_t user_vocabulary = 4096;
inline constexpr std::uint32_t context_vocabulary = 1024;
inline constexpr std::uint32_t category_vocabulary = 64;

std::span<const Feature> feature_catalog();

struct FeatureColumn {
  FeatureKind kind;
  std::uint32_t column;  // among the columns of its kind
  std::uint32_t vocabulary;
};
// Where a feature stands in the matrix; empty for a name that the catalogue does not have.
std::optional<FeatureColumn> feature_column(std::string_view name);
std::uint32_t id_column_count();
std::uint32_t dense_column_count();

// The id of an item in id columns and in the sequence: index + 1, hashed beyond the vocabulary.
std::uint32_t item_feature_id(ItemIndex item);

}  // namespace ars::model
