#include "model/ir/canonical.hpp"

#include "events/base/check.hpp"
#include "events/base/hash.hpp"
#include "model/ir/block.hpp"
#include "model/ir/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace ars::model {

namespace {

constexpr int refinement_rounds = 8;

using Colour = Bytes32;

// A live node with positions instead of names.
struct Live {
  Node node;
  std::vector<std::size_t> inputs;
  std::string table;
  bool commutative = false;
};

struct Work {
  std::vector<Live> nodes;  // inputs first
  std::size_t output = 0;
  std::vector<Colour> colours;
};

Result<Work> live_nodes(const Graph& graph) {
  ARS_TRY(const auto order, live_order(graph));
  Work work;
  std::map<std::string, std::size_t> placed;
  for (const std::size_t index : order) {
    Live live{without_defaults(graph.nodes[index]), {}, {}, false};
    live.commutative = find_block(live.node.op)->commutative;
    for (const auto& input : live.node.inputs)
      live.inputs.push_back(placed.at(input));
    if (const auto it = live.node.attributes.find("table"); it != live.node.attributes.end()) {
      live.table = std::get<std::string>(it->second);
      live.node.attributes.erase(it);
    }
    placed.emplace(live.node.id, work.nodes.size());
    work.nodes.push_back(std::move(live));
  }
  work.output = work.nodes.size() - 1;
  return work;
}

// Operation and attributes as text, without names.
std::string signature(const Node& node) {
  Graph one;
  one.nodes.push_back(node);
  one.nodes[0].id.clear();
  one.nodes[0].inputs.clear();
  return print_graph(one);
}

std::vector<Colour> input_colours(const Work& work, const Live& live) {
  std::vector<Colour> out;
  for (const auto input : live.inputs)
    out.push_back(work.colours[input]);
  if (live.commutative) std::sort(out.begin(), out.end());
  return out;
}

// First colours: what is computed, from the inputs up.
void colour_by_inputs(Work& work) {
  work.colours.resize(work.nodes.size());
  for (std::size_t i = 0; i < work.nodes.size(); ++i) {
    Sha256 hash;
    hash.update(signature(work.nodes[i].node));
    for (const Colour& colour : input_colours(work, work.nodes[i]))
      hash.update(colour);
    work.colours[i] = hash.digest();
  }
}

// One round of Weisfeiler-Lehman: inputs, users and companions at a shared table join the colour.
void refine(Work& work) {
  std::vector<std::vector<Colour>> users(work.nodes.size());
  std::map<std::string, std::vector<Colour>> tables;
  for (std::size_t i = 0; i < work.nodes.size(); ++i) {
    const Live& live = work.nodes[i];
    for (std::size_t k = 0; k < live.inputs.size(); ++k) {
      Sha256 hash;
      hash.update(work.colours[i]).update_u64(live.commutative ? 0 : k);
      users[live.inputs[k]].push_back(hash.digest());
    }
    if (!live.table.empty()) tables[live.table].push_back(work.colours[i]);
  }
  for (auto& [name, colours] : tables)
    std::sort(colours.begin(), colours.end());
  std::vector<Colour> next(work.nodes.size());
  for (std::size_t i = 0; i < work.nodes.size(); ++i) {
    const Live& live = work.nodes[i];
    std::sort(users[i].begin(), users[i].end());
    Sha256 hash;
    hash.update(work.colours[i]);
    for (const Colour& colour : input_colours(work, live))
      hash.update(colour);
    hash.update_u64(users[i].size());
    for (const Colour& colour : users[i])
      hash.update(colour);
    if (!live.table.empty() && tables[live.table].size() > 1) {
      for (const Colour& colour : tables[live.table])
        hash.update(colour);
    }
    next[i] = hash.digest();
  }
  work.colours = std::move(next);
}

// Inputs of a node as final positions; sorted where their order means nothing.
std::vector<std::size_t> placed_inputs(const Live& live, const std::vector<std::size_t>& place) {
  std::vector<std::size_t> out;
  for (const auto input : live.inputs)
    out.push_back(place[input]);
  if (live.commutative) std::sort(out.begin(), out.end());
  return out;
}

// Inputs first; among ready nodes the smallest colour, then the earliest placed inputs.
std::vector<std::size_t> canonical_order(const Work& work, std::vector<std::size_t>& place) {
  const auto unplaced = work.nodes.size();
  place.assign(work.nodes.size(), unplaced);
  std::vector<std::size_t> order;
  while (order.size() < work.nodes.size()) {
    std::size_t best = unplaced;
    std::pair<Colour, std::vector<std::size_t>> best_key;
    for (std::size_t i = 0; i < work.nodes.size(); ++i) {
      const Live& live = work.nodes[i];
      const bool ready = std::all_of(live.inputs.begin(), live.inputs.end(),
                                     [&](std::size_t input) { return place[input] != unplaced; });
      if (place[i] != unplaced || !ready) continue;
      std::pair key{work.colours[i], placed_inputs(live, place)};
      if (best == unplaced || key < best_key) {
        best = i;
        best_key = std::move(key);
      }
    }
    ARS_CHECK(best != unplaced, "an acyclic graph always has a ready node");
    place[best] = order.size();
    order.push_back(best);
  }
  return order;
}

}  // namespace

Result<Graph> canonicalise(const Graph& graph) {
  ARS_TRY(Work work, live_nodes(graph));
  colour_by_inputs(work);
  for (int round = 0; round < refinement_rounds; ++round)
    refine(work);
  std::vector<std::size_t> place;
  const auto order = canonical_order(work, place);

  std::map<std::string, std::size_t> uses;
  for (const Live& live : work.nodes)
    ++uses[live.table];
  std::map<std::string, std::string> tables;
  Graph out{
      {}, fmt::format("n{}", place[work.output]), graph.loss, graph.optimizer, graph.schedule};
  for (const auto index : order) {
    const Live& live = work.nodes[index];
    Node node = live.node;
    node.id = fmt::format("n{}", place[index]);
    node.inputs.clear();
    for (const auto input : placed_inputs(live, place)) {
      node.inputs.push_back(fmt::format("n{}", input));
    }
    if (!live.table.empty() && uses[live.table] > 1) {
      const auto [it, added] = tables.emplace(live.table, fmt::format("t{}", tables.size()));
      node.attributes["table"] = it->second;
    }
    out.nodes.push_back(std::move(node));
  }
  return out;
}

Result<std::string> canonical_json(const Graph& graph) {
  ARS_TRY(const Graph canonical, canonicalise(graph));
  return print_graph(canonical);
}

Result<Bytes32> genome_of(const Graph& graph) {
  ARS_TRY(const std::string text, canonical_json(graph));
  return sha256("agenticrs-ir-1\n" + text);
}

}  // namespace ars::model
