#include "model/ir/cost.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/ir/block.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

#include <set>

namespace ars::model {

namespace {

std::uint64_t elements(const Shape& shape, const Columns& columns) {
  std::uint64_t out = 1;
  for (const Dimension& dimension : shape) {
    if (dimension.symbol == 'T') out *= columns.sequence_length;
    if (dimension.symbol == 0) out *= narrow<std::uint64_t>(dimension.size);
  }
  return out;
}

std::uint64_t width(const Shape& shape) { return narrow<std::uint64_t>(shape.back().size); }

std::uint64_t vocabularies(const Node& node, const Columns& columns) {
  std::uint64_t out = 0;
  for (const auto& name : text_list_attribute(node, "columns")) {
    out += columns.ids[*find_column(columns.ids, name)].vocabulary;
  }
  return out;
}

struct NodeCost {
  std::uint64_t dense_parameters = 0;
  std::uint64_t table_parameters = 0;
  double flops = 0;
};

NodeCost projection(std::uint64_t in, std::uint64_t out, std::uint64_t rows, std::uint64_t biases) {
  return {in * out + biases, 0, to_double(2 * in * out * rows)};
}

NodeCost attention_cost(const Shape& in, const Columns& columns) {
  const auto n = width(in);
  const auto t = std::uint64_t{columns.sequence_length};
  NodeCost out = projection(n, 4 * n, t, 4 * n);
  out.flops += to_double(4 * t * t * n + 5 * t * t);
  return out;
}

NodeCost node_cost(const CheckedGraph& graph, const CheckedNode& at, const Columns& columns) {
  const auto& op = at.node.op;
  const auto size = elements(at.shape, columns);
  const auto in = [&](std::size_t i) -> const Shape& { return graph.nodes[at.inputs[i]].shape; };
  if (op == "embedding") return {0, vocabularies(at.node, columns) * width(at.shape), 0};
  if (op == "sequence_embedding") {
    return {0, columns.sequence_vocabulary * width(at.shape), 0};
  }
  if (op == "linear") {
    const auto names = text_list_attribute(at.node, "columns").size();
    return {0, vocabularies(at.node, columns), to_double(names)};
  }
  if (op == "fc") {
    const bool bias = integer_attribute(at.node, "bias") != 0;
    return projection(width(in(0)), width(at.shape), size / width(at.shape),
                      bias ? width(at.shape) : 0);
  }
  if (op == "cross") return projection(width(at.shape), width(at.shape), 1, width(at.shape));
  if (op == "sdpa") return attention_cost(in(0), columns);
  if (op == "layer_norm") return {2 * width(at.shape), 0, to_double(8 * size)};
  if (op == "position") {
    return {columns.sequence_length * width(at.shape), 0, to_double(size)};
  }
  if (op == "sigmoid") return {integer_attribute(at.node, "bias") != 0 ? 1u : 0u, 0, 4};
  if (op == "fm") return {0, 0, to_double(4 * elements(in(0), columns))};
  if (op == "dot") return {0, 0, to_double(2 * elements(in(0), columns))};
  if (op == "last" || op == "concat" || op == "dropout") return {};
  if (op == "mean_pool") return {0, 0, to_double(elements(in(0), columns))};
  return {0, 0, to_double(size * std::max<std::uint64_t>(1, at.inputs.size()))};
}

}  // namespace

Cost cost_of(const CheckedGraph& graph, const Columns& columns) {
  Cost out;
  std::set<std::string> shared;
  for (const CheckedNode& at : graph.nodes) {
    NodeCost cost = node_cost(graph, at, columns);
    const bool table = at.node.op == "embedding" || at.node.op == "sequence_embedding";
    const auto name = table ? text_attribute(at.node, "table") : std::string();
    if (!name.empty() && !shared.insert(name).second) cost.table_parameters = 0;
    out.dense_parameters += cost.dense_parameters;
    out.parameters += cost.dense_parameters + cost.table_parameters;
    (at.level == Level::row ? out.flops_per_row : out.flops_per_request) += cost.flops;
    out.activation_bytes_per_row += 4 * to_double(elements(at.shape, columns));
  }
  return out;
}

Result<void> check_caps(const Cost& cost) {
  const auto over = [](std::string_view what, double value, double cap) {
    return fail(Errc::invalid, fmt::format("{} {} is above the cap of {}", what, value, cap));
  };
  if (cost.parameters > limits::parameters_max) {
    return over("parameters", to_double(cost.parameters), to_double(limits::parameters_max));
  }
  const double flops = cost.flops_per_row + cost.flops_per_request;
  if (flops > limits::flops_per_row_max) {
    return over("operations per row", flops, limits::flops_per_row_max);
  }
  if (cost.activation_bytes_per_row > limits::activation_bytes_per_row_max) {
    return over("activation bytes per row", cost.activation_bytes_per_row,
                limits::activation_bytes_per_row_max);
  }
  return success();
}

double training_cost(const Cost& cost, std::uint64_t rows, std::uint32_t epochs) {
  return 3 * (cost.flops_per_row + cost.flops_per_request) * to_double(rows) * to_double(epochs);
}

}  // namespace ars::model
