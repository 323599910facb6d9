#include "model/ir/shape.hpp"

#include "events/base/narrow.hpp"
#include "model/ir/block.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace ars::model {

namespace {

constexpr Dimension batch{'B', 0};
constexpr Dimension steps{'T', 0};
constexpr Dimension number(std::int64_t size) { return {0, size}; }

auto misfit(const Node& node, std::string_view place, std::string_view expected,
            std::string_view found) {
  return fail(Errc::invalid, fmt::format("node '{}' ({}): {}: expected {}, found {}", node.id,
                                         node.op, place, expected, found));
}

struct Context {
  const Node& node;
  const Columns& columns;
  std::vector<const CheckedNode*> inputs;

  const Shape& in(std::size_t i) const { return inputs[i]->shape; }
};

bool is_sequence(const Shape& shape) { return shape.size() == 3 && shape[1] == steps; }
bool is_flat(const Shape& shape) { return shape.size() == 2; }

Result<std::int64_t> known_columns(const Context& at, std::span<const Column> list,
                                   std::string_view kind) {
  const auto names = text_list_attribute(at.node, "columns");
  for (const auto& name : names) {
    if (!find_column(list, name)) {
      return misfit(at.node, "columns", fmt::format("names of {} columns", kind), "'" + name + "'");
    }
  }
  return narrow<std::int64_t>(names.size());
}

Result<Shape> embedding_shape(const Context& at) {
  ARS_TRY(const auto fields, known_columns(at, at.columns.ids, "categorical"));
  return Shape{batch, number(fields), number(integer_attribute(at.node, "dim"))};
}

Result<Shape> sequence_shape(const Context& at) {
  if (at.columns.sequence_length == 0 || at.columns.sequence_vocabulary < 2) {
    return misfit(at.node, "input", "columns with a sequence", "none");
  }
  return Shape{batch, steps, number(integer_attribute(at.node, "dim"))};
}

Result<Shape> linear_shape(const Context& at) {
  ARS_TRY(known_columns(at, at.columns.ids, "categorical"));
  return Shape{batch, number(1)};
}

Result<Shape> dense_shape(const Context& at) {
  ARS_TRY(const auto fields, known_columns(at, at.columns.dense, "dense"));
  for (const char* name : {"mean", "scale"}) {
    const auto given = real_list_attribute(at.node, name).size();
    if (given != 0 && narrow<std::int64_t>(given) != fields) {
      return misfit(at.node, name, fmt::format("{} numbers, one per column", fields),
                    fmt::format("{}", given));
    }
  }
  return Shape{batch, number(fields)};
}

Result<Shape> concat_shape(const Context& at) {
  std::int64_t width = 0;
  for (std::size_t i = 0; i < at.inputs.size(); ++i) {
    std::int64_t size = 1;
    for (std::size_t d = 1; d < at.in(i).size(); ++d) {
      if (at.in(i)[d].symbol != 0) {
        return misfit(at.node, fmt::format("in[{}]", i), "(B, numbers)", to_string(at.in(i)));
      }
      size *= at.in(i)[d].size;
    }
    width += size;
  }
  return Shape{batch, number(width)};
}

Result<Shape> fc_shape(const Context& at) {
  Shape out = at.in(0);
  out.back() = number(integer_attribute(at.node, "units"));
  return out;
}

Result<Shape> fm_shape(const Context& at) {
  const Shape& in = at.in(0);
  if (in.size() != 3 || in[1].symbol != 0) {
    return misfit(at.node, "in[0]", "(B, F, n)", to_string(in));
  }
  return Shape{batch, number(1)};
}

Result<Shape> same_shapes(const Context& at) {
  for (std::size_t i = 1; i < at.inputs.size(); ++i) {
    if (at.in(i) != at.in(0)) {
      return misfit(at.node, fmt::format("in[{}]", i), to_string(at.in(0)), to_string(at.in(i)));
    }
  }
  return at.in(0);
}

Result<Shape> flat_pair_shape(const Context& at) {
  if (!is_flat(at.in(0))) return misfit(at.node, "in[0]", "(B, n)", to_string(at.in(0)));
  return same_shapes(at);
}

Result<Shape> dot_shape(const Context& at) {
  ARS_TRY(flat_pair_shape(at));
  return Shape{batch, number(1)};
}

Result<Shape> sequence_in(const Context& at) {
  for (std::size_t i = 0; i < at.inputs.size(); ++i) {
    if (!is_sequence(at.in(i))) {
      return misfit(at.node, fmt::format("in[{}]", i), "(B, T, n)", to_string(at.in(i)));
    }
  }
  return same_shapes(at);
}

Result<Shape> attention_shape(const Context& at) {
  ARS_TRY(auto shape, sequence_in(at));
  const auto heads = integer_attribute(at.node, "heads");
  if (shape.back().size % heads != 0) {
    return misfit(at.node, "heads", fmt::format("a divisor of {}", shape.back().size),
                  fmt::format("{}", heads));
  }
  return shape;
}

Result<Shape> pooled_shape(const Context& at) {
  ARS_TRY(auto shape, sequence_in(at));
  return Shape{batch, shape.back()};
}

Result<Shape> output_shape(const Context& at) {
  const Shape wanted{batch, number(1)};
  if (at.in(0) != wanted) return misfit(at.node, "in[0]", "(B, 1)", to_string(at.in(0)));
  return wanted;
}

Result<Shape> same_as_input(const Context& at) { return at.in(0); }

using Rule = Result<Shape> (*)(const Context&);

const std::map<std::string, Rule, std::less<>>& rules() {
  static const std::map<std::string, Rule, std::less<>> table = {
      {"embedding", embedding_shape},
      {"sequence_embedding", sequence_shape},
      {"linear", linear_shape},
      {"dense", dense_shape},
      {"concat", concat_shape},
      {"fc", fc_shape},
      {"fm", fm_shape},
      {"cross", flat_pair_shape},
      {"dropout", same_as_input},
      {"dot", dot_shape},
      {"add", same_shapes},
      {"mul", same_shapes},
      {"position", sequence_in},
      {"layer_norm", same_as_input},
      {"sdpa", attention_shape},
      {"last", pooled_shape},
      {"mean_pool", pooled_shape},
      {"sigmoid", output_shape}};
  return table;
}

Level level_of(const Context& at) {
  if (at.inputs.empty()) {
    return at.node.op == "sequence_embedding" ? Level::request : Level::row;
  }
  for (const CheckedNode* input : at.inputs) {
    if (input->level == Level::row) return Level::row;
  }
  return Level::request;
}

Result<void> check_choice(std::string_view what, const std::string& found,
                          const std::set<std::string>& choices) {
  if (choices.contains(found)) return success();
  return fail(Errc::invalid, fmt::format("{}: no such choice '{}'", what, found));
}

Result<void> check_training(const Graph& graph) {
  const std::set<std::string> methods = {"adam", "adagrad", "sgd"};
  ARS_TRY(check_choice("loss", graph.loss, {"bce"}));
  ARS_TRY(check_choice("optimizer.dense", graph.optimizer.dense, methods));
  ARS_TRY(check_choice("optimizer.embedding", graph.optimizer.embedding, methods));
  ARS_TRY(check_choice("schedule.kind", graph.schedule.kind, {"constant", "linear", "cosine"}));
  const auto within_unit = [](double value) { return value >= 0 && value <= 1; };
  if (!within_unit(graph.schedule.warmup_share) || !within_unit(graph.schedule.floor)) {
    return fail(Errc::invalid, "schedule: warmup_share and floor lie in [0, 1]");
  }
  if (!(graph.optimizer.embedding_rate > 0 && graph.optimizer.embedding_rate <= 1000)) {
    return fail(Errc::invalid, "optimizer.embedding_rate: expected a number in (0, 1000]");
  }
  if (!(graph.optimizer.clip_norm >= 0)) {
    return fail(Errc::invalid, "optimizer.clip_norm: expected a number that is not negative");
  }
  return success();
}

// Tables that several nodes share must agree in size.
struct TableSize {
  std::int64_t dim = 0;
  std::uint32_t vocabulary = 0;
  std::string first;  // the node that named it first
  double init_scale = 0;
};

Result<void> check_shared_table(const Context& at, std::map<std::string, TableSize>& tables) {
  if (at.node.op != "embedding" && at.node.op != "sequence_embedding") return success();
  const auto name = text_attribute(at.node, "table");
  if (name.empty()) return success();
  std::uint32_t vocabulary = at.columns.sequence_vocabulary;
  if (at.node.op == "embedding") {
    const auto names = text_list_attribute(at.node, "columns");
    if (names.size() != 1) {
      return misfit(at.node, "columns", "one column, as the table is shared",
                    fmt::format("{}", names.size()));
    }
    vocabulary = at.columns.ids[*find_column(at.columns.ids, names[0])].vocabulary;
  }
  const TableSize mine{integer_attribute(at.node, "dim"), vocabulary, at.node.id,
                       real_attribute(at.node, "init_scale")};
  const auto [it, added] = tables.emplace(name, mine);
  const TableSize& theirs = it->second;
  if (added || (theirs.dim == mine.dim && theirs.vocabulary == mine.vocabulary &&
                theirs.init_scale == mine.init_scale)) {
    return success();
  }
  return misfit(at.node, fmt::format("table '{}'", name),
                fmt::format("{} x {} at init_scale {} as in '{}'", theirs.vocabulary, theirs.dim,
                            theirs.init_scale, theirs.first),
                fmt::format("{} x {} at {}", mine.vocabulary, mine.dim, mine.init_scale));
}

Result<std::map<std::string, std::size_t>> positions(const Graph& graph) {
  std::map<std::string, std::size_t> out;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    ARS_TRY(check_node(graph.nodes[i]));
    if (!out.emplace(graph.nodes[i].id, i).second) {
      return fail(Errc::invalid, fmt::format("node '{}' stands twice", graph.nodes[i].id));
    }
  }
  return out;
}

