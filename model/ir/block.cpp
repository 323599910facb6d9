#include "model/ir/block.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::model {

namespace {

constexpr AttributeSpec integer(std::string_view name, double usual, double lowest,
                                double highest) {
  return {name, AttributeKind::integer, Presence::optional, usual, lowest, highest, {}, {}};
}
constexpr AttributeSpec needed_integer(std::string_view name, double lowest, double highest) {
  return {name, AttributeKind::integer, Presence::required, 0, lowest, highest, {}, {}};
}
constexpr AttributeSpec real(std::string_view name, double usual, double lowest, double highest) {
  return {name, AttributeKind::real, Presence::optional, usual, lowest, highest, {}, {}};
}
constexpr AttributeSpec flag(std::string_view name, bool usual) {
  return {name, AttributeKind::flag, Presence::optional, usual ? 1.0 : 0.0, 0, 1, {}, {}};
}
constexpr AttributeSpec text(std::string_view name, std::string_view usual,
                             std::string_view choices) {
  return {name, AttributeKind::text, Presence::optional, 0, 0, 0, usual, choices};
}
constexpr AttributeSpec columns() {
  return {"columns", AttributeKind::text_list, Presence::required, 0, 0, 0, {}, {}};
}
constexpr AttributeSpec numbers(std::string_view name, double lowest, double highest) {
  return {name, AttributeKind::real_list, Presence::optional, 0, lowest, highest, {}, {}};
}

constexpr AttributeSpec init_scale = real("init_scale", 0.05, 0, 10);
constexpr AttributeSpec table = text("table", "", "");

constexpr std::array catalog = {
    BlockSpec{"embedding",
              0,
              0,
              false,
              {columns(), needed_integer("dim", 1, 512), table, init_scale},
              4,
              "(B, F, dim): one row of a table per column; nodes that name a table share it"},
    BlockSpec{"sequence_embedding",
              0,
              0,
              false,
              {needed_integer("dim", 1, 512), table, init_scale},
              3,
              "(B, T, dim): the user's recent items, newest last, padding is zero"},
    BlockSpec{"linear",
              0,
              0,
              false,
              {columns()},
              1,
              "(B, 1): the sum of one weight per id, as logistic regression has it"},
    BlockSpec{"dense",
              0,
              0,
              false,
              {columns(), text("transform", "none", "none|symlog"), numbers("mean", -1e9, 1e9),
               numbers("scale", 1e-9, 1e9), real("clip", 10, 1e-3, 1e6)},
              5,
              "(B, F): numeric columns, transformed, then (x - mean) / scale, then clipped"},
    BlockSpec{"concat",
              1,
              limits::node_inputs_max,
              false,
              {},
              0,
              "(B, n): everything behind the batch flattened and joined"},
    BlockSpec{"fc",
              1,
              1,
              false,
              {needed_integer("units", 1, 8192),
               text("activation", "none", "none|relu|tanh|sigmoid|silu"), flag("bias", true)},
              3,
              "(..., units): a dense layer over the last axis"},
    BlockSpec{"fm", 1, 1, false, {}, 0, "(B, 1): factorisation machine over (B, F, dim)"},
    BlockSpec{"cross", 2, 2, false, {}, 0, "(B, n): x0 * (W x + b) + x for in = [x0, x] (DCN-v2)"},
    BlockSpec{"dropout",
              1,
              1,
              false,
              {real("rate", 0.1, 0, 0.95)},
              1,
              "shape of its input; active in training alone"},
    BlockSpec{"dot",
              2,
              2,
              true,
              {flag("scaled", false)},
              1,
              "(B, 1): inner product; scaled divides by sqrt(n)"},
    BlockSpec{"add", 2, limits::node_inputs_max, true, {}, 0, "elementwise sum of equal shapes"},
    BlockSpec{
        "mul", 2, limits::node_inputs_max, true, {}, 0, "elementwise product of equal shapes"},
    BlockSpec{"position",
              1,
              1,
              false,
              {init_scale},
              1,
              "(B, T, n): adds a learned vector per position, counted from the newest"},
    BlockSpec{"layer_norm",
              1,
              1,
              false,
              {real("epsilon", 1e-5, 1e-9, 1e-1)},
              1,
              "shape of its input; over the last axis"},
    BlockSpec{"sdpa",
              3,
              3,
              false,
              {integer("heads", 1, 1, 64), text("mask", "causal", "causal|none")},
              2,
              "(B, T, n): attention of in = [query, key, value] with its four projections"},
    BlockSpec{"last",
              1,
              1,
              false,
              {},
              0,
              "(B, n): the newest state of (B, T, n); zero for an empty sequence"},
    BlockSpec{"mean_pool",
              1,
              1,
              false,
              {},
              0,
              "(B, n): mean over the items of (B, T, n) without padding"},
    BlockSpec{"sigmoid",
              1,
              1,
              false,
              {flag("bias", true)},
              1,
              "the output: (B, 1) becomes a probability"},
};

Result<void> wrong(const Node& node, std::string_view attribute, std::string_view expected,
                   std::string_view found) {
  return fail(Errc::invalid, fmt::format("node '{}' ({}): {}: expected {}, found {}", node.id,
                                         node.op, attribute, expected, found));
}

std::string shown(const Attribute& value) {
  if (const auto* held = std::get_if<bool>(&value)) return *held ? "true" : "false";
  if (const auto* held = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *held);
  if (const auto* held = std::get_if<double>(&value)) return fmt::format("{}", *held);
  if (const auto* held = std::get_if<std::string>(&value)) return fmt::format("'{}'", *held);
  return "a list";
}

bool is_choice(std::string_view choices, std::string_view word) {
  while (!choices.empty()) {
    const auto bar = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, bar) == word) return true;
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return false;
}

