// From a program to what running it takes: tables on the host, dense parameters with their shapes
// and initial values, and the order of steps. Built once per program and column list by scorer and
// trainer. Pure functions and values without LibTorch types, any thread.
#pragma once

#include "events/base/id.hpp"
#include "events/base/result.hpp"
#include "model/ir/columns.hpp"
#include "model/ir/cost.hpp"
#include "model/ir/shape.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ars::model {

enum class Init : std::uint8_t { zero, one, uniform, normal };

// A path names a parameter by what its block is, not by where it stands: "fc{…}#0/weight". Blocks
// that say the same are counted. Adding a block of another kind therefore leaves the initial values
// of all others as they were.
struct ParameterPlan {
  std::string path;
  std::vector<std::int64_t> shape;
  Init init = Init::zero;
  double scale = 0;  // uniform: in [-scale, scale); normal: standard deviation
};

struct TablePlan {
  std::string path;
  std::uint32_t vocabulary = 0;
  std::uint32_t dim = 0;
  double init_scale = 0;  // standard deviation of a row's initial values
};

// Rows of tables laid side by side: (rows, fields, dim), or (requests, T, dim) for a sequence.
struct GatherPlan {
  enum class Source : std::uint8_t { columns, sequence } source = Source::columns;
  std::vector<std::size_t> columns;  // positions in Columns::ids
  std::vector<std::size_t> tables;   // one per column; one for a sequence
  std::uint32_t dim = 0;
};

struct DensePlan {
  enum class Transform : std::uint8_t { none, symlog } transform = Transform::none;
  std::vector<std::size_t> columns;  // positions in Columns::dense
  std::vector<double> mean;
  std::vector<double> scale;
  double clip = 0;
};

// Where a node finds its parameters and its input from the rows.
struct StepPlan {
  std::size_t first_parameter = 0;
  std::size_t source = 0;  // embedding, linear, sequence_embedding: gathers; dense: dense
};

struct Plan {
  CheckedGraph graph;           // canonical
  std::vector<StepPlan> steps;  // one per node
  std::vector<ParameterPlan> parameters;
  std::vector<TablePlan> tables;
  std::vector<GatherPlan> gathers;
  std::vector<DensePlan> dense;
  Columns columns;
  Bytes32 genome{};
  Bytes32 columns_hash{};  // of the columns that the program reads, not of the whole catalogue
  Cost cost;
  bool reads_sequence = false;
};

// Errc::invalid: the text is no program, does not fit the columns, or exceeds a cap.
Result<Plan> compile(const std::string& architecture, const Columns& columns);

}  // namespace ars::model
