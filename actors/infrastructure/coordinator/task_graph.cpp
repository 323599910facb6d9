#include "actors/infrastructure/coordinator/task_graph.hpp"

namespace ars::actors {

std::vector<events::TaskNode> road_of(std::string_view arm) {
  if (arm == "first_training") {
    return {{"train", "trainer", {}}, {"deploy", "autoperf.promote", {"train"}}};
  }
  if (arm == "autoperf") return {{"set", "autoperf.window", {}}};
  std::vector<events::TaskNode> nodes = {{"propose", std::string(arm) + ".propose", {}},
                                         {"check", "gate.static", {"propose"}}};
  if (arm == "composition") {
    nodes.push_back({"shadow", "autoperf.shadow", {"check"}});
    nodes.push_back({"canary", "autoperf.canary", {"shadow"}});
  } else {
    nodes.push_back({"train", "trainer.pairs", {"check"}});
    nodes.push_back({"evidence", "gate.offline", {"train"}});
    nodes.push_back({"off_policy", "gate.off_policy", {"evidence"}});
    nodes.push_back({"canary", "autoperf.canary", {"off_policy"}});
  }
  nodes.push_back({"verdict", "gate.verdict", {"canary"}});
  return nodes;
}

events::TaskNodeChanged node_changed(std::uint64_t graph, std::string node, events::TaskState state,
                                     std::string sentence) {
  return {graph, std::move(node), state, std::move(sentence)};
}

}  // namespace ars::actors
