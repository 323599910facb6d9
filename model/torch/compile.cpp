#include "model/torch/compile.hpp"

#include "events/base/hash.hpp"
#include "events/base/narrow.hpp"
#include "model/ir/block.hpp"
#include "model/ir/canonical.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>

namespace ars::model {

namespace {

class Compiler {
 public:
  explicit Compiler(Plan& plan) : plan_(plan) {}

  void add(const CheckedNode& at) {
    StepPlan step{plan_.parameters.size(), 0};
    const auto& op = at.node.op;
    if (op == "embedding" || op == "linear") step.source = add_columns(at);
    if (op == "sequence_embedding") step.source = add_sequence(at);
    if (op == "dense") step.source = add_dense(at);
    add_parameters(at, width_of_input(at));
    plan_.steps.push_back(step);
  }

  Bytes32 columns_hash() const {
    Sha256 hash;
    for (const auto& line : read_)
      hash.update(line).update("\n");
    return hash.digest();
  }

 private:
  std::int64_t width_of_input(const CheckedNode& at) const {
    return at.inputs.empty() ? 0 : plan_.graph.nodes[at.inputs[0]].shape.back().size;
  }

  // What the block says of itself, without names and inputs.
  std::string path_of(const Node& node) {
    std::string path = node.op + "{";
    for (const auto& [name, value] : node.attributes) {
      if (const auto* held = std::get_if<bool>(&value)) path += fmt::format("{}={};", name, *held);
      if (const auto* held = std::get_if<std::int64_t>(&value)) {
        path += fmt::format("{}={};", name, *held);
      }
      if (const auto* held = std::get_if<std::string>(&value)) {
        path += fmt::format("{}={};", name, *held);
      }
    }
    path += "}";
    return fmt::format("{}#{}", path, count_[path]++);
  }

  std::size_t add_table(TablePlan table, const std::string& shared) {
    if (!shared.empty()) {
      const auto [it, added] = shared_.emplace(shared, plan_.tables.size());
      if (!added) return it->second;
      table.path = "table/" + shared;
    } else {
      table.path = fmt::format("{}#{}", table.path, count_[table.path]++);
    }
    plan_.tables.push_back(std::move(table));
    return plan_.tables.size() - 1;
  }

  std::size_t add_columns(const CheckedNode& at) {
    const bool linear = at.node.op == "linear";
    GatherPlan gather;
    gather.dim = linear ? 1 : narrow<std::uint32_t>(integer_attribute(at.node, "dim"));
    const double scale = linear ? 0 : real_attribute(at.node, "init_scale");
    const auto shared = linear ? std::string() : text_attribute(at.node, "table");
    for (const auto& name : text_list_attribute(at.node, "columns")) {
      const auto column = *find_column(plan_.columns.ids, name);
      gather.columns.push_back(column);
      gather.tables.push_back(add_table({fmt::format("{}/{}", at.node.op, name),
                                         plan_.columns.ids[column].vocabulary, gather.dim, scale},
                                        shared));
      read_.insert(fmt::format("id {} {}", name, plan_.columns.ids[column].vocabulary));
    }
    plan_.gathers.push_back(std::move(gather));
    return plan_.gathers.size() - 1;
  }

  std::size_t add_sequence(const CheckedNode& at) {
    const auto dim = narrow<std::uint32_t>(integer_attribute(at.node, "dim"));
    const auto table = add_table(
        {"sequence", plan_.columns.sequence_vocabulary, dim, real_attribute(at.node, "init_scale")},
        text_attribute(at.node, "table"));
    plan_.gathers.push_back({GatherPlan::Source::sequence, {}, {table}, dim});
    plan_.reads_sequence = true;
    read_.insert(fmt::format("sequence {} {}", plan_.columns.sequence_vocabulary,
                             plan_.columns.sequence_length));
    return plan_.gathers.size() - 1;
  }

  std::size_t add_dense(const CheckedNode& at) {
    DensePlan dense;
    for (const auto& name : text_list_attribute(at.node, "columns")) {
      dense.columns.push_back(*find_column(plan_.columns.dense, name));
      read_.insert(fmt::format("dense {}", name));
    }
    if (text_attribute(at.node, "transform") == "symlog") {
      dense.transform = DensePlan::Transform::symlog;
    }
    dense.mean = real_list_attribute(at.node, "mean");
    dense.scale = real_list_attribute(at.node, "scale");
    dense.mean.resize(dense.columns.size(), 0);
    dense.scale.resize(dense.columns.size(), 1);
    dense.clip = real_attribute(at.node, "clip");
    plan_.dense.push_back(std::move(dense));
    return plan_.dense.size() - 1;
  }

  void parameter(const std::string& block, const std::string& name, std::vector<std::int64_t> shape,
                 Init init, double scale = 0) {
    plan_.parameters.push_back({block + "/" + name, std::move(shape), init, scale});
  }

  void projection(const std::string& block, const std::string& name, std::int64_t in,
                  std::int64_t out, double gain) {
    const double bound = gain * std::sqrt(6.0 / to_double(in + out));
    parameter(block, name, {out, in}, Init::uniform, bound);
  }

  void add_parameters(const CheckedNode& at, std::int64_t in) {
    const auto& op = at.node.op;
    if (op == "fc") {
      const auto block = path_of(at.node);
      const auto units = at.shape.back().size;
      const auto activation = text_attribute(at.node, "activation");
      // A head starts near zero, so that the first predictions are those of its bias.
      const double gain = activation == "relu"                 ? std::sqrt(2.0)
                          : activation == "none" && units == 1 ? 0.1
                                                               : 1.0;
      projection(block, "weight", in, units, gain);
      if (integer_attribute(at.node, "bias") != 0) parameter(block, "bias", {units}, Init::zero);
    } else if (op == "cross") {
      const auto block = path_of(at.node);
      projection(block, "weight", in, in, 0.1);
      parameter(block, "bias", {in}, Init::zero);
    } else if (op == "sdpa") {
      const auto block = path_of(at.node);
      for (const char* name : {"query", "key", "value", "out"}) {
        projection(block, name, in, in, 1);
        parameter(block, std::string(name) + "_bias", {in}, Init::zero);
      }
    } else if (op == "layer_norm") {
      const auto block = path_of(at.node);
      parameter(block, "weight", {in}, Init::one);
      parameter(block, "bias", {in}, Init::zero);
    } else if (op == "position") {
      parameter(path_of(at.node), "weight", {plan_.columns.sequence_length, in}, Init::normal,
                real_attribute(at.node, "init_scale"));
    } else if (op == "sigmoid" && integer_attribute(at.node, "bias") != 0) {
      parameter(path_of(at.node), "bias", {1}, Init::zero);
    }
  }

  Plan& plan_;
  std::map<std::string, std::size_t> count_;
  std::map<std::string, std::size_t> shared_;
  std::set<std::string> read_;
};

}  // namespace

Result<Plan> compile(const std::string& architecture, const Columns& columns) {
  ARS_TRY(const Graph graph, parse_graph(architecture));
  ARS_TRY(const Graph canonical, canonicalise(graph));
  Plan plan;
  plan.columns = columns;
  ARS_TRY(plan.graph, infer_shapes(canonical, columns));
  ARS_TRY(plan.genome, genome_of(canonical));
  plan.cost = cost_of(plan.graph, columns);
  ARS_TRY(check_caps(plan.cost));
  Compiler compiler(plan);
  for (const CheckedNode& node : plan.graph.nodes)
    compiler.add(node);
  plan.columns_hash = compiler.columns_hash();
  return plan;
}

}  // namespace ars::model
