#include "model/ir/zoo.hpp"

#include "events/base/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ars::model::zoo {

namespace {

using Attributes = std::map<std::string, Attribute>;

// Adds nodes and gives their names back, so that programs read like formulas.
class Builder {
 public:
  std::string add(const std::string& op, std::vector<std::string> inputs = {},
                  Attributes attributes = {}) {
    auto id = fmt::format("{}{}", op, graph_.nodes.size());
    graph_.nodes.push_back({id, op, std::move(inputs), std::move(attributes)});
    return id;
  }
  std::string fc(const std::string& in, std::uint32_t units, const std::string& activation) {
    return add("fc", {in}, {{"units", std::int64_t{units}}, {"activation", activation}});
  }
  std::string dropout(const std::string& in, double rate) {
    return rate > 0 ? add("dropout", {in}, {{"rate", rate}}) : in;
  }
  // The sum of the terms; one term is itself.
  std::string sum(const std::vector<std::string>& terms) {
    return terms.size() == 1 ? terms[0] : add("add", terms);
  }
  Graph finish(const std::string& logit) {
    graph_.output = add("sigmoid", {logit});
    return std::move(graph_);
  }

 private:
  Graph graph_;
};

std::string dense_columns(Builder& build, const std::vector<std::string>& names) {
  return build.add("dense", {}, {{"columns", names}});
}

}  // namespace

Graph logistic_regression(const FeatureNames& features) {
  ARS_CHECK(!features.ids.empty() || !features.dense.empty(), "a model needs columns");
  Builder build;
  std::vector<std::string> terms;
  if (!features.ids.empty()) terms.push_back(build.add("linear", {}, {{"columns", features.ids}}));
  if (!features.dense.empty()) {
    const auto columns = dense_columns(build, features.dense);
    terms.push_back(build.add("fc", {columns}, {{"units", std::int64_t{1}}, {"bias", false}}));
  }
  return build.finish(build.sum(terms));
}

Graph deep_fm(const FeatureNames& features, const DeepFmOptions& options) {
  ARS_CHECK(features.ids.size() >= 2, "a factorisation machine needs two categorical columns");
  Builder build;
  const auto first = build.add("linear", {}, {{"columns", features.ids}});
  const auto fields =
      build.add("embedding", {}, {{"columns", features.ids}, {"dim", std::int64_t{options.dim}}});
  const auto second = build.add("fm", {fields});
  std::vector<std::string> parts = {fields};
  std::vector<std::string> terms = {first, second};
  if (!features.dense.empty()) {
    parts.push_back(dense_columns(build, features.dense));
    if (options.wide) {
      terms.push_back(
          build.add("fc", {parts.back()}, {{"units", std::int64_t{1}}, {"bias", false}}));
    }
  }
  std::string deep = build.add("concat", parts);
  for (const auto units : options.hidden) {
    deep = build.dropout(build.fc(deep, units, "relu"), options.dropout);
  }
  terms.push_back(build.fc(deep, 1, "none"));
  return build.finish(build.sum(terms));
}

Graph sasrec(const FeatureNames& features, const SasRecOptions& options) {
  Builder build;
  const auto dim = std::int64_t{options.dim};
  const auto hidden = options.hidden == 0 ? options.dim : options.hidden;
  std::string x = build.add("sequence_embedding", {}, {{"dim", dim}, {"table", "items"}});
  x = build.dropout(build.add("position", {x}), options.dropout);
  for (std::uint32_t block = 0; block < options.blocks; ++block) {
    const auto normed = build.add("layer_norm", {x});
    const auto attended =
        build.add("sdpa", {normed, normed, normed}, {{"heads", std::int64_t{options.heads}}});
    x = build.add("add", {x, build.dropout(attended, options.dropout)});
    const auto inner = build.fc(build.add("layer_norm", {x}), hidden, "relu");
    const auto outer = build.fc(inner, options.dim, "none");
    x = build.add("add", {x, build.dropout(outer, options.dropout)});
  }
  const auto state = build.add("last", {build.add("layer_norm", {x})});
  const auto target =
      build.add("embedding", {},
                {{"columns", std::vector{options.item_column}}, {"dim", dim}, {"table", "items"}});
  std::vector<std::string> ids = features.ids;
  if (std::find(ids.begin(), ids.end(), options.item_column) == ids.end()) {
    ids.push_back(options.item_column);
  }
  std::vector<std::string> terms = {build.add("dot", {state, build.add("concat", {target})}),
                                    build.add("linear", {}, {{"columns", ids}})};
  if (!features.dense.empty()) {
    const auto columns = dense_columns(build, features.dense);
    terms.push_back(build.add("fc", {columns}, {{"units", std::int64_t{1}}, {"bias", false}}));
  }
  Graph graph = build.finish(build.sum(terms));
  // One accumulator a row is too coarse where a row is item, target and context at once.
  graph.optimizer.embedding = "adam";
  return graph;
}

}  // namespace ars::model::zoo
