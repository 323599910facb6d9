#include "model/ir/graph.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

namespace ars::model {

namespace {

using Json = nlohmann::json;

// Refuses what nlohmann would pass over: repeated keys and depth.
class Strict {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > int{limits::program_depth_max}) problem_ = "nested too deeply";
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key &&
        !keys_.back().insert(parsed.get<std::string>()).second) {
      problem_ = fmt::format("key '{}' stands twice", parsed.get<std::string>());
    }
    return true;
  }
  const std::string& problem() const { return problem_; }

 private:
  std::vector<std::set<std::string>> keys_;
  std::string problem_;
};

Result<void> only_keys(const Json& object, const std::string& where,
                       const std::set<std::string>& allowed) {
  if (!object.is_object()) {
    return fail(Errc::invalid,
                fmt::format("{}: expected an object, found {}", where, object.type_name()));
  }
  for (const auto& [key, unused] : object.items()) {
    if (!allowed.contains(key)) {
      return fail(Errc::invalid, fmt::format("{}: unknown key '{}'", where, key));
    }
  }
  return success();
}

Result<std::string> text_of(const Json& value, const std::string& where) {
  if (!value.is_string()) {
    return fail(Errc::invalid,
                fmt::format("{}: expected a string, found {}", where, value.type_name()));
  }
  auto text = value.get<std::string>();
  if (text.size() > limits::identifier_bytes_max) {
    return fail(Errc::invalid,
                fmt::format("{}: longer than {} bytes", where, limits::identifier_bytes_max));
  }
  return text;
}

Result<double> number_of(const Json& value, const std::string& where) {
  if (!value.is_number() || !std::isfinite(value.get<double>())) {
    return fail(Errc::invalid,
                fmt::format("{}: expected a finite number, found {}", where, value.type_name()));
  }
  return value.get<double>();
}

Result<Attribute> list_of(const Json& value, const std::string& where) {
  if (value.size() > limits::attribute_items_max) {
    return fail(Errc::invalid,
                fmt::format("{}: more than {} items", where, limits::attribute_items_max));
  }
  std::vector<double> numbers;
  std::vector<std::string> texts;
  for (const Json& item : value) {
    if (item.is_string() && numbers.empty()) {
      ARS_TRY(auto text, text_of(item, where));
      texts.push_back(std::move(text));
    } else if (item.is_number() && texts.empty()) {
      ARS_TRY(const double number, number_of(item, where));
      numbers.push_back(number);
    } else {
      return fail(Errc::invalid, fmt::format("{}: expected strings or numbers alone", where));
    }
  }
  if (!numbers.empty()) return Attribute(std::move(numbers));
  return Attribute(std::move(texts));
}

Result<Attribute> attribute_of(const Json& value, const std::string& where) {
  if (value.is_boolean()) return Attribute(value.get<bool>());
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > (std::uint64_t{1} << 53)) {
    return fail(Errc::invalid, fmt::format("{}: integer out of range", where));
  }
  if (value.is_number_integer()) return Attribute(value.get<std::int64_t>());
  if (value.is_number()) {
    ARS_TRY(const double number, number_of(value, where));
    return Attribute(number);
  }
  if (value.is_string()) {
    ARS_TRY(auto text, text_of(value, where));
    return Attribute(std::move(text));
  }
  if (value.is_array()) return list_of(value, where);
  return fail(Errc::invalid, fmt::format("{}: a {} is no attribute", where, value.type_name()));
}

Result<Node> node_of(const Json& value, std::size_t index) {
  auto where = fmt::format("nodes[{}]", index);
  ARS_TRY(only_keys(value, where, {"id", "op", "in", "attrs"}));
  Node node;
  for (const char* key : {"id", "op"}) {
    if (!value.contains(key)) return fail(Errc::invalid, fmt::format("{}: no '{}'", where, key));
  }
  ARS_TRY(node.id, text_of(value["id"], where + ".id"));
  ARS_TRY(node.op, text_of(value["op"], where + ".op"));
  where += fmt::format(" '{}'", node.id);
  if (value.contains("in")) {
    const Json& inputs = value["in"];
    if (!inputs.is_array() || inputs.size() > limits::node_inputs_max) {
      return fail(Errc::invalid, fmt::format("{}.in: expected a list of at most {} node ids", where,
                                             limits::node_inputs_max));
    }
    for (const Json& input : inputs) {
      ARS_TRY(auto id, text_of(input, where + ".in"));
      node.inputs.push_back(std::move(id));
    }
  }
  if (value.contains("attrs")) {
    const Json& attributes = value["attrs"];
    if (!attributes.is_object()) {
      return fail(Errc::invalid, fmt::format("{}.attrs: expected an object", where));
    }
    for (const auto& [key, item] : attributes.items()) {
      ARS_TRY(auto attribute, attribute_of(item, fmt::format("{}.attrs.{}", where, key)));
      node.attributes.emplace(key, std::move(attribute));
    }
  }
  return node;
}

