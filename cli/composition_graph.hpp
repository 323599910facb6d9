// The agents of one composition as a graph: who takes what from whom. Edges come from what an agent
// reads and what agents of the other's kind emit. Pure; any thread.
#pragma once

#include "events/composition.hpp"

#include <string>
#include <vector>

namespace ars::cli {

struct GraphEdge {
  std::string from;
  std::string to;
  std::string event;
  friend auto operator<=>(const GraphEdge&, const GraphEdge&) = default;
};

std::vector<GraphEdge> edges_of(const events::Composition& composition);

std::string graph_text(const events::Composition& composition);
std::string graph_json(const events::Composition& composition);
std::string graph_dot(const events::Composition& composition);

// What is different between two compositions, by agent name.
struct GraphDifference {
  std::vector<std::string> added;
  std::vector<std::string> removed;
  std::vector<std::string> changed;  // the same name, wired or made otherwise
};
GraphDifference graph_difference(const events::Composition& from, const events::Composition& to);
// Both graphs in one: what went is red and dashed, what came is green.
std::string difference_dot(const events::Composition& from, const events::Composition& to);

}  // namespace ars::cli