Result<std::vector<std::size_t>> live_order_of(const Graph& graph,
                                               const std::map<std::string, std::size_t>& position) {
  const auto output = position.find(graph.output);
  if (output == position.end()) {
    return fail(Errc::invalid, fmt::format("output: no node '{}'", graph.output));
  }
  // Depth first with a stack of our own; a node is left when all its inputs are placed.
  enum class Mark : std::uint8_t { fresh, open, placed };
  std::vector<Mark> marks(graph.nodes.size(), Mark::fresh);
  std::vector<std::size_t> order;
  std::vector<std::pair<std::size_t, std::size_t>> stack{{output->second, 0}};
  marks[output->second] = Mark::open;
  while (!stack.empty()) {
    const std::size_t at = stack.back().first;
    const Node& node = graph.nodes[at];
    if (stack.back().second == node.inputs.size()) {
      marks[at] = Mark::placed;
      order.push_back(at);
      stack.pop_back();
      continue;
    }
    const std::string& name = node.inputs[stack.back().second++];
    const auto input = position.find(name);
    if (input == position.end()) return misfit(node, "in", "a node", "'" + name + "'");
    if (marks[input->second] == Mark::open) {
      return misfit(node, "in", "no cycle", "'" + name + "' which depends on it");
    }
    if (marks[input->second] == Mark::placed) continue;
    marks[input->second] = Mark::open;
    stack.emplace_back(input->second, 0);
  }
  return order;
}

}  // namespace

