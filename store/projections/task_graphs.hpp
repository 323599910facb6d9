// Task graphs of the coordinator and how far each node is. Row keys: g/ graph; n/ graph, node.
// One owner (the store writer), one thread.
#pragma once

#include "store/projections/table.hpp"

namespace ars::store::projections {

struct TaskGraphRow {
  std::uint64_t graph = 0;
  std::string goal;
  std::uint64_t variant = 0;
  std::vector<events::TaskNode> nodes;
  std::uint64_t started_ns = 0;  // log time
  static constexpr std::string_view prefix = "g/";
  static constexpr auto fields =
      std::tuple{events::field(0, "graph", &TaskGraphRow::graph),
                 events::field(1, "goal", &TaskGraphRow::goal),
                 events::field(2, "variant", &TaskGraphRow::variant),
                 events::field(3, "nodes", &TaskGraphRow::nodes),
                 events::field(4, "started_ns", &TaskGraphRow::started_ns)};
  friend bool operator==(const TaskGraphRow&, const TaskGraphRow&) = default;
};

struct TaskNodeRow {
  std::uint64_t graph = 0;
  std::string node;
  events::TaskState state = events::TaskState::pending;
  std::string sentence;
  std::uint64_t changes = 0;
  std::uint64_t changed_ns = 0;  // log time
  static constexpr std::string_view prefix = "n/";
  static constexpr auto fields =
      std::tuple{events::field(0, "graph", &TaskNodeRow::graph),
                 events::field(1, "node", &TaskNodeRow::node),
                 events::field(2, "state", &TaskNodeRow::state),
                 events::field(3, "sentence", &TaskNodeRow::sentence),
                 events::field(4, "changes", &TaskNodeRow::changes),
                 events::field(5, "changed_ns", &TaskNodeRow::changed_ns)};
  friend bool operator==(const TaskNodeRow&, const TaskNodeRow&) = default;
};

class TaskGraphs final : public TableProjection<TaskGraphs, TaskGraphRow, TaskNodeRow> {
 public:
  static constexpr std::string_view title = "task_graphs";

  static std::string node_key(std::uint64_t graph, std::string_view node) {
    return key_of(graph).append(node);
  }

  void apply(const events::Event& event, const Pointer&) override {
    if (!is_fact(event)) return;
    const auto now = event.header.log_time_ns;
    if (const auto* started = event.as<events::TaskGraphStarted>()) {
      table<TaskGraphRow>().touch(key_of(started->graph)) = {started->graph, started->goal,
                                                             started->variant, started->nodes, now};
    } else if (const auto* changed = event.as<events::TaskNodeChanged>()) {
      auto& row = table<TaskNodeRow>().touch(node_key(changed->graph, changed->node));
      row.changes += 1;
      if (now < row.changed_ns) return;
      row.graph = changed->graph;
      row.node = changed->node;
      row.state = changed->state;
      row.sentence = changed->sentence;
      row.changed_ns = now;
    }
  }
};

}  // namespace ars::store::projections
