// The blocks that a program may be built from: arity, attributes, defaults and ranges. One table;
// shape, cost, canonical form and model/torch read it. A new block is a line here, a rule in shape
// and cost, and its forward in model/torch/forward. Constant data, any thread.
#pragma once

#include "events/base/result.hpp"
#include "model/ir/graph.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

enum class AttributeKind : std::uint8_t { integer, real, flag, text, text_list, real_list };
enum class Presence : std::uint8_t { optional, required };

// One attribute of a block; its texts have static storage.
struct AttributeSpec {
  std::string_view name;
  AttributeKind kind = AttributeKind::integer;
  Presence presence = Presence::optional;
  double usual = 0;  // default of integer, real and flag
  double lowest = 0;
  double highest = 0;
  std::string_view usual_text;  // default of text
  std::string_view choices;     // text: words parted by '|'; empty: any word
};

// One line of the table; its texts have static storage.
struct BlockSpec {
  std::string_view op;
  std::size_t inputs_min = 0;
  std::size_t inputs_max = 0;
  bool commutative = false;
  std::array<AttributeSpec, 5> attributes{};
  std::size_t attribute_count = 0;
  std::string_view summary;
};

std::span<const BlockSpec> blocks();
const BlockSpec* find_block(std::string_view op);  // null: no such block
const AttributeSpec* find_attribute(const BlockSpec& block, std::string_view name);

// Errc::invalid: unknown block or attribute, wrong type, value out of range, missing attribute,
// wrong number of inputs. The context names node, attribute, expected and found.
Result<void> check_node(const Node& node);

// Attribute values with defaults applied. REQUIRES: check_node(node) succeeded; the attribute is of
// that kind.
std::int64_t integer_attribute(const Node& node, std::string_view name);
double real_attribute(const Node& node, std::string_view name);
std::string text_attribute(const Node& node, std::string_view name);
std::vector<std::string> text_list_attribute(const Node& node, std::string_view name);
std::vector<double> real_list_attribute(const Node& node, std::string_view name);

// The node with each attribute in its own type and those equal to their default left out.
Node without_defaults(const Node& node);

}  // namespace ars::model
