// Says whether a program is meaningful before anything is allocated: names resolve, nothing is
// circular, every block gets the shapes it wants. Dimensions are numbers or the symbols B (rows)
// and T (sequence positions). Pure functions and values, any thread.
#pragma once

#include "events/base/result.hpp"
#include "model/ir/columns.hpp"
#include "model/ir/graph.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ars::model {

struct Dimension {
  char symbol = 0;  // 'B', 'T', or 0: a number
  std::int64_t size = 0;
  friend bool operator==(const Dimension&, const Dimension&) = default;
};

using Shape = std::vector<Dimension>;

std::string to_string(const Shape& shape);  // (B, T, 16)

// What a value depends on: the request's sequence alone, or the row as well. Request values are
// computed once per request and spread over its rows.
enum class Level : std::uint8_t { request, row };

struct CheckedNode {
  Node node;
  std::vector<std::size_t> inputs;  // positions in CheckedGraph::nodes, all before this one
  Shape shape;
  Level level = Level::row;
};

// Live nodes in an order in which inputs come first; the last one is the output.
struct CheckedGraph {
  std::vector<CheckedNode> nodes;
  Optimizer optimizer;
  Schedule schedule;
};

// Positions of the nodes that the output needs, inputs first; ties in the order of the document.
// Errc::invalid: unknown or repeated ids, a cycle, no such output, a block used wrongly.
Result<std::vector<std::size_t>> live_order(const Graph& graph);

// Errc::invalid: whatever live_order refuses, a column that does not exist, a shape that does not
// fit, an unknown loss, optimizer or schedule. The context names node, place, expected and found.
Result<CheckedGraph> infer_shapes(const Graph& graph, const Columns& columns);

}  // namespace ars::model
