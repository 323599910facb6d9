// An architecture program as data: a typed graph of known blocks with its loss, optimizer and
// learning-rate schedule. Whoever proposes a model writes one; model/torch interprets it. A Graph
// as parsed is only well-formed; model/ir/shape says whether it is meaningful. Values, any thread.
#pragma once

#include "events/base/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ars::model {

using Attribute = std::variant<bool, std::int64_t, double, std::string, std::vector<double>,
                               std::vector<std::string>>;

struct Node {
  std::string id;
  std::string op;                   // a block of model/ir/block
  std::vector<std::string> inputs;  // ids of nodes
  std::map<std::string, Attribute> attributes;
  friend bool operator==(const Node&, const Node&) = default;
};

struct Optimizer {
  std::string dense = "adam";         // adam | adagrad | sgd
  std::string embedding = "adagrad";  // adagrad (one accumulator a row) | adam | sgd
  double embedding_rate = 1;          // learning rate of embedding rows, relative
  double clip_norm = 0;               // 0: gradients are not clipped
  friend bool operator==(const Optimizer&, const Optimizer&) = default;
};

struct Schedule {
  std::string kind = "constant";  // constant | linear | cosine
  double warmup_share = 0;        // of all steps, from 0 up to the rate
  double floor = 0;               // linear, cosine: the last rate, relative
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

struct Graph {
  std::vector<Node> nodes;
  std::string output;        // id of a sigmoid node
  std::string loss = "bce";  // bce
  Optimizer optimizer;
  Schedule schedule;
  friend bool operator==(const Graph&, const Graph&) = default;
};

// Reads {"version":1,"nodes":[{"id","op","in","attrs"}],"output","loss","optimizer","schedule"}.
// Errc::invalid: not JSON, an unknown or repeated key, a wrong type, a limit; the context names the
// place. Blocks and attributes are not looked at here.
Result<Graph> parse_graph(std::string_view text);

// JSON with sorted keys, no blanks and shortest numbers; members equal to their defaults are left
// out. parse_graph(print_graph(g)) == g for every g that parse_graph can give.
std::string print_graph(const Graph& graph);

}  // namespace ars::model
