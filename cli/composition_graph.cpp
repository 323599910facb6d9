#include "cli/composition_graph.hpp"

#include "actors/registry.hpp"
#include "cli/json_object.hpp"
#include "events/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ars::cli {
namespace {

std::string type_name(std::uint32_t type_id) {
  const auto info = events::type_info(type_id);
  return info.has_value() ? std::string(info->name) : std::to_string(type_id);
}

const actors::Registration* registration_of(const std::string& kind) {
  for (const auto& each : actors::registrations()) {
    if (each.kind.name == kind) return &each;
  }
  return nullptr;
}

const events::AgentEntry* find(const events::Composition& composition, const std::string& agent) {
  for (const auto& entry : composition.agents) {
    if (entry.agent == agent) return &entry;
  }
  return nullptr;
}

std::string dot_node(const events::AgentEntry& entry, std::string_view style) {
  return fmt::format("  {} [label={}{}];\n", json_text(std::string_view(entry.agent)),
                     json_text(std::string_view(entry.agent + " : " + entry.kind)), style);
}

std::string dot_edges(const std::vector<GraphEdge>& edges, std::string_view style) {
  // One arrow a pair, labelled with all its events.
  std::map<std::pair<std::string, std::string>, std::string> arrows;
  for (const auto& edge : edges) {
    auto& label = arrows[{edge.from, edge.to}];
    label += (label.empty() ? "" : "\\n") + edge.event;
  }
  std::string out;
  for (const auto& [ends, label] : arrows) {
    out += fmt::format("  {} -> {} [label=\"{}\"{}];\n", json_text(std::string_view(ends.first)),
                       json_text(std::string_view(ends.second)), label, style);
  }
  return out;
}

constexpr std::string_view dot_head = "digraph composition {\n  rankdir=LR;\n  node [shape=box];\n";

}  // namespace

std::vector<GraphEdge> edges_of(const events::Composition& composition) {
  std::vector<GraphEdge> out;
  for (const auto& reader : composition.agents) {
    for (const auto type : reader.reads) {
      for (const auto& emitter : composition.agents) {
        const auto* known = registration_of(emitter.kind);
        if (known == nullptr) continue;
        const auto& emits = known->spec.emits;
        if (std::find(emits.begin(), emits.end(), type) == emits.end()) continue;
        out.push_back({emitter.agent, reader.agent, type_name(type)});
      }
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string graph_text(const events::Composition& composition) {
  auto out =
      fmt::format("composition {}: {} agents", composition.version, composition.agents.size());
  for (const auto& entry : composition.agents) {
    out += fmt::format("\n{:<24} {}{}", entry.agent, entry.kind,
                       entry.source.empty() ? "" : " (" + entry.source + ")");
    std::string reads;
    for (const auto type : entry.reads)
      reads += (reads.empty() ? "" : ", ") + type_name(type);
    if (!reads.empty()) out += "\n    reads " + reads;
    if (const auto* known = registration_of(entry.kind);
        known != nullptr && !known->spec.emits.empty()) {
      std::string emits;
      for (const auto type : known->spec.emits)
        emits += (emits.empty() ? "" : ", ") + type_name(type);
      out += "\n    emits " + emits;
    }
  }
  return out;
}

std::string graph_json(const events::Composition& composition) {
  std::vector<JsonObject> agents;
  for (const auto& entry : composition.agents) {
    std::vector<std::string> reads;
    for (const auto type : entry.reads)
      reads.push_back(json_text(std::string_view(type_name(type))));
    JsonObject agent;
    agent.add("agent", entry.agent).add("kind", entry.kind).add("source", entry.source);
    agents.push_back(agent.add_raw("reads", json_list(reads)));
  }
  std::vector<JsonObject> edges;
  for (const auto& edge : edges_of(composition)) {
    JsonObject each;
    edges.push_back(each.add("from", edge.from).add("to", edge.to).add("event", edge.event));
  }
  JsonObject out;
  return out.add("version", composition.version).add("agents", agents).add("edges", edges).text();
}

std::string graph_dot(const events::Composition& composition) {
  std::string out(dot_head);
  for (const auto& entry : composition.agents)
    out += dot_node(entry, "");
  return out + dot_edges(edges_of(composition), "") + "}";
}

GraphDifference graph_difference(const events::Composition& from, const events::Composition& to) {
  GraphDifference out;
  for (const auto& entry : to.agents) {
    const auto* before = find(from, entry.agent);
    if (before == nullptr) {
      out.added.push_back(entry.agent);
    } else if (*before != entry) {
      out.changed.push_back(entry.agent);
    }
  }
  for (const auto& entry : from.agents) {
    if (find(to, entry.agent) == nullptr) out.removed.push_back(entry.agent);
  }
  return out;
}

std::string difference_dot(const events::Composition& from, const events::Composition& to) {
  constexpr std::string_view came = ", color=green, penwidth=2";
  constexpr std::string_view went = ", color=red, style=dashed";
  std::string out(dot_head);
  for (const auto& entry : to.agents)
    out += dot_node(entry, find(from, entry.agent) != nullptr ? "" : came);
  for (const auto& entry : from.agents) {
    if (find(to, entry.agent) == nullptr) out += dot_node(entry, went);
  }
  const auto before = edges_of(from);
  const auto after = edges_of(to);
  std::vector<GraphEdge> kept;
  std::vector<GraphEdge> added;
  std::vector<GraphEdge> removed;
  std::set_intersection(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(kept));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(added));
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(removed));
  return out + dot_edges(kept, "") + dot_edges(added, came) + dot_edges(removed, went) + "}";
}

}  // namespace ars::cli