const Attribute* held_attribute(const Node& node, std::string_view name) {
  const auto it = node.attributes.find(std::string(name));
  return it == node.attributes.end() ? nullptr : &it->second;
}

const AttributeSpec& spec_of(const Node& node, std::string_view name) {
  const BlockSpec* block = find_block(node.op);
  ARS_CHECK(block != nullptr, "node '{}' was not checked", node.id);
  const AttributeSpec* spec = find_attribute(*block, name);
  ARS_CHECK(spec != nullptr, "block {} has no attribute {}", node.op, name);
  return *spec;
}

Result<void> check_range(const Node& node, const AttributeSpec& spec, double value) {
  if (value >= spec.lowest && value <= spec.highest) return success();
  return wrong(node, spec.name, fmt::format("a number in [{}, {}]", spec.lowest, spec.highest),
               fmt::format("{}", value));
}

Result<void> check_texts(const Node& node, const AttributeSpec& spec,
                         const std::vector<std::string>& texts) {
  if (texts.empty()) return wrong(node, spec.name, "at least one name", "an empty list");
  auto sorted = texts;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) return wrong(node, spec.name, "distinct names", *twice + " twice");
  return success();
}

Result<void> check_value(const Node& node, const AttributeSpec& spec, const Attribute& value) {
  switch (spec.kind) {
    case AttributeKind::flag:
      if (!std::holds_alternative<bool>(value)) break;
      return success();
    case AttributeKind::integer:
      if (!std::holds_alternative<std::int64_t>(value)) break;
      return check_range(node, spec, to_double(std::get<std::int64_t>(value)));
    case AttributeKind::real:
      if (const auto* held = std::get_if<std::int64_t>(&value)) {
        return check_range(node, spec, to_double(*held));
      }
      if (!std::holds_alternative<double>(value)) break;
      return check_range(node, spec, std::get<double>(value));
    case AttributeKind::text:
      if (!std::holds_alternative<std::string>(value)) break;
      if (!spec.choices.empty() && !is_choice(spec.choices, std::get<std::string>(value))) {
        return wrong(node, spec.name, spec.choices, shown(value));
      }
      return success();
    case AttributeKind::text_list:
      if (!std::holds_alternative<std::vector<std::string>>(value)) break;
      return check_texts(node, spec, std::get<std::vector<std::string>>(value));
    case AttributeKind::real_list:
      if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
        if (texts->empty()) return success();  // an empty list has no type of its own
        break;
      }
      if (!std::holds_alternative<std::vector<double>>(value)) break;
      for (const double item : std::get<std::vector<double>>(value)) {
        ARS_TRY(check_range(node, spec, item));
      }
      return success();
  }
  constexpr std::array<std::string_view, 6> kinds = {
      "an integer", "a number", "true or false", "a word", "a list of names", "a list of numbers"};
  return wrong(node, spec.name, kinds[to_underlying(spec.kind)], shown(value));
}