// Members with defaults: present ones are read, absent ones keep what they have.
Result<void> read_text(const Json& object, const char* key, std::string& out) {
  if (!object.contains(key)) return success();
  ARS_TRY(out, text_of(object[key], key));
  return success();
}

Result<void> read_number(const Json& object, const char* key, double& out) {
  if (!object.contains(key)) return success();
  ARS_TRY(out, number_of(object[key], key));
  return success();
}

Result<Optimizer> optimizer_of(const Json& value) {
  ARS_TRY(only_keys(value, "optimizer", {"dense", "embedding", "embedding_rate", "clip_norm"}));
  Optimizer out;
  ARS_TRY(read_text(value, "dense", out.dense));
  ARS_TRY(read_text(value, "embedding", out.embedding));
  ARS_TRY(read_number(value, "embedding_rate", out.embedding_rate));
  ARS_TRY(read_number(value, "clip_norm", out.clip_norm));
  return out;
}

Result<Schedule> schedule_of(const Json& value) {
  ARS_TRY(only_keys(value, "schedule", {"kind", "warmup_share", "floor"}));
  Schedule out;
  ARS_TRY(read_text(value, "kind", out.kind));
  ARS_TRY(read_number(value, "warmup_share", out.warmup_share));
  ARS_TRY(read_number(value, "floor", out.floor));
  return out;
}

Json json_of(const Node& node) {
  Json out = {{"id", node.id}, {"op", node.op}};
  if (!node.inputs.empty()) out["in"] = node.inputs;
  for (const auto& [key, value] : node.attributes) {
    std::visit([&, name = key](const auto& held) { out["attrs"][name] = held; }, value);
  }
  return out;
}

template <class T>
void put_unless_default(Json& out, const char* key, const T& value, const T& usual) {
  if (value != usual) out[key] = value;
}

}  // namespace

Result<Graph> parse_graph(std::string_view text) {
  if (text.size() > limits::program_bytes_max) {
    return fail(Errc::invalid,
                fmt::format("program: larger than {} bytes", limits::program_bytes_max));
  }
  Strict strict;
  const Json root = Json::parse(text, std::ref(strict), false);
  if (root.is_discarded()) return fail(Errc::invalid, "program: not JSON");
  if (!strict.problem().empty()) return fail(Errc::invalid, "program: " + strict.problem());
  ARS_TRY(
      only_keys(root, "program", {"version", "nodes", "output", "loss", "optimizer", "schedule"}));
  if (!root.contains("version") || root["version"] != 1) {
    return fail(Errc::invalid, "program.version: expected 1");
  }
  if (!root.contains("nodes") || !root["nodes"].is_array() ||
      root["nodes"].size() > limits::nodes_max) {
    return fail(Errc::invalid,
                fmt::format("program.nodes: expected a list of at most {}", limits::nodes_max));
  }
  Graph graph;
  for (std::size_t i = 0; i < root["nodes"].size(); ++i) {
    ARS_TRY(auto node, node_of(root["nodes"][i], i));
    graph.nodes.push_back(std::move(node));
  }
  if (!root.contains("output")) return fail(Errc::invalid, "program: no 'output'");
  ARS_TRY(read_text(root, "output", graph.output));
  ARS_TRY(read_text(root, "loss", graph.loss));
  if (root.contains("optimizer")) {
    ARS_TRY(graph.optimizer, optimizer_of(root["optimizer"]));
  }
  if (root.contains("schedule")) {
    ARS_TRY(graph.schedule, schedule_of(root["schedule"]));
  }
  return graph;
}

std::string print_graph(const Graph& graph) {
  const Graph usual;
  Json out = {{"version", 1}, {"output", graph.output}, {"nodes", Json::array()}};
  for (const Node& node : graph.nodes)
    out["nodes"].push_back(json_of(node));
  put_unless_default(out, "loss", graph.loss, usual.loss);
  Json optimizer = Json::object();
  put_unless_default(optimizer, "dense", graph.optimizer.dense, usual.optimizer.dense);
  put_unless_default(optimizer, "embedding", graph.optimizer.embedding, usual.optimizer.embedding);
  put_unless_default(optimizer, "embedding_rate", graph.optimizer.embedding_rate,
                     usual.optimizer.embedding_rate);
  put_unless_default(optimizer, "clip_norm", graph.optimizer.clip_norm, usual.optimizer.clip_norm);
  if (!optimizer.empty()) out["optimizer"] = std::move(optimizer);
  Json schedule = Json::object();
  put_unless_default(schedule, "kind", graph.schedule.kind, usual.schedule.kind);
  put_unless_default(schedule, "warmup_share", graph.schedule.warmup_share,
                     usual.schedule.warmup_share);
  put_unless_default(schedule, "floor", graph.schedule.floor, usual.schedule.floor);
  if (!schedule.empty()) out["schedule"] = std::move(schedule);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ars::model
