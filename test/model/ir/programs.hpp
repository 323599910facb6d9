// Columns and small programs that the tests of the IR share.
#pragma once

#include "model/ir/columns.hpp"
#include "model/ir/graph.hpp"

#include <string>

namespace ars::test {

inline model::Columns small_columns() {
  using model::ColumnKind;
  model::Columns columns;
  columns.ids = {{"item", ColumnKind::categorical, 100}, {"user", ColumnKind::categorical, 50}};
  columns.dense = {{"age", ColumnKind::dense, 0}, {"price", ColumnKind::dense, 0}};
  columns.sequence_vocabulary = 100;
  columns.sequence_length = 10;
  return columns;
}

// A program around the given nodes; the last of them must be called "p".
inline std::string program(const std::string& nodes) {
  return R"({"version":1,"output":"p","nodes":[)" + nodes + "]}";
}

inline std::string lr_nodes() {
  return R"({"id":"w","op":"linear","attrs":{"columns":["item","user"]}},
            {"id":"p","op":"sigmoid","in":["w"]})";
}

}  // namespace ars::test