bool equals_default(const AttributeSpec& spec, const Attribute& value) {
  switch (spec.kind) {
    case AttributeKind::flag:
      return std::get<bool>(value) == (spec.usual != 0);
    case AttributeKind::integer:
      return to_double(std::get<std::int64_t>(value)) == spec.usual;
    case AttributeKind::real:
      return std::get<double>(value) == spec.usual;
    case AttributeKind::text:
      return std::get<std::string>(value) == spec.usual_text;
    case AttributeKind::text_list:
      return false;
    case AttributeKind::real_list:
      return std::get<std::vector<double>>(value).empty();
  }
  return false;
}

// An integer where a number is meant, and an untyped empty list, in the attribute's own type.
Attribute typed(const AttributeSpec& spec, const Attribute& value) {
  if (spec.kind == AttributeKind::real && std::holds_alternative<std::int64_t>(value)) {
    return to_double(std::get<std::int64_t>(value));
  }
  if (spec.kind == AttributeKind::real_list &&
      std::holds_alternative<std::vector<std::string>>(value)) {
    return std::vector<double>{};
  }
  return value;
}

}  // namespace

std::span<const BlockSpec> blocks() { return catalog; }

const BlockSpec* find_block(std::string_view op) {
  const auto it = std::find_if(catalog.begin(), catalog.end(),
                               [&](const BlockSpec& block) { return block.op == op; });
  return it == catalog.end() ? nullptr : &*it;
}

const AttributeSpec* find_attribute(const BlockSpec& block, std::string_view name) {
  for (std::size_t i = 0; i < block.attribute_count; ++i) {
    if (block.attributes[i].name == name) return &block.attributes[i];
  }
  return nullptr;
}

Result<void> check_node(const Node& node) {
  const BlockSpec* block = find_block(node.op);
  if (block == nullptr) {
    return fail(Errc::invalid, fmt::format("node '{}': no such block '{}'", node.id, node.op));
  }
  const std::size_t count = node.inputs.size();
  if (count < block->inputs_min || count > block->inputs_max) {
    return wrong(node, "in", fmt::format("{} to {} inputs", block->inputs_min, block->inputs_max),
                 fmt::format("{}", count));
  }
  for (const auto& [name, value] : node.attributes) {
    const AttributeSpec* spec = find_attribute(*block, name);
    if (spec == nullptr) {
      return fail(Errc::invalid,
                  fmt::format("node '{}' ({}): unknown attribute '{}'", node.id, node.op, name));
    }
    ARS_TRY(check_value(node, *spec, value));
  }
  for (std::size_t i = 0; i < block->attribute_count; ++i) {
    const AttributeSpec& spec = block->attributes[i];
    if (spec.presence == Presence::required && held_attribute(node, spec.name) == nullptr) {
      return wrong(node, spec.name, "a value", "nothing");
    }
  }
  return success();
}

std::int64_t integer_attribute(const Node& node, std::string_view name) {
  const AttributeSpec& spec = spec_of(node, name);
  const Attribute* held = held_attribute(node, name);
  if (spec.kind == AttributeKind::flag) {
    return (held == nullptr ? spec.usual != 0 : std::get<bool>(*held)) ? 1 : 0;
  }
  if (held == nullptr) return truncate<std::int64_t>(spec.usual);
  return std::get<std::int64_t>(*held);
}

double real_attribute(const Node& node, std::string_view name) {
  const AttributeSpec& spec = spec_of(node, name);
  const Attribute* held = held_attribute(node, name);
  return held == nullptr ? spec.usual : std::get<double>(typed(spec, *held));
}

std::string text_attribute(const Node& node, std::string_view name) {
  const Attribute* held = held_attribute(node, name);
  return held == nullptr ? std::string(spec_of(node, name).usual_text)
                         : std::get<std::string>(*held);
}

std::vector<std::string> text_list_attribute(const Node& node, std::string_view name) {
  const Attribute* held = held_attribute(node, name);
  return held == nullptr ? std::vector<std::string>{} : std::get<std::vector<std::string>>(*held);
}

std::vector<double> real_list_attribute(const Node& node, std::string_view name) {
  const Attribute* held = held_attribute(node, name);
  if (held == nullptr) return {};
  return std::get<std::vector<double>>(typed(spec_of(node, name), *held));
}

Node without_defaults(const Node& node) {
  Node out = node;
  out.attributes.clear();
  for (const auto& [name, value] : node.attributes) {
    const AttributeSpec& spec = spec_of(node, name);
    Attribute own = typed(spec, value);
    if (!equals_default(spec, own)) out.attributes.emplace(name, std::move(own));
  }
  return out;
}

}  // namespace ars::model
