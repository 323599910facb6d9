// The canonical form of a program and its genome. Node names, key order, blanks, the order of
// nodes, of commutative inputs, dead nodes, table names and attributes equal to their defaults do
// not change it; every effective attribute does. Pure functions, any thread.
#pragma once

#include "events/base/id.hpp"
#include "events/base/result.hpp"
#include "model/ir/graph.hpp"

#include <string>

namespace ars::model {

// Live nodes in canonical order, named n0, n1, …; shared tables t0, t1, …
// Errc::invalid as live_order.
Result<Graph> canonicalise(const Graph& graph);

// print_graph(canonicalise(graph)).
Result<std::string> canonical_json(const Graph& graph);

// SHA-256 over the IR version and the canonical JSON.
Result<Bytes32> genome_of(const Graph& graph);

}  // namespace ars::model