std::string to_string(const Shape& shape) {
  std::string out = "(";
  for (const Dimension& dimension : shape) {
    if (out.size() > 1) out += ", ";
    out += dimension.symbol != 0 ? std::string(1, dimension.symbol)
                                 : fmt::format("{}", dimension.size);
  }
  return out + ")";
}

Result<std::vector<std::size_t>> live_order(const Graph& graph) {
  if (graph.nodes.size() > limits::nodes_max) {
    return fail(Errc::invalid, fmt::format("more than {} nodes", limits::nodes_max));
  }
  ARS_TRY(const auto position, positions(graph));
  return live_order_of(graph, position);
}

Result<CheckedGraph> infer_shapes(const Graph& graph, const Columns& columns) {
  ARS_TRY(check_columns(columns));
  ARS_TRY(check_training(graph));
  ARS_TRY(const auto order, live_order(graph));
  CheckedGraph out{{}, graph.optimizer, graph.schedule};
  std::map<std::string, std::size_t> placed;
  std::map<std::string, TableSize> tables;
  for (const std::size_t index : order) {
    CheckedNode checked{graph.nodes[index], {}, {}, Level::row};
    Context at{graph.nodes[index], columns, {}};
    for (const auto& input : at.node.inputs) {
      checked.inputs.push_back(placed.at(input));
      at.inputs.push_back(&out.nodes[checked.inputs.back()]);
      if (at.inputs.back()->node.op == "sigmoid") {
        return misfit(at.node, "in", "a node before the output", "'" + input + "'");
      }
    }
    ARS_TRY(checked.shape, rules().at(at.node.op)(at));
    ARS_TRY(check_shared_table(at, tables));
    checked.level = level_of(at);
    placed.emplace(at.node.id, out.nodes.size());
    out.nodes.push_back(std::move(checked));
  }
  const Node& output = out.nodes.back().node;
  if (output.op != "sigmoid") return misfit(output, "output", "a sigmoid node", output.op);
  return out;
}

}  // namespace ars::model
