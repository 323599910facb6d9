// What the coordinator does next: the loop it feeds, and the road of a change as a task graph.
#pragma once

#include "events/codec/fields.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ars::events {

// Fact of the coordinator: which loop to feed next, and the draws that chose it.
struct StepChosen {
  std::string arm;
  std::uint64_t variant = 0;  // the number that a proposal of this step takes
  std::vector<std::string> arms;
  std::vector<double> draws;
  std::string reason;
  std::uint64_t interactions = 0;
  static constexpr std::uint32_t type_id = 423;
  static constexpr std::string_view name = "ars.step.chosen";
  static constexpr auto fields = std::tuple{
      field(0, "arm", &StepChosen::arm),       field(1, "variant", &StepChosen::variant),
      field(2, "arms", &StepChosen::arms),     field(3, "draws", &StepChosen::draws),
      field(4, "reason", &StepChosen::reason), field(5, "interactions", &StepChosen::interactions)};
  friend bool operator==(const StepChosen&, const StepChosen&) = default;
};

// Fact of the coordinator: a task graph as data.
struct TaskNode {
  std::string id;
  std::string run;
  std::vector<std::string> after;
  static constexpr auto fields =
      std::tuple{field(0, "id", &TaskNode::id), field(1, "run", &TaskNode::run),
                 field(2, "after", &TaskNode::after)};
  friend bool operator==(const TaskNode&, const TaskNode&) = default;
};

struct TaskGraphStarted {
  std::uint64_t graph = 0;
  std::string goal;
  std::uint64_t variant = 0;
  std::vector<TaskNode> nodes;
  static constexpr std::uint32_t type_id = 424;
  static constexpr std::string_view name = "ars.task_graph.started";
  static constexpr auto fields = std::tuple{
      field(0, "graph", &TaskGraphStarted::graph), field(1, "goal", &TaskGraphStarted::goal),
      field(2, "variant", &TaskGraphStarted::variant), field(3, "nodes", &TaskGraphStarted::nodes)};
  friend bool operator==(const TaskGraphStarted&, const TaskGraphStarted&) = default;
};

enum class TaskState : std::uint8_t {
  pending = 0,
  ready = 1,
  running = 2,
  succeeded = 3,
  failed = 4,
  skipped = 5,
  waiting = 6
};

struct TaskNodeChanged {
  std::uint64_t graph = 0;
  std::string node;
  TaskState state;
  std::string sentence;
  static constexpr std::uint32_t type_id = 425;
  static constexpr std::string_view name = "ars.task_node.changed";
  static constexpr auto fields = std::tuple{
      field(0, "graph", &TaskNodeChanged::graph), field(1, "node", &TaskNodeChanged::node),
      field(2, "state", &TaskNodeChanged::state), field(3, "sentence", &TaskNodeChanged::sentence)};
  friend bool operator==(const TaskNodeChanged&, const TaskNodeChanged&) = default;
};

}  // namespace ars::events
